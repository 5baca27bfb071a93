"""What one run of a command shares: the engine, loaded when first needed, and standard error."""

import argparse
import enum
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ppl_engine.cli.meter import Meter
from ppl_engine.cli.options import model_choice
from ppl_engine.errors import EngineError
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:
    from ppl_engine.engine import Engine
    from ppl_engine.scoring.document import Progress
    from ppl_engine.scoring.scorer import ModelInfo

Load: TypeAlias = "Callable[[ModelChoice], Engine]"

T = TypeVar("T")


class ExitCode(enum.IntEnum):
    """What the exit of a command says."""

    CLEAN = 0
    FINDINGS = 1
    FAILED = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141


def load_model(choice: ModelChoice) -> "Engine":
    """Load a model; torch is imported here and not sooner, so that help and errors are instant."""
    from ppl_engine.models.loading import load_engine  # noqa: PLC0415

    return load_engine(choice)


class Session:
    """One run: remembers what went wrong, and says it."""

    def __init__(self, choice: ModelChoice, load: Load) -> None:
        self._choice = choice
        self._load = load
        self._engine: Engine | None = None
        self._n_notices_shown = 0
        self._meter = Meter()
        self.has_failed = False

    @classmethod
    def of(cls, arguments: argparse.Namespace, load: Load) -> "Session":
        """Return the session that the arguments of a command ask for."""
        return cls(model_choice(arguments), load)

    @property
    def engine(self) -> "Engine":
        """The engine, loaded at the first use. Raises EngineError."""
        if self._engine is None:
            self._engine = self._load(self._choice)
            self._show_notices(self._engine)
        return self._engine

    @property
    def model(self) -> "ModelInfo | None":
        """What to say of the model; None where none was needed."""
        return None if self._engine is None else self._engine.model

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

    def finish(self, path: str, steps: "Generator[Progress, None, T]") -> T | None:
        """Run steps to their end under a progress bar; None, and a line, where they fail."""
        try:
            return self._meter.follow(path, steps)
        except EngineError as error:
            self.fail(f"{path}: {error}")
            return None
        finally:
            self._show_notices(self.engine)

    def note(self, message: str) -> None:
        """Write a line to standard error."""
        line = " ".join(message.split("\n"))
        encoding = sys.stderr.encoding or "utf-8"
        readable = line.encode(encoding, errors="backslashreplace").decode(encoding)
        sys.stderr.write(f"ppl: {readable}\n")

    def fail(self, message: str) -> None:
        """Say what could not be done; the exit code will be 2."""
        self.has_failed = True
        self.note(message)

    def _show_notices(self, engine: "Engine") -> None:
        notices = engine.model.notices
        for notice in notices[self._n_notices_shown :]:
            self.note(notice)
        self._n_notices_shown = len(notices)
