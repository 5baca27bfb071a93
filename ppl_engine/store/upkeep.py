"""What is in the cache, and emptying it: for a person who asks, so here errors are raised."""

import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from ppl_engine.errors import EngineError
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.store.codec import unpack
from ppl_engine.store.database import Database, KindTotal
from ppl_engine.store.opening import CacheUnusableError, open_database
from ppl_engine.store.place import Place
from ppl_engine.store.score_store import Kind

_ENDINGS: Final = ("", "-wal", "-shm", ".bad")


@dataclass(frozen=True, slots=True)
class ModelContents:
    """What is kept of one model in one precision on one device."""

    identity: bytes
    name: str
    """As it was named when it was first used."""

    revision: str
    device: str
    precision: str
    n_windows: int
    n_predictions: int
    n_blocks: int
    """Of which it is kept what came of their suspicious words."""

    n_documents: int
    n_bytes: int
    last_used: int
    """Seconds since 1970, to the hour."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in the cache."""

    n_bytes: int
    """In use, at most about the bound."""

    n_bytes_on_disk: int
    """All its files. Space of what was dropped is used again; clearing gives it back."""

    models: tuple[ModelContents, ...]
    n_found: int
    """How many lookups found something since the cache was cleared."""

    n_missed: int


def contents(place: Place) -> Contents:
    """Look into the cache. Raises EngineError where it can not be read."""
    if not place.path.exists():
        return Contents(0, 0, (), 0, 0)
    with _opened(place) as (database, _):
        models = _by_model(database.totals())
        lookups = database.lookups()
        n_bytes = database.n_bytes()
    return Contents(
        n_bytes=n_bytes,
        n_bytes_on_disk=_n_bytes_on_disk(place),
        models=models,
        n_found=lookups.get("found", 0),
        n_missed=lookups.get("missed", 0),
    )


def clear(place: Place, model: str | None = None) -> int:
    """Drop everything, or what is kept of the models of a name or revision; return how many values.

    Raises EngineError where there is no such model or the cache can not be written.
    """
    aside = place.path.with_name(f"{place.path.name}.bad")
    if model is None:
        aside.unlink(missing_ok=True)
    if not place.path.exists():
        return 0
    with _opened(place) as (database, may_write):
        if not may_write:
            raise EngineError(f"The cache in {place.path} may be read but not written.")
        if model is None:
            return database.clear()
        known = _by_model(database.totals())
        chosen = [one for one in known if model == one.name or one.revision.startswith(model)]
        if not chosen or not model:
            names = ", ".join(sorted({one.name for one in known})) or "none"
            raise EngineError(f"Nothing is kept of a model {model!r}; of these there is: {names}.")
        return database.clear([one.identity for one in chosen])


@contextmanager
def _opened(place: Place) -> Generator[tuple[Database, bool], None, None]:
    try:
        database, may_write = open_database(place)
        try:
            yield database, may_write
        finally:
            database.close()
    except (sqlite3.Error, OSError, CacheUnusableError) as error:
        raise EngineError(f"The cache in {place.path} can not be used: {error}.") from error


def _by_model(totals: Iterable[KindTotal]) -> tuple[ModelContents, ...]:
    grouped: dict[bytes, list[KindTotal]] = {}
    for total in totals:
        grouped.setdefault(total.identity, []).append(total)
    return tuple(_model(own) for own in grouped.values())


def _model(totals: list[KindTotal]) -> ModelContents:
    info = unpack(totals[0].info.encode(), ModelInfo)
    n_entries = {total.kind: total.n_entries for total in totals}
    return ModelContents(
        identity=totals[0].identity,
        name=info.name if info else "?",
        revision=info.revision if info else "?",
        device=info.device if info else "?",
        precision=info.precision if info else "?",
        n_windows=n_entries.get(Kind.WINDOW, 0),
        n_predictions=n_entries.get(Kind.PREDICTION, 0),
        n_blocks=n_entries.get(Kind.JUDGMENT, 0),
        n_documents=n_entries.get(Kind.DOCUMENT, 0),
        n_bytes=sum(total.n_bytes for total in totals),
        last_used=max(total.last_used for total in totals),
    )


def _n_bytes_on_disk(place: Place) -> int:
    files = (place.path.with_name(place.path.name + ending) for ending in _ENDINGS)
    return sum(file.stat().st_size for file in files if file.exists())
