"""What candidates came to when they were read: the best of each word, if any is worth it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from ppl_engine.findings.finding import Alternative
from ppl_engine.findings.rereading.reading import Reading
from ppl_engine.findings.rereading.spelling_out import Option
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.rereading.weighing import LEAST_NET_BITS
from ppl_engine.scoring.scores import Floats
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.text.spans import Span

_MOST_ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class Gain:
    """What the reading of an option came to."""

    option: Option
    gain_bits: float
    probability: float
    """Of its first token."""

    @classmethod
    def of(cls, option: Option, logprobs: Floats, reading: Reading) -> "Gain":
        """Compare what was read of an option with the text as it stands."""
        as_it_stands = reading.nats_between(option.divergence, option.end)
        gain_nats = float(np.sum(logprobs, dtype=np.float64)) - as_it_stands
        return cls(option, gain_nats / NATS_PER_BIT, float(np.exp(logprobs[0])))

    @property
    def net_bits(self) -> float:
        """What is gained beyond what the slip costs."""
        return self.gain_bits - self.option.proposal.candidate.cost_bits


def judged_by(reading: Reading, gains: Iterable[Gain]) -> list[Judged]:
    """Return what comes of the words of a block; the gains of a word come one after the other."""
    by_word = groupby(gains, key=lambda gain: gain.option.proposal.word_idx)
    judged = (_judged(reading, list(group)) for _, group in by_word)
    return [one for one in judged if one is not None]


def _judged(reading: Reading, gains: Sequence[Gain]) -> Judged | None:
    """Take the best of a word's candidates, with those that change the same stretch."""
    worth = [gain for gain in gains if gain.net_bits >= LEAST_NET_BITS]
    if not worth:
        return None
    by_net = sorted(worth, key=lambda gain: -gain.net_bits)
    best = by_net[0].option
    candidate = best.proposal.candidate
    alike = _alike(by_net, candidate.span)
    stands_nats = reading.nats_between(best.divergence, best.replaced_end)
    return Judged(
        word_start=int(reading.document.words.starts[best.proposal.word_idx]),
        span=candidate.span,
        text=candidate.span.of(reading.document.text),
        alternatives=tuple(
            Alternative(gain.option.proposal.candidate.text, gain.probability, gain.gain_bits)
            for gain in alike[:_MOST_ALTERNATIVES]
        ),
        slip=candidate.slip,
        net_bits=by_net[0].net_bits,
        surprisal_bits=-stands_nats / NATS_PER_BIT,
    )


def _alike(gains: Sequence[Gain], span: Span) -> list[Gain]:
    """Keep those that replace a span; of those that do so with the same text the first."""
    found: dict[str, Gain] = {}
    for gain in gains:
        candidate = gain.option.proposal.candidate
        if candidate.span == span:
            found.setdefault(candidate.text, gain)
    return list(found.values())
