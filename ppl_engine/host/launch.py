"""Starting the engine process, and ending one that hangs."""

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import psutil

from ppl_engine.host.endpoint import connect, is_reachable
from ppl_engine.host.errors import HostError
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import Place, place_of
from ppl_engine.models.choice import ModelChoice

logger = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-P", "-m", "ppl_engine.host")
"""With -P, no folder that happens to be the current one is looked into for modules."""

_MOST_LOG_BYTES: Final = 2**20
_QUOTED_LOG_BYTES: Final = 4000


class Launcher:
    """Starts the process for one model, if need be more than once."""

    def __init__(self, choice: ModelChoice, command: Sequence[str] = COMMAND) -> None:
        self.place: Final[Place] = place_of(choice, command)
        self._arguments = [*command, json.dumps(asdict(choice)), str(self.place.stem)]
        self._arguments.append(self.place.identity)
        self._process: subprocess.Popen[Any] | None = None

    @property
    def identity(self) -> str:
        """What the process must be."""
        return self.place.identity

    async def open(self, make: Callable[[], asyncio.BaseProtocol]) -> str:
        """Connect and return the secret; raises OSError where nobody listens."""
        return await connect(self.place, make)

    def prepare(self) -> None:
        """Start a process if none is there, for a client that comes soon."""
        if not is_reachable(self.place):
            self.start()

    def start(self) -> None:
        """Start a process, unless one that we have started is still there.

        Of several that are started for one place, all but one end at once.
        """
        if self._process and self._process.poll() is None:
            return
        try:
            self._start()
        except OSError as error:
            raise HostError(f"The engine process can not be started: {error}") from error

    def _start(self) -> None:
        with self._log() as log:
            process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=_somewhere_neutral(),
                **_detached(),
            )
        # Somebody must hear of its end, or it stays in the table of processes.
        self._process = process
        threading.Thread(target=process.wait, name="reaper", daemon=True).start()

    def failure(self) -> str | None:
        """Say, once, how the process that was started has failed; None while it may succeed."""
        code = self._process.poll() if self._process else None
        if not code:
            return None
        self._process = None
        return (
            f"The engine process ended with code {code}. Its log, {self.place.log}, {self._end()}"
        )

    def kill(self, pid: int | None = None) -> None:
        """Kill the process that holds the place, if it is the one that is meant."""
        holder = HostLock(self.place.lock).holder()
        if holder is None or pid not in (None, holder):
            return
        logger.warning("The engine process %d is killed", holder)
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(holder)
            process.kill()
            process.wait(1.0)

    def _log(self) -> Any:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.place.log, flags, 0o600)
        if os.fstat(descriptor).st_size > _MOST_LOG_BYTES:
            os.truncate(descriptor, 0)
        return os.fdopen(descriptor, "ab")

    def _end(self) -> str:
        try:
            said = self.place.log.read_bytes()[-_QUOTED_LOG_BYTES:].decode(errors="replace")
        except OSError:
            said = ""
        lines = said.strip().split("\n")
        return f"ends with: {lines[-1]}" if lines[-1] else "is empty."


def _somewhere_neutral() -> str:
    home = Path("~").expanduser()
    return str(home) if home.is_dir() else os.path.abspath(os.sep)  # noqa: PTH100 - the root


def _detached() -> dict[str, Any]:
    """Return what makes a process outlive the one that starts it, and its terminal."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"start_new_session": True}
