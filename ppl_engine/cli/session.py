"""What one run of a command shares: the engine and what is kept of earlier runs, standard error."""

import argparse
import enum
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self, TypeVar

from ppl_engine.cli.meter import Meter
from ppl_engine.cli.options import model_choice
from ppl_engine.errors import EngineError
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.engine import Engine, Store
    from ppl_engine.scoring.document import Progress
    from ppl_engine.scoring.scorer import ModelInfo
    from ppl_engine.store.score_store import DiskStore
    from ppl_engine.verdict import Question, Verdict

T = TypeVar("T")


class ExitCode(enum.IntEnum):
    """What the exit of a command says."""

    CLEAN = 0
    FINDINGS = 1
    FAILED = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141


@dataclass(frozen=True, slots=True)
class Models:
    """How a model is had."""

    load: "Callable[[ModelChoice, Store | None], Engine]"
    """Raises EngineError."""

    revision: Callable[[str], str]
    """Of the model of a name, without loading it. Raises EngineError."""


def _load(choice: ModelChoice, store: "Store | None") -> "Engine":
    # Torch is imported here and not sooner, so that help and errors are instant.
    from ppl_engine.models.loading import load_engine  # noqa: PLC0415

    return load_engine(choice, store=store)


def _revision(name: str) -> str:
    from ppl_engine.models.files.directory import find_model  # noqa: PLC0415 - imports numpy
    from ppl_engine.models.files.ngram import (  # noqa: PLC0415
        file_digest,
        find_ngram,
        is_ngram,
    )

    if is_ngram(name):
        return file_digest(find_ngram(name))
    return find_model(name).revision


MODELS: Final = Models(_load, _revision)


def note(message: str) -> None:
    """Write a line to standard error."""
    line = " ".join(message.split("\n"))
    encoding = sys.stderr.encoding or "utf-8"
    readable = line.encode(encoding, errors="backslashreplace").decode(encoding)
    sys.stderr.write(f"ppl: {readable}\n")


class Session:
    """One run: remembers what went wrong, and says it."""

    def __init__(
        self, choice: ModelChoice, models: Models, open_store: "Callable[[], DiskStore | None]"
    ) -> None:
        self._choice = choice
        self._models = models
        self._open_store = open_store
        self._store: DiskStore | None = None
        self._engine: Engine | None = None
        self._known: ModelInfo | None = None
        self._revision = ""
        self._has_looked = False
        self._n_notices_shown = 0
        self._meter = Meter()
        self.has_failed = False

    @classmethod
    def of(cls, arguments: argparse.Namespace, models: Models) -> Self:
        """Return the session that the arguments of a command ask for."""

        def opened() -> "DiskStore | None":
            if arguments.no_cache:
                return None
            # SQLite and numpy take longer to import than the help takes to print.
            from ppl_engine.store.place import cache_place  # noqa: PLC0415
            from ppl_engine.store.score_store import open_store  # noqa: PLC0415

            return open_store(cache_place(arguments.cache_dir), notify=note)

        return cls(model_choice(arguments), models, opened)

    @property
    def engine(self) -> "Engine":
        """The engine, loaded at the first use. Raises EngineError."""
        if self._engine is None:
            self._look()
            self._engine = self._models.load(self._choice, self._store)
            if self._store is not None:
                self._store.keep_chosen(self._revision, self._choice, self._engine.model)
            self._show_notices(self._engine.model)
        return self._engine

    @property
    def choice(self) -> ModelChoice:
        """The model that is asked for."""
        return self._choice

    @property
    def load(self) -> "Callable[[ModelChoice, Store | None], Engine]":
        """Loads an engine, here or in another process. Raises EngineError."""
        return self._models.load

    @property
    def model(self) -> "ModelInfo | None":
        """What to say of the model; None where none was needed."""
        return self._known if self._engine is None else self._engine.model

    def known_verdict(self, question: "Question") -> "Verdict | None":
        """Return what an earlier run said of a text. Raises EngineError if there is no model."""
        self._look()
        if self._store is None or self.model is None:
            return None
        return self._store.verdict(self.model, question)

    def keep(self, question: "Question", analysis: "Analysis") -> "Verdict":
        """Return what is said of a text, after keeping it for later runs."""
        from ppl_engine.verdict import Verdict  # noqa: PLC0415 - imports numpy

        verdict = Verdict.of(analysis)
        self.keep_verdict(question, verdict)
        return verdict

    def keep_verdict(self, question: "Question", verdict: "Verdict") -> None:
        """Keep what is said of a text for later runs."""
        if self._store is not None and self.model is not None:
            self._store.keep_verdict(self.model, question, verdict)

    def flush(self) -> None:
        """Write now what is to be kept."""
        if self._store is not None:
            self._store.flush()

    def rely_on(self, model: "ModelInfo") -> None:
        """Take what engines elsewhere say of their model for what this run is done by."""
        self._has_looked = True
        self._store = self._open_store()
        self._known = model
        self._show_notices(model)

    def _look(self) -> None:
        """Open the cache, and look what the chosen model came to in an earlier run."""
        if self._has_looked:
            return
        self._has_looked = True
        self._store = self._open_store()
        if self._store is not None:
            self._revision = self._models.revision(self._choice.model)
            known = self._store.chosen(self._revision, self._choice)
            if known is not None:
                self._known = replace(known, name=self._choice.model)
                self._show_notices(self._known)

    @contextmanager
    def reporting_failures(self) -> Generator[None, None, None]:
        """Report what ends the whole run: a model that does not load, an output that is full."""
        try:
            yield
        except BrokenPipeError:
            raise
        except EngineError as error:
            self.fail(str(error))
        except OSError as error:
            self.fail(f"{error.filename or 'output'}: can not be written: {error.strerror}")
        finally:
            if self._store is not None:
                self._store.close()

    def finish(self, path: str, steps: "Generator[Progress, None, T]") -> T | None:
        """Run steps to their end under a progress bar; None, and a line, where they fail."""
        try:
            return self._meter.follow(path, steps)
        except EngineError as error:
            self.fail(f"{path}: {error}")
            return None
        finally:
            self._show_notices(self.engine.model)

    def counting(self, label: str) -> "AbstractContextManager[Callable[[int], None]]":
        """Show, on a terminal, how many tokens are done of work of unknown length."""
        return self._meter.counting(label)

    def note(self, message: str) -> None:
        """Write a line to standard error."""
        note(message)

    def fail(self, message: str) -> None:
        """Say what could not be done; the exit code will be 2."""
        self.has_failed = True
        self.note(message)

    def _show_notices(self, model: "ModelInfo") -> None:
        notices = model.notices
        for notice in notices[self._n_notices_shown :]:
            self.note(notice)
        self._n_notices_shown = len(notices)
