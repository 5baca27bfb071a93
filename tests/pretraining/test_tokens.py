"""Our tokenizer, the stream of ids, and the rows that are read from it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ppl_engine.pretraining.corpus import CorpusDocument
from ppl_engine.pretraining.held_out import held_out_digests
from ppl_engine.pretraining.tokenizer import END_OF_TEXT, train_tokenizer
from ppl_engine.pretraining.tokens import (
    SEPARATOR_ID,
    Rows,
    block_starts,
    read_stream,
    read_summary,
    write_stream,
)

PAGE = """# Setting up

Install the package, then run `ppl check docs/` in the folder of your project:

```python
def total(values: list[int]) -> int:
    return sum(values)
```

- It's 12 items, **not** 345.
- See [the guide](https://example.org/guide).
"""
HELD_OUT = (
    "The paragraph that nobody may learn from, because the model is going to be judged by it."
)


@pytest.fixture(name="tokenizer", scope="module")
def _tokenizer() -> Tokenizer:
    return train_tokenizer(iter([PAGE] * 20), 600)


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_round_trips(tokenizer: Tokenizer, text: str) -> None:
    clean = text.encode(errors="replace").decode()
    ids = tokenizer.encode(clean, add_special_tokens=False).ids
    assert tokenizer.decode(ids, skip_special_tokens=False) == clean


def test_digits_stand_alone_and_markup_keeps_together(tokenizer: Tokenizer) -> None:
    pieces = tokenizer.encode("12 items, **not** 345\n\n```python\n    return", None).tokens
    assert pieces[:2] == ["1", "2"]
    assert not any(len(piece.strip("Ġ")) > 1 and piece.strip("Ġ").isdigit() for piece in pieces)
    assert "Ġ**" in pieces
    assert "```" in pieces
    assert "ĊĊ" in pieces
    assert tokenizer.token_to_id(END_OF_TEXT) == SEPARATOR_ID


def documents(*texts: str) -> list[CorpusDocument]:
    return [CorpusDocument(text, "docs", "source", "path", "MIT") for text in texts]


def test_the_stream_holds_all_documents_and_nothing_held_out(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    held_out = held_out_digests([HELD_OUT])
    texts = [PAGE, f"{PAGE}\n\n{HELD_OUT}\n\nThe end.", ""]
    summary = write_stream(documents(*texts), tokenizer, held_out, tmp_path / "train.bin")
    stream = read_stream(tmp_path / "train.bin")
    assert summary == read_summary(tmp_path / "train.bin")
    assert summary.n_tokens == len(stream)
    assert (summary.n_documents, summary.n_removed) == (3, 1)
    assert summary.bytes_by_licence == {"MIT": summary.n_bytes}
    assert (stream == SEPARATOR_ID).sum() == 3
    decoded = tokenizer.decode(stream.tolist(), skip_special_tokens=False)
    assert HELD_OUT not in decoded
    assert decoded.startswith(END_OF_TEXT + PAGE)


def test_a_row_begins_with_the_separator_and_goes_on_as_the_stream_does(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    write_stream(documents(*[PAGE] * 40), tokenizer, frozenset(), tmp_path / "train.bin")
    stream = read_stream(tmp_path / "train.bin")
    rows = Rows(stream, block_starts(tokenizer), seed=1)
    inputs, targets = rows.batch(0, 30, 64)
    assert inputs.shape == targets.shape == (30, 64)
    assert (inputs[:, 0] == SEPARATOR_ID).all()
    assert (inputs[:, 1:] == targets[:, :-1]).all()
    twice = np.concatenate([stream, stream]).astype(np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(twice, 64)
    for row in targets:
        assert (windows == row).all(axis=1).any()


def test_most_rows_begin_where_a_block_begins(tokenizer: Tokenizer, tmp_path: Path) -> None:
    write_stream(documents(*[PAGE] * 40), tokenizer, frozenset(), tmp_path / "train.bin")
    rows = Rows(read_stream(tmp_path / "train.bin"), block_starts(tokenizer), seed=1)
    inputs, _ = rows.batch(0, 50, 64)
    begins = [tokenizer.decode(row[1:6].tolist()) for row in inputs]
    good = ("# Setting", "Install the", "```python", "- It's", "def")
    assert sum(begin.startswith(good) for begin in begins) > 40


def test_batches_are_a_function_of_the_place(tokenizer: Tokenizer, tmp_path: Path) -> None:
    write_stream(documents(*[PAGE] * 40), tokenizer, frozenset(), tmp_path / "train.bin")
    stream, starts = read_stream(tmp_path / "train.bin"), block_starts(tokenizer)
    one, other = Rows(stream, starts, seed=1), Rows(stream, starts, seed=1)
    one.batch(0, 8, 32)
    assert (one.batch(256, 8, 32)[0] == other.batch(256, 8, 32)[0]).all()
    assert (one.batch(256, 8, 32)[0] != Rows(stream, starts, seed=2).batch(256, 8, 32)[0]).any()


def test_a_stream_shorter_than_a_row_is_repeated(tokenizer: Tokenizer, tmp_path: Path) -> None:
    write_stream(documents("Short."), tokenizer, frozenset(), tmp_path / "train.bin")
    rows = Rows(read_stream(tmp_path / "train.bin"), block_starts(tokenizer), seed=0)
    assert rows.batch(0, 2, 128)[0].shape == (2, 128)
