"""Quality gates: documents that are as a whole not what they should be."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ppl_engine.configuration.gates import Gates

if TYPE_CHECKING:
    from ppl_engine.scoring.summary import Summary

_PLAIN: Final = 1e9
"""From here on numbers are written with an exponent."""

_MOST_DECIMALS: Final = 17

_MEASURES: Final = {
    "max-perplexity": "perplexity {}",
    "max-bits-per-byte": "{} bits per byte",
    "max-findings": "{} findings",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """A gate that is not passed."""

    gate: str
    """The name of its option without `--`."""

    value: float
    limit: float
    root: str | None = None
    """The folder whose documents are meant together; None for a document, or all of the run."""

    @property
    def message(self) -> str:
        """One line that says what is asked, and what there is instead."""
        value, limit = _told_apart(self.value, self.limit)
        said = _MEASURES[self.gate].format(value)
        said = said.removesuffix("s") if self.gate == "max-findings" and self.value == 1 else said
        return f"{said}, above the limit of {limit}"


def breaches(summary: "Summary", gates: Gates) -> tuple[Breach, ...]:
    """Return the gates that a document does not pass; one without a value passes."""
    asked = (
        ("max-perplexity", summary.perplexity, gates.max_perplexity),
        ("max-bits-per-byte", summary.bits_per_byte, gates.max_bits_per_byte),
    )
    return tuple(
        Breach(gate, value, limit)
        for gate, value, limit in asked
        if value is not None and limit is not None and limit < value
    )


def _told_apart(value: float, limit: float) -> tuple[str, str]:
    """Return two numbers with the digits that it takes to see which is larger."""
    if isinstance(value, int):
        return f"{value:,}", f"{limit:,}"
    stated = f"{limit:,.15g}" if limit < _PLAIN else f"{limit:g}"
    if value >= _PLAIN:
        return f"{value:g}" if float(f"{value:g}") > limit else repr(value), stated
    n_decimals = max(0, 2 - math.floor(math.log10(value)))
    for n in range(n_decimals, _MOST_DECIMALS):
        shown = f"{value:,.{n}f}"
        if float(shown.replace(",", "")) > limit:
            return shown, stated
    return repr(value), repr(limit)
