"""What can go wrong between an engine process and those who use it."""

from ppl_engine import errors
from ppl_engine.errors import EngineError


class WireError(Exception):
    """What came over a connection is not what our protocol says."""


class HostError(EngineError):
    """The engine process can not be started, or not be kept alive."""


class SupersededError(EngineError):
    """A newer version of the document was sent before this one was done."""


class NoLongerHeldError(EngineError):
    """The engine process has let go of the analysis that was asked about."""


class UnexpectedError(Exception):
    """A bug in the engine; its traceback is in the log of the engine process."""


def described(error: BaseException) -> tuple[str, str]:
    """Return the name of a kind of error and its message, to be sent."""
    if isinstance(error, EngineError):
        return type(error).__name__, str(error)
    return UnexpectedError.__name__, repr(error)


def received(kind: str, message: str) -> Exception:
    """Return the error that was described; a kind not known here is a plain EngineError."""
    found = globals().get(kind) or getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, EngineError | UnexpectedError):
        return found(message)
    return EngineError(message)
