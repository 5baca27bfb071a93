"""How texts and data get into a page: as what they are, never as markup."""

import html
import json
from typing import Final

# What a browser would drop, obey or replace, as pictures of one character each. Offsets stay.
_PICTURES: Final = {
    **{code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A}},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000)), 0xFFFD),
}
_IN_SCRIPT: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def shown(text: str) -> str:
    """Return `text`, of the same length, as a page can show it.

    Line ends become LF, with a space before it for those of two characters; control characters
    become pictures of them; lone surrogates, which no file in UTF-8 can hold, become U+FFFD.
    """
    return text.replace("\r\n", " \n").replace("\r", "\n").translate(_PICTURES)


def escaped(text: str) -> str:
    """Return any `str` as content of an element or of an attribute in quotes."""
    return html.escape(shown(text))


def data(value: object) -> str:
    """Return JSON that can stand in a script element: nothing in it can close that."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).translate(_IN_SCRIPT)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, as in `1 word` and `1,200 words`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def decimal(value: float | None, digits: int) -> str:
    """Return a number with so many decimals, or a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"
