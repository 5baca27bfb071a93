"""Running a generator of steps to its end."""

from ppl_engine.scoring.document import run as finished

__all__ = ["finished"]
