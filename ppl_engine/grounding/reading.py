"""A text scored with its sources as left context as well."""

from collections.abc import Generator, Sequence
from dataclasses import fields, replace
from typing import Final

import numpy as np

from ppl_engine.analysis import Progress
from ppl_engine.grounding.library import Library
from ppl_engine.grounding.source import Source
from ppl_engine.grounding.windows import Sizes, Windows, blocks
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import TokenScores, WindowScores

_COLUMNS: Final = tuple(field.name for field in fields(WindowScores) if field.name != "hidden")


def library_of(sources: Sequence[Source], scorer: Scorer) -> Library:
    """Cut sources into passages for a model."""
    return Library(sources, scorer, Sizes.for_context(scorer.model.context).passage)


def read_with(
    library: Library, text: str, tokens: TokenScores, scorer: Scorer
) -> Generator[Progress, None, TokenScores]:
    """Score the tokens of a text with the sources at hand, in bounded steps.

    The result has the tokens, the places and the segments of `tokens`, and other numbers.
    """
    sizes = Sizes.for_context(scorer.model.context)
    read = list(blocks(tokens.segment_starts, len(tokens), sizes.block))
    made = Windows(text, tokens, library, scorer, sizes)
    windows = [made.of(one) for one in read]
    columns = {name: getattr(tokens, name).copy() for name in _COLUMNS}
    context_length = tokens.context_length.copy()
    n_bos = 0 if scorer.bos_id is None else 1
    n_done = 0
    yield Progress(0, len(tokens))
    for batch in scorer.score_windows(windows):
        for idx, scores in batch:
            place = slice(read[idx].first, read[idx].end)
            for name in _COLUMNS:
                columns[name][place] = getattr(scores, name)
            context_length[place] = windows[idx].n_context - n_bos + np.arange(len(scores.logprob))
            n_done += len(scores.logprob)
        yield Progress(n_done, len(tokens))
    return replace(tokens, **columns, context_length=context_length)
