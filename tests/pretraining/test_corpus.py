"""Reading a corpus, and keeping what is held out away from what is trained on."""

import json
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.pretraining.corpus import CorpusError, Split, read_corpus, split_of
from ppl_engine.pretraining.held_out import held_out_digests, paragraph_digest, without_held_out

SENTENCE = "The server reads its configuration from a file in the directory it was started in."
OTHER = "A client that goes away in the middle of a request leaves nothing behind on the server."


def shard(path: Path, *documents: dict[str, str]) -> None:
    lines = "".join(json.dumps(document) + "\n" for document in documents)
    path.write_bytes(zstandard.compress(lines.encode()))


def test_shards_are_taken_as_they_are_split(tmp_path: Path) -> None:
    shard(tmp_path / "docs.train.00.jsonl.zst", {"text": "a", "repo": "r", "licence": "MIT"})
    shard(tmp_path / "docs.train.01.jsonl.zst", {"text": "b"})
    shard(tmp_path / "code.test.jsonl.zst", {"text": "c"})
    train = list(read_corpus(tmp_path, Split.TRAIN))
    assert [(d.text, d.category, d.licence) for d in train] == [
        ("a", "docs", "MIT"),
        ("b", "docs", "not stated"),
    ]
    assert [d.category for d in read_corpus(tmp_path, Split.TEST)] == ["code"]


def test_a_folder_of_texts_is_split_by_path(tmp_path: Path) -> None:
    for k in range(300):
        (tmp_path / f"page{k}.md").write_text(f"page {k}", encoding="utf-8")
    found = {split: {d.text for d in read_corpus(tmp_path, split)} for split in Split}
    assert sum(len(texts) for texts in found.values()) == 300
    assert not found[Split.TRAIN] & found[Split.TEST]
    assert len(found[Split.TRAIN]) > 280
    assert all(split_of(f"page{text.split()[1]}.md") is Split.TEST for text in found[Split.TEST])


@pytest.mark.parametrize("line", ["{", "[]", '{"body": "no text"}', "3"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "docs.train.jsonl").write_text('{"text": "a"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"docs\.train\.jsonl, line 2"):
        list(read_corpus(tmp_path, Split.TRAIN))


def test_a_folder_without_texts_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="neither shards"):
        list(read_corpus(tmp_path, Split.TRAIN))
    with pytest.raises(CorpusError, match="no folder"):
        list(read_corpus(tmp_path / "missing", Split.TRAIN))


def test_paragraphs_held_out_are_found_whatever_their_markup() -> None:
    held_out = held_out_digests([f"# Title\n\n{SENTENCE}\n"])
    shouting = f"{OTHER}\n\n> **{SENTENCE.upper()}**\n\n{OTHER}"
    text, n = without_held_out(shouting, held_out)
    assert n == 1
    assert text == f"{OTHER}\n\n{OTHER}"
    tokenised = SENTENCE.replace(".", " . ")  # as WikiText sets its punctuation
    assert without_held_out(tokenised, held_out) == ("", 1)


def test_a_line_held_out_takes_its_paragraph_with_it() -> None:
    held_out = held_out_digests([SENTENCE])
    assert without_held_out(f"{OTHER}\n{SENTENCE}", held_out) == ("", 1)


def test_commonplaces_are_not_compared() -> None:
    assert paragraph_digest("## Installation") is None
    assert (
        without_held_out("## Installation\n\nRun it.", held_out_digests(["## Installation"]))[1]
        == 0
    )


@settings(deadline=None)
@given(st.text(max_size=300))
def test_text_that_is_not_held_out_stays_as_it_is(text: str) -> None:
    assert without_held_out(text, held_out_digests([SENTENCE])) == (text, 0)
    kept, n = without_held_out(text + "\n\n" + SENTENCE, held_out_digests([SENTENCE]))
    assert n == 1
    assert SENTENCE not in kept
