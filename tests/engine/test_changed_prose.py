"""What is prose after an edit, against reading the whole document."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.text import prose as reading
from ppl_engine.text.changes import text_change
from ppl_engine.text.languages import PROGRAMS
from ppl_engine.text.prose import LANGUAGES, Prose, changed_prose, prose_of
from tests.edits import PIECES, versions
from tests.engine.test_prose import CODE_BLOCKS, FRONT_MATTER, PROSE_BLOCKS, UNICODE
from tests.samples import SAMPLES


def check(found: Prose, expected: Prose) -> None:
    for name in Prose.__slots__:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def follow(text: str, language: str, n_edits: int, seed: int) -> None:
    """Edit and edit again, never reading the whole, and compare with reading the whole."""
    prose = prose_of(text, language)
    for version in versions(text, n_edits, seed):
        prose, region = changed_prose(version, language, prose, text_change(text, version))
        check(prose, prose_of(version, language))
        assert text[: region.start] == version[: region.start]
        assert text[region.old_end :] == version[region.new_end :]
        text = version


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_prose_after_many_edits_is_that_of_the_whole(sample: str, language: str) -> None:
    # A program is read as a whole in any case.
    follow(SAMPLES[sample], language, n_edits=3 if language in PROGRAMS else 100, seed=1)


blocks = st.lists(st.sampled_from(PROSE_BLOCKS + CODE_BLOCKS), max_size=12)


@given(st.sampled_from(FRONT_MATTER), blocks, st.integers(0, 2**32), st.sampled_from(LANGUAGES))
def test_prose_after_edits_of_any_document_is_that_of_the_whole(
    front: str, chosen: list[str], seed: int, language: str
) -> None:
    follow(front + "".join(chosen), language, n_edits=3, seed=seed)


@given(UNICODE, st.sampled_from(PIECES), UNICODE, st.sampled_from((*LANGUAGES, "unknown")))
def test_prose_of_any_text_after_an_insertion_is_that_of_the_whole(
    front: str, inserted: str, back: str, language: str
) -> None:
    front, back = front + "\n\nWords here.\n\nAnd here.\n\n", "\n\nMore.\n\nMore words.\n\n" + back
    old, new = front + back, front + inserted + back
    found, _ = changed_prose(new, language, prose_of(old, language), text_change(old, new))
    check(found, prose_of(new, language))


@pytest.mark.parametrize("language", ["plaintext", "markdown", "mdx"])
def test_an_edit_reads_a_few_paragraphs_however_long_the_text(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# Head\n\nSome `words` here.\n\n- and\n- there\n\n" * 2000
    prose = prose_of(text, language)
    n_read: list[int] = []
    addresses = reading._addresses

    def counted(text: str, start: int, end: int) -> object:
        n_read.append(end - start)
        return addresses(text, start, end)

    monkeypatch.setattr(reading, "_addresses", counted)
    rng = random.Random(0)
    for _ in range(30):
        at = rng.randrange(len(text))
        new = f"{text[:at]} word {text[at:]}"
        prose, _ = changed_prose(new, language, prose, text_change(text, new))
        text = new
    assert sum(n_read) < 30 * 500
