"""The SQL of the cache: values by key, each with its kind, its model and when it was last used.

    entries   key  ─ 16 bytes, a digest of all that the value depends on
              kind ─ what the value is; model ─ whose; used ─ seconds since 1970, to the hour
              value ─ CRC-32 of key and payload, then the payload

A database raises `sqlite3.Error` as it comes; `buffer` decides what follows from it. It is opened
by `opening`, and belongs to one thread at a time.
"""

import sqlite3
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

APPLICATION_ID: Final = 0x70706C31  # "ppl1"
SCHEMA_VERSION: Final = 1
SCHEMA: Final = """
CREATE TABLE models (id INTEGER PRIMARY KEY, identity BLOB NOT NULL UNIQUE, info TEXT NOT NULL);
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,
    model INTEGER NOT NULL, used INTEGER NOT NULL, n_bytes INTEGER NOT NULL, value BLOB NOT NULL
);
CREATE INDEX entries_by_use ON entries (used);
CREATE INDEX entries_by_model ON entries (model, kind, n_bytes, used);
CREATE TABLE lookups (outcome TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
"""

_KEYS_AT_ONCE: Final = 500
_EVICTED_AT_ONCE: Final = 8
_REUSE_SECONDS: Final = 3600
"""A value counts as used anew no more often than this, so that reading hardly ever writes."""

_CRC_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A value to be kept."""

    key: bytes
    kind: int
    model: bytes
    """Identity of the model that the value came from."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What is kept of one kind for one model."""

    identity: bytes
    info: str
    kind: int
    n_entries: int
    n_bytes: int
    last_used: int
    """Seconds since 1970."""


class Database:
    """One open file; at most about `max_bytes` of it are in use."""

    def __init__(
        self, connection: sqlite3.Connection, *, max_bytes: int, clock: Callable[[], float]
    ) -> None:
        self._connection = connection
        self._max_bytes = max_bytes
        self._clock = clock
        self._reused: set[int] = set()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the payloads of those keys that are kept; a damaged one is not."""
        found: dict[bytes, bytes] = {}
        long_ago = int(self._clock()) - _REUSE_SECONDS
        for some in _in_parts(keys, _KEYS_AT_ONCE):
            places = ",".join("?" * len(some))
            rows = self._connection.execute(
                f"SELECT id, key, used, value FROM entries WHERE key IN ({places})", some
            )
            for entry_id, key, used, value in cast("Iterator[tuple[object, ...]]", rows):
                payload = _checked(key, value)
                if payload is None:
                    continue
                found[cast("bytes", key)] = payload
                if isinstance(entry_id, int) and isinstance(used, int) and used < long_ago:
                    self._reused.add(entry_id)
        return found

    def write(
        self, rows: Iterable[Row], models: Mapping[bytes, str], lookups: Mapping[str, int]
    ) -> None:
        """Keep rows in one transaction, and drop what was used longest ago if that is too much.

        `models` describes the models of the rows, `lookups` counts what happened since last time.
        """
        now = int(self._clock())
        with self._transaction() as execute:
            ids = {identity: self._model_id(identity, info) for identity, info in models.items()}
            for row in rows:
                value = zlib.crc32(row.payload, zlib.crc32(row.key)).to_bytes(_CRC_BYTES, "little")
                execute(
                    "INSERT OR REPLACE INTO entries (key, kind, model, used, n_bytes, value)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (row.key, row.kind, ids[row.model], now, len(row.payload), value + row.payload),
                )
            for entry_id in self._reused:
                execute("UPDATE entries SET used = ? WHERE id = ?", (now, entry_id))
            for outcome, n in lookups.items():
                execute(
                    "INSERT INTO lookups VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + ?",
                    (outcome, n, n),
                )
            self._evict()
        self._reused.clear()

    def totals(self) -> list[KindTotal]:
        """Return what is kept, by model and kind, without reading the values."""
        rows = self._connection.execute(
            "SELECT identity, info, kind, count(*), sum(n_bytes), max(used) FROM entries"
            " JOIN models ON models.id = model GROUP BY model, kind ORDER BY model, kind"
        )
        return [KindTotal(*row) for row in rows]

    def lookups(self) -> dict[str, int]:
        """Return how many lookups had which outcome since the cache was cleared."""
        return dict(self._connection.execute("SELECT outcome, n FROM lookups"))

    def clear(self, identities: Iterable[bytes] | None = None) -> int:
        """Drop all entries, or those of some models, give the space back; return how many."""
        with self._transaction() as execute:
            if identities is None:
                n_dropped = execute("DELETE FROM entries").rowcount
                execute("DELETE FROM models")
                execute("DELETE FROM lookups")
            else:
                n_dropped = 0
                for identity in identities:
                    own = "(SELECT id FROM models WHERE identity = ?)"
                    n_dropped += execute(
                        f"DELETE FROM entries WHERE model = {own}", (identity,)
                    ).rowcount
                    execute("DELETE FROM models WHERE identity = ?", (identity,))
        # A row for each page, but none that `fetchall` would see: only a script runs to the end.
        self._connection.executescript("PRAGMA incremental_vacuum")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return n_dropped

    def n_bytes(self) -> int:
        """Return how many bytes of the file are in use."""
        n_pages = self._pragma("page_count") - self._pragma("freelist_count")
        return n_pages * self._pragma("page_size")

    def _evict(self) -> None:
        while self.n_bytes() > self._max_bytes:
            oldest = "SELECT id FROM entries ORDER BY used, id LIMIT ?"
            dropped = self._connection.execute(
                f"DELETE FROM entries WHERE id IN ({oldest})", (_EVICTED_AT_ONCE,)
            )
            if not dropped.rowcount:
                return

    def _model_id(self, identity: bytes, info: str) -> int:
        # Another process may have cleared the cache since the last time.
        self._connection.execute(
            "INSERT OR IGNORE INTO models (identity, info) VALUES (?, ?)", (identity, info)
        )
        found = self._connection.execute("SELECT id FROM models WHERE identity = ?", (identity,))
        return cast("tuple[int]", found.fetchone())[0]

    def _pragma(self, name: str) -> int:
        return cast("tuple[int]", self._connection.execute(f"PRAGMA {name}").fetchone())[0]

    @contextmanager
    def _transaction(self) -> Generator[Callable[..., sqlite3.Cursor]]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection.execute
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _checked(key: object, value: object) -> bytes | None:
    """Return the payload of a value, None where it is not what was once written."""
    if not isinstance(key, bytes) or not isinstance(value, bytes) or len(value) < _CRC_BYTES:
        return None
    payload = value[_CRC_BYTES:]
    if zlib.crc32(payload, zlib.crc32(key)) != int.from_bytes(value[:_CRC_BYTES], "little"):
        return None
    return payload


def _in_parts(keys: Sequence[bytes], size: int) -> Iterator[list[bytes]]:
    remaining = iter(keys)
    while some := list(islice(remaining, size)):
        yield some
