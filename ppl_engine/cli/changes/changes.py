"""The seam between a check and what says what changed."""

from typing import Protocol

from ppl_engine.cli.changes.touched import Touched
from ppl_engine.cli.sources import Source
from ppl_engine.errors import EngineError


class OtherVersionError(EngineError):
    """What is said to have changed is not in this version of a document."""


class Changes(Protocol):
    """Says what of a document changed."""

    def touched(self, source: Source) -> Touched | None:
        """Return what changed; None where nothing did.

        Raises OtherVersionError about one document, EngineError where nothing can be said of any.
        """
        ...
