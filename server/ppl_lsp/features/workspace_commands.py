"""The commands about all documents of a workspace."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

from ppl_engine.errors import EngineError
from ppl_lsp.session import Session

SCORE_WORKSPACE: Final = "ppl.scoreWorkspace"
CLEAR_WORKSPACE: Final = "ppl.clearWorkspace"

_SUBJECT: Final = "the workspace"


async def score_workspace(session: Session) -> None:
    """Score all documents of the workspace, and from now on those that change."""
    if session.guidance.folders:
        session.survey.begin()
    else:
        session.report(_SUBJECT, EngineError("Open a folder first: there is none to score."))


async def clear_workspace(session: Session) -> None:
    """Forget what was found in documents that are not open."""
    session.survey.clear()


Command: TypeAlias = Callable[[Session], Coroutine[Any, Any, None]]

COMMANDS: Final[dict[str, Command]] = {
    SCORE_WORKSPACE: score_workspace,
    CLEAR_WORKSPACE: clear_workspace,
}
