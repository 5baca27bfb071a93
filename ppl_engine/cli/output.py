"""Where results go. Any `str` can be written; colors appear on terminals only."""

import io
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO, TypeAlias

STDOUT: Final = "-"

Part: TypeAlias = str | tuple[str, str]
"""A text, or a text with a style as rich names them."""


# What a terminal would obey instead of showing, as pictures of one character each. A line end of
# two characters keeps its width.
_PICTURES: Final = {
    **{code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A}},
    **dict.fromkeys(range(0x7F, 0xA0), 0xFFFD),
}


def on_terminal(text: str) -> str:
    """Return `text`, of the same length, without the characters that control a terminal."""
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return text.translate(_PICTURES)


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    # Rich is imported only where its knowledge is needed.
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


class Output:
    """A stream of text in which parts may have a style."""

    def __init__(self, stream: TextIO, *, has_color: bool) -> None:
        self._stream = stream
        self.has_color = has_color

    def write(self, *parts: Part) -> None:
        """Write parts one after the other, styled where there is color."""
        if self.has_color:
            self._write_styled(parts)
        else:
            self._stream.write("".join(p if isinstance(p, str) else p[0] for p in parts))

    def flush(self) -> None:
        """Hand on what was written, so that an interruption does not lose it."""
        self._stream.flush()

    def _write_styled(self, parts: tuple[Part, ...]) -> None:
        # Rich is imported only where there is something to color.
        from rich.console import Console  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        text = Text.assemble(*parts, end="", tab_size=8)
        console = Console(file=self._stream, force_terminal=True, highlight=False, emoji=False)
        console.print(text, end="", soft_wrap=True)


@contextmanager
def open_output(path: str | None) -> Generator[Output, None, None]:
    """Open a file to write to, or standard output if there is no path. Raises OSError."""
    if path is None or path == STDOUT:
        _accept_any_character(sys.stdout)
        try:
            yield Output(sys.stdout, has_color=has_color(sys.stdout))
        finally:
            sys.stdout.flush()
        return
    target = Path(path)
    # A pipe or a device is written to, not replaced.
    is_special = target.exists() and not target.is_file()
    with _text_file(target) if is_special else _replacing(target) as file:
        yield Output(file, has_color=False)


def _text_file(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")


@contextmanager
def _replacing(path: Path) -> Generator[TextIO, None, None]:
    """Write beside a file and put the result in its place at the end.

    The file may be one of those that are read; and a run that fails leaves it as it was. What an
    interrupted run has finished is kept.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        opened = _text_file(beside)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    with opened as file:
        try:
            yield file
        except Exception:
            beside.unlink()
            raise
        finally:
            file.flush()
            if beside.exists():
                beside.replace(path)


def _accept_any_character(stream: TextIO) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def has_color(stream: TextIO) -> bool:
    """Follow no-color.org and force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
