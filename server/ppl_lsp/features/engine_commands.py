"""The commands that stop and start the work: pause, resume, and another engine process."""

from typing import Final

from ppl_lsp.features.ignore_commands import Command
from ppl_lsp.session import Session

PAUSE: Final = "ppl.pause"
RESUME: Final = "ppl.resume"
RESTART: Final = "ppl.restartEngine"


async def pause(session: Session) -> None:
    """Score nothing until `ppl.resume`; what is shown is taken away."""
    session.standing.is_paused = True
    session.rest()


async def resume(session: Session) -> None:
    """Go on after `ppl.pause`."""
    session.standing.is_paused = False
    session.begin()


async def restart_engine(session: Session) -> None:
    """End the engine process, load the model in another one and score what is open."""
    await session.end_process()
    session.reload()


COMMANDS: Final[dict[str, Command]] = {
    RESTART: restart_engine,
    PAUSE: pause,
    RESUME: resume,
}
