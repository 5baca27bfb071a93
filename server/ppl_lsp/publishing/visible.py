"""Any text so that a person can see it: spaces and controls as symbols, nothing that acts."""

import re
from typing import Final

_SYMBOLS: Final = {" ": "␣", "\n": "⏎", "\t": "⇥", "\x7f": "␡"}
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
# Joiners act only within the word or emoji that they are a part of.
_JOINERS: Final = "\u200c\u200d"


def visible(text: str, *, most: int = 60) -> str:
    """Show every character; longer texts lose their middle."""
    if most < len(text):
        head, tail = text[: most // 2], text[-(most // 2) :]
        return f"{visible(head)}…{visible(tail)}"
    return "".join(_visible_character(character) for character in text)


def code_span(text: str) -> str:
    """Return Markdown that shows a text verbatim, whatever is in it."""
    shown = visible(text)
    fence = "`" * (1 + _longest_run(shown))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_block(lines: list[str]) -> str:
    """Return Markdown that shows lines verbatim and aligned."""
    fence = "`" * max(3, 1 + max(map(_longest_run, lines), default=0))
    return "\n".join([f"{fence}text", *lines, fence])


def on_one_line(text: str) -> str:
    """Show a sentence that may quote any text: as `visible`, but spaces stay spaces."""
    return " ".join("".join(map(_visible_character, word)) for word in text.split())


def escaped(text: str) -> str:
    """Return Markdown that shows a sentence as it is."""
    return _PUNCTUATION.sub(r"\\\g<0>", on_one_line(text))


def _visible_character(character: str) -> str:
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    if character < " ":
        return chr(0x2400 + ord(character))
    if character.isprintable() or character in _JOINERS:
        return character
    return f"⟨U+{ord(character):04X}⟩"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
