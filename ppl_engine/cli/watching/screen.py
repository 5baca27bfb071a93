"""What a watch shows: on a terminal all that is found, elsewhere what is new."""

import io
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from ppl_engine.cli.check.checked import Tally
from ppl_engine.cli.check.formats.text import count, finding_parts, total_parts
from ppl_engine.cli.meter import Meter
from ppl_engine.cli.output import Output, on_terminal
from ppl_engine.cli.session import Models, Session
from ppl_engine.cli.watching.rounds import Round
from ppl_engine.models.choice import ModelChoice

if TYPE_CHECKING:
    from ppl_engine.scoring.document import Progress
    from ppl_engine.store.score_store import DiskStore

T = TypeVar("T")

_CLEAR: Final = "\x1b[H\x1b[2J\x1b[3J"
"""To the corner, the screen and what was scrolled out of it emptied."""


class CollectingSession(Session):
    """Keeps what there is to say until it can be shown with the rest."""

    def __init__(
        self, choice: ModelChoice, models: Models, open_store: "Callable[[], DiskStore | None]"
    ) -> None:
        super().__init__(choice, models, open_store)
        self._messages: list[str] = []

    def note(self, message: str) -> None:
        """Keep a line."""
        self._messages.append(message)

    def finish(self, path: str, steps: "Generator[Progress, None, T]") -> T | None:
        """Run steps to their end, under a progress bar where these alone take long."""
        self._meter = Meter()
        return super().finish(path, steps)

    def taken_messages(self) -> list[str]:
        """Return what was kept since the last time."""
        messages, self._messages = self._messages, []
        return messages


class Screen:
    """Writes a round at once, so that nothing flickers."""

    def __init__(self, stream: TextIO, *, has_color: bool) -> None:
        self._stream = stream
        self._has_color = has_color
        self._is_terminal = stream.isatty()

    def show(self, shown: Round, messages: Iterable[str]) -> None:
        """Show what a round came to, and what there was to say meanwhile."""
        text = io.StringIO()
        page = Output(text, has_color=self._has_color)
        tally = Tally()
        for checked in shown.documents:
            tally.add(checked)
        for checked in shown.documents if self._is_terminal else shown.changed:
            page.write(*finding_parts(checked))
        for path in () if self._is_terminal else shown.gone:
            page.write(f"{on_terminal(path)}: gone\n")
        for message in messages:
            page.write(f"ppl: {on_terminal(message)}\n")
        page.write(*total_parts(tally))
        page.write((f"watching {count(len(shown.documents), 'file')}; Ctrl-C ends\n", "dim"))
        self._stream.write((_CLEAR if self._is_terminal else "") + text.getvalue())
        self._stream.flush()
