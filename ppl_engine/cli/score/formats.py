"""What `ppl score` writes of a text: objects in nats for programs, tables in bits for people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from ppl_engine.cli.check.formats.json_objects import summary_object
from ppl_engine.cli.output import Part, on_terminal, width
from ppl_engine.cli.reports import Json, number
from ppl_engine.cli.score.command import Scored, ScoredLines
from ppl_engine.scoring.pieces import character_pieces
from ppl_engine.scoring.summary import summarize
from ppl_engine.scoring.units import bits, perplexity
from ppl_engine.scoring.word_scores import WordScores, word_scores

_WIDEST_TEXT: Final = 32
_VISIBLE: Final = str.maketrans({" ": "·", "\n": "↵", "\t": "→"})

Row: TypeAlias = dict[str, Any]
"""An object whose keys docs/output.md lists."""


@dataclass(frozen=True, slots=True)
class View:
    """A text by its tokens or by its words."""

    name: str
    """Key of the rows in a file's object."""

    objects: Callable[[Scored], Iterator[Row]]

    def file_object(self, scored: Scored) -> Json:
        """Return a file as the JSON contract has it."""
        words = word_scores(scored.text, scored.tokens)
        summary = summarize(scored.text, scored.tokens, words)
        return {
            "path": scored.path,
            "summary": summary_object(summary),
            self.name: list(self.objects(scored)),
        }

    def table(self, scored: Scored) -> Iterator[Part]:
        """Yield aligned columns, in bits."""
        rows = [(_shown(row["text"]), row) for row in self.objects(scored)]
        column = max((width(shown) for shown, _ in rows), default=0)
        column = max(column, len(self.name))
        yield (on_terminal(scored.path) + "\n", "bold")
        yield (f"{self.name:<{column}} {'bits':>8} {'rank':>7} {'entropy':>8}\n", "dim")
        for shown, row in rows:
            padding = " " * (column - width(shown))
            yield f"{shown}{padding} {_bits(row['logprob']):>8}"
            yield f" {row['rank'] or '-':>7} {_bits(row['entropy']):>8}\n"


def token_objects(scored: Scored) -> Iterator[Row]:
    """Yield an object for each token; tokens that split a character make one."""
    pieces = character_pieces(scored.tokens)
    word_idx = _word_of_token(scored)
    for k in range(len(pieces)):
        start, end = int(pieces.starts[k]), int(pieces.ends[k])
        word = int(word_idx[pieces.first_token[k]])
        yield {
            "start": start,
            "end": end,
            "text": scored.text[start:end],
            "logprob": number(float(pieces.logprob[k])),
            "entropy": number(float(pieces.entropy[k])),
            "rank": int(pieces.rank[k]) or None,
            "word": None if word < 0 else word,
            "n_tokens": int(pieces.n_tokens[k]),
        }


def word_objects(scored: Scored) -> Iterator[Row]:
    """Yield an object for each word and each run of symbols."""
    words = word_scores(scored.text, scored.tokens)
    for k in range(len(words)):
        start, end = int(words.starts[k]), int(words.ends[k])
        yield {
            "start": start,
            "end": end,
            "text": scored.text[start:end],
            "is_word": bool(words.is_word[k]),
            "logprob": number(float(words.logprob[k])),
            "uncorrected_logprob": number(float(words.uncorrected_logprob[k])),
            "entropy": number(float(words.entropy[k])),
            "rank": int(words.rank[k]) or None,
            "n_tokens": int(words.end_token[k] - words.first_token[k]),
        }


TOKENS: Final = View("tokens", token_objects)
WORDS: Final = View("words", word_objects)


def lines_object(scored: ScoredLines) -> Json:
    """Return a file of lines as the JSON contract has it."""
    return {"path": scored.path, "lines": list(line_objects(scored))}


def line_objects(scored: ScoredLines) -> Iterator[Json]:
    """Yield an object for each line, as they are scored."""
    for line, score in scored.lines:
        is_scored = score.n_scored or not score.n_tokens
        yield {
            "line": line,
            "log_likelihood": score.log_likelihood if is_scored else None,
            "n_tokens": score.n_tokens,
            "n_words": score.n_words,
            "n_bytes": score.n_bytes,
        }


def line_table(scored: ScoredLines) -> Iterator[Part]:
    """Yield columns of fixed width, since the lines are a stream."""
    yield (on_terminal(scored.path) + "\n", "bold")
    yield (f"{'line':>8} {'bits':>10} {'perplexity':>12} {'tokens':>7} {'words':>7}\n", "dim")
    for line, score in scored.lines:
        mean = -score.log_likelihood / score.n_scored if score.n_scored else None
        shown = "-" if mean is None else f"{perplexity(mean):.2f}"
        yield f"{line:>8} {abs(bits(score.log_likelihood)):>10.2f} {shown:>12}"
        yield f" {score.n_tokens:>7} {score.n_words:>7}\n"


def _word_of_token(scored: Scored) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return the index of each token's word, -1 where it has none."""
    words: WordScores = word_scores(scored.text, scored.tokens)
    found = np.full(len(scored.tokens), -1, dtype=np.int64)
    for k, (first, end) in enumerate(
        zip(words.first_token.tolist(), words.end_token.tolist(), strict=True)
    ):
        found[first:end] = k
    return found


def _shown(text: str) -> str:
    visible = on_terminal(text).translate(_VISIBLE)
    return visible if len(visible) <= _WIDEST_TEXT else visible[: _WIDEST_TEXT - 1] + "…"


def _bits(nats: float | None) -> str:
    return "-" if nats is None else f"{abs(bits(nats)):.2f}"
