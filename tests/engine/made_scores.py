"""Texts with the surprisal of each word as a test wants it: no model, no windows."""

from collections.abc import Callable

import numpy as np
import regex

from ppl_engine.findings.stretches.passages import passages
from ppl_engine.findings.stretches.repetition import repetitions
from ppl_engine.findings.stretches.stretch import Stretch
from ppl_engine.findings.vocabulary import vocabulary
from ppl_engine.scoring.scores import TokenScores
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import word_scores
from ppl_engine.text.blocks import cuts
from ppl_engine.text.prose import prose_of

_TOKEN = regex.compile(r"\p{Han}| ?\w+| ?[^\w\s]|\s")


def made_tokens(text: str, bits_of: Callable[[str], float]) -> TokenScores:
    """Cut a text into words with the space before them and give each the bits of its letters."""
    found = [match.span() for match in _TOKEN.finditer(text)]
    n = len(found)
    places = np.array(found, dtype=np.int64).reshape(-1, 2)
    pieces = [text[start:end] for start, end in found]
    logprob = np.array([-bits_of(piece.strip()) * NATS_PER_BIT for piece in pieces], np.float32)
    nothing = np.zeros(n, dtype=np.float32)
    return TokenScores(
        ids=np.arange(n),
        starts=places[:, 0],
        ends=places[:, 1],
        begins_word=np.array([not regex.match(r"\w", piece) for piece in pieces], dtype=np.bool_),
        logprob=logprob,
        entropy=nothing,
        rank=np.ones(n, dtype=np.int64),
        top_logprob=nothing,
        boundary_before=nothing,
        boundary_after=nothing,
        context_length=np.arange(n),
        segment_starts=np.zeros(min(n, 1), dtype=np.int64),
        exact_spans=True,
    )


def passages_in(text: str, bits_of: Callable[[str], float]) -> list[Stretch]:
    tokens = made_tokens(text, bits_of)
    words = word_scores(text, tokens)
    return passages(text, tokens, words, prose_of(text, "markdown"), cuts(text))


def repetitions_in(text: str, language: str = "markdown") -> list[Stretch]:
    words = word_scores(text, made_tokens(text, len))
    return repetitions(text, words, prose_of(text, language), cuts(text), vocabulary(text, words))
