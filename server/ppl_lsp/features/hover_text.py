"""The text of a hover, in Markdown or plain."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ppl_engine.findings.finding import Finding
from ppl_lsp.publishing.visible import code_block, code_span, escaped, on_one_line, visible

if TYPE_CHECKING:
    from ppl_engine.explanation import Expected, Explanation, Passage, Piece

_BAR_WIDTH: Final = 12
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_MOST_PIECES: Final = 12
_MOST_ALTERNATIVES: Final = 3
_SCALES: Final = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


@dataclass(frozen=True, slots=True)
class Markup:
    """How a format writes what a hover is made of."""

    kind: str
    """The protocol's name of the format."""

    strong: Callable[[str], str]
    word: Callable[[str], str]
    """Text from the document or the model, shown verbatim."""

    sentence: Callable[[str], str]
    """Prose of ours that quotes such text."""

    block: Callable[[list[str]], str]
    line_break: str


MARKDOWN: Final = Markup("markdown", "**{}**".format, code_span, escaped, code_block, "  \n")
PLAIN: Final = Markup("plaintext", str, visible, on_one_line, "\n".join, "\n")


def explanation_text(
    explanation: "Explanation",
    markup: Markup,
    finding: Finding | None = None,
    *,
    is_marked: bool = False,
) -> str:
    """Say everything that is known of a word, and what is found of it or around it.

    Of what is marked in the text editors show the message themselves, next to the hover.
    """
    word = markup.strong(markup.word(explanation.text))
    if explanation.surprisal_bits is None:
        parts = [f"{word} is not scored: nothing stands before it to predict it from."]
    else:
        parts = [
            _headline(word, explanation, markup),
            *_found(finding, markup, is_marked=is_marked),
            # First what answers the reader's question: editors show only the top of a long hover.
            *_expected(explanation.expected, markup),
            markup.block(_numbers(explanation)),
        ]
    parts.append(markup.line_break.join(_footer(explanation, markup)))
    return "\n\n".join(parts)


def _headline(word: str, explanation: "Explanation", markup: Markup) -> str:
    bits = markup.strong(f"{explanation.surprisal_bits:.1f} bits")
    chance = "" if explanation.one_in is None else f", 1 in {_rounded(explanation.one_in)}"
    return f"{word} {bits}{chance}"


def _found(finding: Finding | None, markup: Markup, *, is_marked: bool) -> list[str]:
    """Say what was found, with what was compared and found better."""
    if finding is None:
        return []
    gains = [
        f"“{one.text}” {one.gain_bits:+.1f} bits"
        for one in finding.alternatives
        if one.gain_bits is not None and one.gain_bits > 0
    ]
    better = ", ".join(gains[:_MOST_ALTERNATIVES])
    if is_marked:
        return [markup.sentence(f"Reads better: {better}")] if better else []
    return [markup.sentence(f"{finding.message} ({better})" if better else finding.message)]


def _numbers(explanation: "Explanation") -> list[str]:
    percentile = explanation.percentile
    above = "" if percentile is None else f"more than {math.floor(percentile)} % of the words here"
    rows = (
        ("surprisal", _bits(explanation.surprisal_bits), above),
        ("entropy", _bits(explanation.entropy_bits), "how open the place was"),
        ("excess", _bits(explanation.excess_bits), "surprisal beyond that openness"),
        ("gap", _bits(explanation.gap_bits), "behind what was most expected"),
        ("rank", f"{explanation.rank:,}", f"of {explanation.model.vocab_size:,} tokens"),
    )
    width = max(len(number) for _, number, _ in rows)
    return [f"{name:<9}  {number:>{width}}  {says}".rstrip() for name, number, says in rows]


def _expected(expected: Iterable["Expected"], markup: Markup) -> list[str]:
    rows = [
        f"{100 * one.probability:5.1f} %  {_bar(one.probability)}  {visible(one.text)}"
        for one in expected
    ]
    return ["Expected:", markup.block(rows)] if rows else []


def _footer(explanation: "Explanation", markup: Markup) -> list[str]:
    lines = [_pieces(explanation, markup)] if len(explanation.pieces) > 1 else []
    lines += [_passage(passage) for passage in explanation.passages]
    if explanation.is_cold:
        lines.append("So near the beginning the model has little to go by.")
    lines.append(_model(explanation, markup))
    return lines


def _pieces(explanation: "Explanation", markup: Markup) -> str:
    pieces = explanation.pieces
    shown = " · ".join(_piece(piece, markup) for piece in pieces[:_MOST_PIECES])
    more = f" · and {len(pieces) - _MOST_PIECES} more" if len(pieces) > _MOST_PIECES else ""
    return f"Tokens, in bits: {shown}{more}"


def _piece(piece: "Piece", markup: Markup) -> str:
    bits = "–" if piece.surprisal_bits is None else f"{piece.surprisal_bits:.1f}"
    return f"{markup.word(piece.text)} {bits}"


def _passage(passage: "Passage") -> str:
    return f"{passage.kind.capitalize()}: perplexity {passage.perplexity:.1f}, {passage.band}"


def _model(explanation: "Explanation", markup: Markup) -> str:
    model = explanation.model
    context = f"{explanation.n_context_tokens:,} tokens of context"
    return f"{markup.word(model.name)} · {model.device} · {model.precision} · {context}"


def _bits(bits: float | None) -> str:
    return "unknown" if bits is None else f"{bits:.1f} bits"


def _bar(share: float) -> str:
    eighths = round(share * _BAR_WIDTH * 8)
    bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return f"{bar:<{_BAR_WIDTH}}"


def _rounded(number: float) -> str:
    """Return a number to three digits; beyond trillions its power of ten says more."""
    if number >= 1e15:  # noqa: PLR2004 - where the names of numbers end
        return f"{number:.0e}".replace("e+", " × 10^")
    for scale, name in _SCALES:
        if scale <= number:
            return f"{number / scale:.3g} {name}"
    return f"{float(f'{number:.3g}'):,.0f}" if number >= 10 else f"{number:.2g}"  # noqa: PLR2004
