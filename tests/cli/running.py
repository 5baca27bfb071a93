"""Running the command line in this process, as a person would in a directory of their own."""

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ppl_engine.cli import main
from ppl_engine.cli.session import Models
from tests.cli.fake_scorer import Load, fake_models, load_fake

ANY_WORD = ("--n-cold-tokens", "0", "--max-per-1000-words", "1000")


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n")[:-1]]


class Terminal:
    """A directory with files, and `ppl` in it."""

    def __init__(
        self,
        directory: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(directory)
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        self.directory = directory
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def write(self, name: str, content: str | bytes) -> None:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)

    def ppl(
        self,
        *argv: str,
        stdin: bytes = b"",
        load: Load = load_fake,
        models: Models | None = None,
    ) -> Result:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(argv, models=models or fake_models(load))
        captured = self._capsys.readouterr()
        return Result(code, captured.out, captured.err)

    def check(self, *argv: str, stdin: bytes = b"", load: Load = load_fake) -> Result:
        return self.ppl("check", *ANY_WORD, *argv, stdin=stdin, load=load)

    def score(self, *argv: str, stdin: bytes = b"") -> Result:
        return self.ppl("score", *argv, stdin=stdin)

    def usage_error(self, argv: Sequence[str]) -> str:
        with pytest.raises(SystemExit, match="2"):
            main(argv, models=fake_models())
        return self._capsys.readouterr().err
