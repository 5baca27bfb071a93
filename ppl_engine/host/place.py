"""Where the engine process of a user and a model is found: in a directory only the user can open.

Light on purpose: a server starts the process before it has imported much else.
"""

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from ppl_engine.host.errors import HostError
from ppl_engine.models.choice import ModelChoice

PROTOCOL: Final = 2

HAS_UNIX_SOCKETS: Final = sys.platform != "win32"
_MOST_PATH_BYTES: Final = 103
"""Of a socket: 107 on Linux, 103 on macOS."""

_ENVIRONMENT: Final = ("HF_HOME", "HF_HUB_CACHE", "PPL_CACHE_DIR", "CUDA_VISIBLE_DEVICES")
"""What else decides which weights are loaded, and where they run."""


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one engine process; `stem` is their common beginning."""

    stem: Path
    identity: str
    """All that makes a process the right one, as a digest."""

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.stem.with_suffix(".sock")

    @property
    def port(self) -> Path:
        """Where it listens and its secret, where there are no Unix sockets."""
        return self.stem.with_suffix(".json")

    @property
    def lock(self) -> Path:
        """What it holds as long as it lives."""
        return self.stem.with_suffix(".lock")

    @property
    def log(self) -> Path:
        """What it has to say, and all that libraries print."""
        return self.stem.with_suffix(".log")


def place_of(choice: ModelChoice, command: Sequence[str]) -> Place:
    """Return where the process is that this command starts for this model.

    Raises HostError where no directory belongs to the user alone.
    """
    identity = _identity(choice, command)
    complaints: list[str] = []
    for directory in _directories():
        place = Place(directory / identity[:16], identity)
        if HAS_UNIX_SOCKETS and len(os.fsencode(place.socket)) > _MOST_PATH_BYTES:
            complaints.append(f"{directory} is too long a path for a socket")
            continue
        if complaint := _private(directory):
            complaints.append(complaint)
            continue
        return place
    raise HostError(
        "No directory can be had that only you can open, for the socket of the engine: "
        f"{'; '.join(complaints)}. Set XDG_RUNTIME_DIR to one."
    )


def _identity(choice: ModelChoice, command: Sequence[str]) -> str:
    try:
        release = version("ppl-lsp")
    except PackageNotFoundError:  # a checkout that is on the path but not installed
        release = "0"
    everything = {
        "protocol": PROTOCOL,
        "release": release,
        "package": str(Path(__file__).parent),
        "command": list(command),
        "choice": asdict(choice),
        "environment": [os.environ.get(name) for name in _ENVIRONMENT],
    }
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _directories() -> Iterator[Path]:
    """Yield where the sockets may be, the best first."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_absolute():
        yield Path(runtime) / "ppl-lsp"
    home = Path("~").expanduser()
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = home / "Library" / "Caches"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    if cache.is_absolute():
        yield cache / "ppl-lsp" / "run"
    if sys.platform != "win32":
        yield Path(tempfile.gettempdir()) / f"ppl-lsp-{os.geteuid()}"


def _private(directory: Path) -> str | None:
    """Make a directory that only this user can open; return why that is not possible."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
    except OSError as error:
        return str(error)
    if not stat.S_ISDIR(found.st_mode):
        return f"{directory} is not a directory"
    if sys.platform == "win32":
        return None  # the profile of a user is closed to others
    if found.st_uid != os.geteuid():
        return f"{directory} belongs to somebody else"
    if found.st_mode & 0o077:
        return f"{directory} can be opened by others"
    return None if os.access(directory, os.W_OK | os.X_OK) else f"{directory} can not be written"
