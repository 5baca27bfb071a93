"""`ppl-lsp --playground` as a process, with a fake engine or the real one."""

import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.host.runtime import environment, hosts

ROOT: Final = Path(__file__).parents[2]
FAKE: Final = (sys.executable, "-m", "tests.e2e.fake_server", "--playground")
REAL: Final = (sys.executable, "-m", "ppl_engine", "playground", "--no-browser")


@dataclass(frozen=True, slots=True)
class Playground:
    """A playground that runs."""

    address: str
    process: "subprocess.Popen[str]"

    @property
    def origin(self) -> str:
        return f"http://{urlsplit(self.address).netloc}"

    @property
    def session(self) -> str:
        """Where pages find their WebSocket."""
        return f"{self.address.replace('http:', 'ws:', 1)}session"

    def visit(self) -> ClientConnection:
        """Be one more page, which says nothing."""
        return connect(self.session, origin=Origin(self.origin))

    def end(self) -> None:
        """End it as if it had crashed."""
        self.process.kill()
        self.process.wait()


@contextmanager
def playground(command: Sequence[str] = FAKE) -> Generator[Playground]:
    """Start a playground with folders of its own; it and its engine are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="ppl-") as folder:
        folders = ("XDG_RUNTIME_DIR", "PPL_CACHE_DIR", "PPL_CONFIG_DIR")
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            env=environment() | dict.fromkeys(folders, folder) | {"HF_HUB_OFFLINE": "1"},
            cwd=ROOT,
            text=True,
        )
        with process:
            try:
                assert process.stdout
                address = process.stdout.readline().strip()
                assert address.startswith("http://127.0.0.1:"), "it did not start"
                yield Playground(address, process)
            finally:
                _end(process)
                for pid in hosts(Path(folder)):
                    psutil.Process(pid).kill()


def _end(process: "subprocess.Popen[str]") -> None:
    """End a process and what it has started: the command starts the server as one of its own."""
    if process.poll() is not None:
        return
    for child in psutil.Process(process.pid).children():
        child.kill()
    process.kill()
