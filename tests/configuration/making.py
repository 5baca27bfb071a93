from pathlib import Path

import pytest

from ppl_engine.configuration.place import DIRECTORY_VARIABLE


class Folder:
    """A folder with files, and a user who has a dictionary of their own."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path / "work"
        self.path.mkdir()
        self.user = path / "user"
        monkeypatch.setenv(DIRECTORY_VARIABLE, str(self.user))

    def write(self, name: str, content: str | bytes) -> Path:
        return written(self.path / name, content)

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")


def written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
