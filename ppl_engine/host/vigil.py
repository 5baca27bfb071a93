"""What an engine process does when nothing happens: let go of the model, end, give itself up."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ppl_engine.host.worker import Worker

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an engine process."""

    linger_s: float = 10.0
    """How long it waits for another client after the last one, or for the first, has gone."""

    idle_s: float = 600.0
    """How long it keeps a model that nobody uses."""

    hello_s: float = 10.0
    clogged_s: float = 60.0
    """How long a client may leave what was sent to it unread."""

    step_s: float = 1800.0
    """Longer than any step takes, the loading of the largest model included."""

    held_bytes: int = 128 * 2**20
    """For the analyses that were sent last, to explain words of and to start the next from."""

    most_jobs: int = 128
    """For each client; ours keep less than this on the way."""


class Vigil:
    """The clocks of a service. At rest none of them is shorter than minutes."""

    def __init__(
        self,
        limits: Limits,
        worker: Worker,
        n_jobs: Callable[[], int],
        on_idle: Callable[[], object],
    ) -> None:
        """Begin with nobody there."""
        self._limits = limits
        self._worker = worker
        self._n_jobs = n_jobs
        self._on_idle = on_idle
        self._loop = asyncio.get_running_loop()
        self._lonely: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None
        self.ended: Final[asyncio.Future[bool]] = self._loop.create_future()
        """True once there is no client any more, False if the engine is stuck."""

        self.nobody_is_there()

    def somebody_is_there(self) -> None:
        """Hear of a client."""
        _stop(self._lonely)

    def nobody_is_there(self) -> None:
        """Hear that the last client has gone: end, unless another comes soon."""
        _stop(self._lonely)
        self._lonely = self._loop.call_later(self._limits.linger_s, self.end)

    def stir(self) -> None:
        """Hear that there is work, or that some was done."""
        _stop(self._idle)
        self._idle = self._loop.call_later(self._limits.idle_s, self._rest)
        if not self._look:
            self._watch()

    def end(self, *, is_well: bool = True) -> None:
        """End now."""
        if not self.ended.done():
            self.ended.set_result(is_well)

    def stop(self) -> None:
        """Stop all clocks."""
        for clock in (self._lonely, self._idle, self._look):
            _stop(clock)

    def _rest(self) -> None:
        self._idle = None
        if self._n_jobs():
            self.stir()
        else:
            self._on_idle()

    def _watch(self) -> None:
        self._look = self._loop.call_later(self._limits.step_s / 2, self._check)

    def _check(self) -> None:
        self._look = None
        step_s = self._worker.step_s
        if step_s is not None and self._limits.step_s < step_s:
            logger.error("The engine has been at one step for %d s", step_s)
            self.end(is_well=False)
        elif step_s is not None or self._n_jobs():
            self._watch()


def _stop(clock: asyncio.TimerHandle | None) -> None:
    if clock:
        clock.cancel()
