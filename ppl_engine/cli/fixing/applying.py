"""What is done with fixes: they are written, or shown."""

import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ppl_engine.cli.fixing.fixer import Fixed, Fixer
from ppl_engine.cli.fixing.unified import unified_diff
from ppl_engine.cli.fixing.writing import NotWrittenError, fixed_bytes, write_fixed
from ppl_engine.cli.output import STDOUT
from ppl_engine.cli.sources import Source
from ppl_engine.errors import EngineError
from ppl_engine.walking.walk import reason


@dataclass(slots=True)
class Writer:
    """Writes fixes into documents, and says which."""

    fixer: Fixer
    n_fixed: int = 0
    n_files: int = 0

    def written(self, source: Source, language: str) -> Source:
        """Return a document as it is after what is sure was mended in its file."""
        fixed = self.fixer.fixed(source, language)
        if not fixed.mended:
            return source
        try:
            write_fixed(source.path, source.text, fixed.text)
        except NotWrittenError as error:
            self.fixer.session.fail(f"{source.path}: {error}")
            return source
        for one in fixed.mended:
            self.fixer.session.note(
                f"{source.path}:{one.line}:{one.column}: “{one.before}” is now “{one.after}”"
            )
        self.n_fixed += len(fixed.mended)
        self.n_files += 1
        return replace(source, text=fixed.text)

    def say_how_many(self) -> None:
        """Say what was done in all."""
        self.fixer.session.note(_counted(self.n_fixed, self.n_files, "fixed"))


def show_fixes(documents: Iterable[tuple[Source, str]], fixer: Fixer, output: str | None) -> int:
    """Write what would be fixed as a diff, and return how many fixes that is. Raises OSError.

    Documents come with their languages. The diff has the bytes of the files, whatever the encoding
    of the terminal is: it is made for programs that apply it.
    """
    n_fixes = n_files = 0
    with _opened(output) as file:
        for source, language in documents:
            fixed = fixer.fixed(source, language)
            if not fixed.mended:
                continue
            try:
                file.write(_diff(fixed))
            except NotWrittenError as error:
                fixer.session.fail(f"{source.path}: {error}")
                continue
            file.flush()
            n_fixes += len(fixed.mended)
            n_files += 1
    fixer.session.note(_counted(n_fixes, n_files, "to be fixed"))
    return n_fixes


def _diff(fixed: Fixed) -> bytes:
    source = fixed.source
    try:
        data = source.text.encode() if source.is_stdin else Path(source.path).read_bytes()
    except OSError as error:
        raise NotWrittenError(f"it can not be read: {reason(error)}") from error
    return unified_diff(source.path, data, fixed_bytes(data, source.text, fixed.text))


@contextmanager
def _opened(path: str | None) -> Generator[BinaryIO, None, None]:
    if path is None or path == STDOUT:
        yield sys.stdout.buffer
        return
    try:
        file = Path(path).open("wb")  # noqa: SIM115 - it is closed below
    except OSError as error:
        raise EngineError(f"{path}: can not be written: {reason(error)}.") from error
    with file:
        yield file


def _counted(n_fixes: int, n_files: int, what: str) -> str:
    mistakes = "mistake" if n_fixes == 1 else "mistakes"
    files = "file" if n_files == 1 else "files"
    return f"{n_fixes:,} {mistakes} {what}" + (f" in {n_files:,} {files}" if n_files else "")
