"""A directory for the sockets of one test: no engine process is shared between tests."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest

from ppl_engine.host.lock import HostLock


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    # Not `tmp_path`: what pytest calls it is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="ppl-") as name:
        monkeypatch.setenv("XDG_RUNTIME_DIR", name)
        yield Path(name)
        for pid in hosts(Path(name)):
            psutil.Process(pid).kill()


def hosts(directory: Path) -> list[int]:
    """The engine processes that live there."""
    locks = [HostLock(path) for path in (directory / "ppl-lsp").glob("*.lock")]
    return [pid for lock in locks if (pid := lock.holder())]


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def environment() -> dict[str, str]:
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'server'}"}
