"""`python -m ppl_lsp.demo [FILE]`: what an editor would show, in a terminal.

Starts the real server as a process and talks to it as an editor does; nothing here computes a
number that is not in one of its answers.
"""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lsprotocol import types
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from ppl_engine.text.spans import Span
from ppl_lsp import from_lsp
from ppl_lsp.demo_editor import DemoEditor, DemoError
from ppl_lsp.line_index import LineIndex
from ppl_lsp.publishing.visible import visible

SAMPLE: Final = Path(__file__).parents[2] / "docs" / "sample.md"
COMMAND: Final = (sys.executable, "-m", "ppl_lsp")
BANDS: Final = {
    1: "#ffffff on #4a4e69",
    2: "#ffffff on #5c4b8a",
    3: "#ffffff on #7b3f98",
    4: "underline #ffffff on #a3307f",
    5: "bold underline #ffffff on #c9184a",
}
"""From gray to red at nearly one lightness: visible on dark and on light, safe for the color-blind
by the order of saturation, and by the underline."""

_SURPRISING: Final = 3
_PATIENCE_S: Final = 300.0
_NEXT: Final = """\
To see this while you write:
  VS Code    make client, then docs/editors/vscode.md
  Neovim     docs/editors/neovim.md        Helix   docs/editors/helix.md
  Emacs      docs/editors/emacs.md         Zed     docs/editors/zed.md
Any other editor with LSP: let it start `ppl-lsp` for Markdown and plain text.
To try it at once, in the browser: """


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the server said of one document."""

    lines: LineIndex
    marks: Sequence[types.Diagnostic]
    fixes: Sequence[str]
    """The quick fix preferred for each mark, by its title; empty where there is none."""

    heat: Any
    hover: types.Hover | None
    start_s: float
    marks_s: float


def main(argv: Sequence[str] | None = None, *, command: Sequence[str] = COMMAND) -> None:
    """Show a file as an editor would show it."""
    parser = argparse.ArgumentParser(prog="python -m ppl_lsp.demo", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE)
    options, more = parser.parse_known_args(argv)
    try:
        text = options.file.read_text(encoding="utf-8")
        with Console(stderr=True).status("Starting the server, loading the model…"):
            shown = asyncio.run(_ask(options.file.resolve().as_uri(), text, [*command, *more]))
    except (OSError, UnicodeDecodeError, DemoError) as error:
        sys.exit(f"The demo can not go on: {error}")
    _draw(Console(highlight=False), options.file.name, shown)


async def _ask(uri: str, text: str, command: Sequence[str]) -> Shown:
    """Have a session with a server about one document."""
    editor = DemoEditor()
    began = time.perf_counter()
    await editor.begin(command)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            start_s = time.perf_counter() - began
            editor.show(uri, text)
            marks = await editor.marks
            marks_s = time.perf_counter() - began - start_s
            lines = LineIndex(text)
            heat = await editor.heat_map(uri)
            hover = await editor.hover(uri, _hottest(marks, heat))
            fixes = [await editor.preferred_fix(uri, mark) for mark in marks]
            return Shown(lines, marks, fixes, heat, hover, start_s, marks_s)
    except TimeoutError:
        raise DemoError(f"the server did not answer within {_PATIENCE_S:.0f} s") from None
    finally:
        await editor.end()


def _hottest(marks: Sequence[types.Diagnostic], heat: Any) -> types.Position | None:
    """Return the place of the most surprising finding, or else of the most surprising word."""
    marked = {(mark.range.start.line, mark.range.start.character) for mark in marks}
    bands = [band for band in heat.bands if _place(band) in marked] or list(heat.bands)
    if not bands:
        return None
    line, character = _place(max(bands, key=lambda band: band.surprisalBits))
    return types.Position(line, character)


def _place(band: Any) -> tuple[int, int]:
    return band.range.start.line, band.range.start.character


def _draw(console: Console, name: str, shown: Shown) -> None:
    in_color = console.is_terminal and not console.no_color
    console.rule(name)
    console.print(_heat_map(shown, in_color=in_color), soft_wrap=True)
    console.rule("what the colors say" if in_color else "numbers in brackets are bits of surprise")
    if in_color:
        console.print(_legend())
    _draw_findings(console, shown)
    if shown.hover:
        contents: Any = shown.hover.contents
        console.print(Panel(Text(contents.value), title="hover", expand=False))
    _draw_summary(console, shown)
    console.print(f"{_NEXT}{_command('ppl')} playground", markup=False, soft_wrap=True)


def _command(name: str) -> str:
    """Return how a command of ours is called from here."""
    if shutil.which(name):
        return name
    path, here = Path(sys.executable).with_name(name), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _heat_map(shown: Shown, *, in_color: bool) -> Text:
    """Return the whole text with its hot words set off."""
    text, drawn, done = shown.lines.text, Text(), 0
    for band in shown.heat.bands:
        span = _span(shown.lines, band.range)
        drawn.append(text[done : span.start])
        word = visible(span.of(text))
        drawn.append(word, style=BANDS[band.band] if in_color else "")
        if not in_color and band.band >= _SURPRISING:
            drawn.append(f"[{band.surprisalBits:.0f}]")
        done = span.end
    return drawn.append(text[done:])


def _span(lines: LineIndex, received: Any) -> Span:
    start, end = received.start, received.end
    lsp_range = types.Range(
        types.Position(start.line, start.character), types.Position(end.line, end.character)
    )
    return from_lsp.span(lines, lsp_range)


def _legend() -> Text:
    legend = Text("calm ")
    for band, style in BANDS.items():
        legend.append(f" {band} ", style=style)
        legend.append(" ")
    return legend.append("very surprising")


def _draw_findings(console: Console, shown: Shown) -> None:
    console.rule(f"{len(shown.marks)} findings")
    for mark, fix in zip(shown.marks, shown.fixes, strict=True):
        start = mark.range.start
        place = f"{start.line + 1}:{start.character + 1}"
        console.print(f"{place}  {mark.code}: {mark.message}", markup=False, soft_wrap=True)
        if fix:
            console.print(f"{' ' * len(place)}  quick fix: {fix}", markup=False, soft_wrap=True)


def _draw_summary(console: Console, shown: Shown) -> None:
    summary = shown.heat.summary
    perplexity = "unknown" if summary.perplexity is None else f"{summary.perplexity:.1f}"
    console.print(
        f"Perplexity {perplexity} over {summary.nWords} words. "
        f"The server answered after {shown.start_s:.1f} s; "
        f"model loaded and text scored {shown.marks_s:.1f} s later.\n"
    )


if __name__ == "__main__":
    main()
