"""The list of words from a tiny corpus: what is listed, and what falls out."""

import lzma
from pathlib import Path

import pytest

from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.pretraining.__main__ import main
from ppl_engine.pretraining.corpus import CorpusDocument
from ppl_engine.pretraining.lexicon import Policy, Usage, count_words, listed, write_lexicon


def document(text: str, source: str = "one") -> CorpusDocument:
    return CorpusDocument(text, "docs", source, "a.md", "MIT")


def counted(text: str) -> set[str]:
    return set(count_words([document(text)]))


def test_words_are_counted_by_use_document_and_source() -> None:
    texts = [("so red red", "one"), ("so red", "one"), ("so blue", "two")]
    usages = count_words(document(text, source) for text, source in texts)
    assert usages["red"] == Usage(n_uses=3, n_documents=2, n_sources=1)
    assert usages["blue"] == Usage(n_uses=1, n_documents=1, n_sources=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see `code` and ``more code`` here", {"and", "here"}),
        ("see\n\n```\ncode\n```\nlater on", {"on"}),
        ("see it\n\n    indented code\n", {"it"}),
        ("see https://an.address/path now", {"now"}),
        ("see [a link](target.html) now", {"a", "link", "now"}),
        ("see pkg.mod a/b f() --flag $HOME user@host x86 snake_case now", {"now"}),
        ("see what he doesn’t know", {"what", "he", "doesn't", "know"}),
        ("see a well-known one", {"a", "well", "known", "one"}),
    ],
)
def test_only_words_of_running_prose_are_counted(text: str, words: set[str]) -> None:
    assert counted(text) == words


def test_capitals_at_the_start_of_a_sentence_say_nothing() -> None:
    assert counted("This is Python. It works! Good\n\n# New heading\n- An item") == {
        *("is", "Python", "works", "heading", "item"),
    }


LOOSE = Policy(least_uses=2, least_documents=1, least_sources=1)


def test_what_few_use_is_not_listed() -> None:
    policy = Policy(least_uses=10, least_documents=5, least_sources=3)
    usages = {
        "common": Usage(10, 5, 3),
        "rare": Usage(9, 9, 9),
        "pet": Usage(100, 4, 4),
        "local": Usage(100, 100, 2),
    }
    assert listed(usages, policy) == {"common": 3}


def test_capitals_that_few_write_are_not_listed() -> None:
    usages = {
        "english": Usage(10, 9, 5),
        "English": Usage(1000, 500, 50),
        "may": Usage(1000, 500, 50),
        "May": Usage(300, 100, 50),
    }
    assert set(listed(usages, LOOSE)) == {"English", "may", "May"}


def test_misspellings_of_far_commoner_words_are_not_listed() -> None:
    usages = {
        "separate": Usage(2000, 900, 90),
        "seperate": Usage(13, 12, 6),
        "don't": Usage(2000, 900, 90),
        "dont": Usage(13, 12, 6),
        "separable": Usage(13, 12, 6),
        "saparate": Usage(40, 10, 6),  # often in one text: a word of its own
    }
    assert set(listed(usages, LOOSE)) == {"separate", "don't", "separable", "saparate"}


def test_a_written_list_is_read_again_and_is_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.tsv.xz", tmp_path / "two.tsv.xz"
    write_lexicon({"b": 1, "A": 2}, one)
    write_lexicon({"A": 2, "b": 1}, two)
    assert one.read_bytes() == two.read_bytes()


def test_the_step_reads_the_training_split_alone(tmp_path: Path) -> None:
    for split, word in (("train", "learnt"), ("valid", "judged"), ("test", "judged")):
        lines = "".join(f'{{"text": "we have {word} it", "repo": "r{k}"}}\n' for k in range(8))
        (tmp_path / f"docs.{split}.jsonl").write_text(lines, encoding="utf-8")
    places = ["--corpus", str(tmp_path), "--work", str(tmp_path / "work")]
    assert main(["lexicon", *places]) == 0
    written = lines_of(tmp_path / "work" / "words.tsv.xz")
    assert written == ["have\t3", "it\t3", "learnt\t3"]
    assert Lexicon.of(written).knows("Learnt")


def lines_of(path: Path) -> list[str]:
    return lzma.decompress(path.read_bytes()).decode("utf-8").split("\n")[:-1]
