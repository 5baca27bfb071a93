"""Which passages stand out, in texts whose words have bits by how they are written.

Words with an `x` have six bits a letter, others about one and a half.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.stretches.mojibake import begins_mojibake
from ppl_engine.findings.stretches.passages import DEFAULT_STRENGTH, FLOOR, passages
from ppl_engine.findings.stretches.stretch import (
    code_points,
    groups_of,
    in_prose,
    shortened,
    stretch_finding,
)
from ppl_engine.scoring.word_scores import word_scores
from ppl_engine.text.blocks import cuts
from ppl_engine.text.prose import prose_of
from ppl_engine.text.spans import Span
from tests.engine.made_scores import made_tokens, passages_in
from tests.texts import NASTY, texts

CALM = "the quick brown dog reads a page of the old manual and goes on to the next one. " * 5
GARBLED = "xqwj kxzlv xxpq wxrtz xkcdq zzxbn qxyhg"


def bits_of(word: str) -> float:
    return len(word) * 6.0 if "x" in word and word != "next" else len(word) * 1.5


def shown(text: str) -> list[str]:
    found = passages_in(text, bits_of)
    return [passage.span.of(text) for passage in found if passage.strength >= DEFAULT_STRENGTH]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CALM + GARBLED + " " + CALM, [GARBLED]),
        (f"{CALM}\n\n{GARBLED}\n\n{CALM}", [GARBLED]),
        (f"{CALM}\n\n{GARBLED}\n\n{CALM}\n\n{GARBLED}\n", [GARBLED, GARBLED]),
        (f"{CALM}\n\n{GARBLED}\n\n{GARBLED}\n\n{CALM}", [f"{GARBLED}\n\n{GARBLED}"]),
        (f"{CALM}\n{GARBLED}\n{GARBLED}\n{CALM}", [f"{GARBLED}\n{GARBLED}"]),
    ],
)
def test_garbled_text_is_a_passage_from_its_first_word_to_its_last(
    text: str, expected: list[str]
) -> None:
    assert expected == shown(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        CALM,
        CALM + "xkcdq " + CALM,
        f"{CALM}\n\nxkcdq\n\n{CALM}",
        f"{CALM}\n\n```\n{GARBLED}\n```\n\n{CALM}",
        f"---\nkey: {GARBLED}\n---\n\n{CALM}{CALM}",
        f"{CALM}\n\n`{GARBLED}`\n\n{CALM}",
        f"{CALM} https://example.org/{GARBLED.replace(' ', '/')} {CALM}",
        f"{CALM}\n\n- xkcd\n- xqwj\n- kxzl\n- xxpq\n- wxrt\n- zxbn\n- qxyh\n\n{CALM}",
    ],
)
def test_what_does_not_stand_out_or_is_no_prose_is_calm(text: str) -> None:
    assert shown(text) == []


@pytest.mark.parametrize("text", [f"{GARBLED} {GARBLED}. " * 60, f"{GARBLED}.\n\n" * 60])
def test_a_document_that_is_like_that_as_a_whole_is_calm(text: str) -> None:
    assert shown(text) == []


def test_words_that_do_not_follow_from_each_other_stand_out_although_they_are_words() -> None:
    strange = "table under seven purple going whether stone because often river never until"

    def bits(word: str) -> float:
        return 12.0 if word in strange.split() else 0.8 * len(word)

    found = passages_in(f"{CALM}{strange}. {CALM}", bits)
    assert [passage.span.of(f"{CALM}{strange}. {CALM}") for passage in found] == [strange]
    assert "word after word" in found[0].reason


@pytest.mark.parametrize(
    ("word", "is_sign"),
    [
        ("donâ€™t", True),
        ("cafÃ©", True),
        ("Ð¸", True),
        ("Â°C", True),
        ("a\ufffdb", True),
        ("Ã", False),
        ("café", False),
        ("« LIBERTÉ »", False),
        ("CAFÉ…", False),
        ("NÃO", False),
        ("â", False),
        ("plain", False),
        ("и", False),
    ],
)
def test_signs_of_wrong_decoding(word: str, *, is_sign: bool) -> None:
    codes = code_points(word)
    assert begins_mojibake(codes, np.arange(len(codes))).any() == is_sign


def test_one_sign_of_wrong_decoding_is_enough() -> None:
    text = f"{CALM}\n\nthe dog doesnâ€™t read the page of the manual\n\n{CALM}"
    (found,) = passages_in(text, lambda word: 1.5 * len(word))
    assert found.strength >= DEFAULT_STRENGTH
    assert "â€™" in found.span.of(text)
    assert "decoded" in found.reason


def test_signs_of_wrong_decoding_count_in_the_cold_start_as_well() -> None:
    begin = "Ã©xprÃ©ssing yÃ¶ur grÃ¡titudÃ© fÃ¶r thÃ© hÃ©lp"
    (found,) = passages_in(f"{begin}\n\n{CALM}", lambda word: 1.5 * len(word))
    assert found.span.start == 0
    assert passages_in(f"{GARBLED}\n\n{CALM}", bits_of) == []


def test_the_reason_has_the_numbers() -> None:
    text = f"{CALM}\n\n{GARBLED}\n\n{CALM}"
    (found,) = passages_in(text, bits_of)
    # 35 letters of 6 bits and 6 spaces; letters of 1.5 bits and spaces.
    assert found.reason == "Stands out: 5.1 bits a byte where the rest of this document has 1.2"
    tokens = made_tokens(text, bits_of)
    finding = stretch_finding(text, found, tokens)
    assert (finding.code, finding.severity) == ("surprising-passage", "information")
    assert finding.text == GARBLED
    assert finding.surprisal_bits == pytest.approx(sum(map(bits_of, GARBLED.split())), rel=1e-4)
    assert (finding.entropy_bits, finding.rank, finding.alternatives) == (None, None, ())


def test_words_that_are_not_scored_are_left_out() -> None:
    text = f"{CALM}\n\n{GARBLED}\n\n{CALM}"
    assert passages_in(text, lambda _: float("nan")) == []
    assert passages_in(text, lambda word: float("nan") if "x" in word else 3.0) == []


@given(texts, st.lists(st.floats(0, 60) | st.just(float("nan")), min_size=1, max_size=9))
def test_passages_of_any_text_are_ordered_and_disjoint(text: str, bits: list[float]) -> None:
    text = CALM + "\n\n" + text * 3
    found = passages_in(text, lambda word: bits[len(word) % len(bits)])
    edges = [edge for passage in found for edge in (passage.span.start, passage.span.end)]
    assert edges == sorted(set(edges))
    assert all(passage.strength >= FLOOR for passage in found)
    assert all(0 <= edge <= len(text) for edge in edges)


@pytest.mark.parametrize("text", [*NASTY, "x" * 100_000, "xq " * 20_000, "Ã©" * 5_000])
def test_any_text_has_passages_or_none(text: str) -> None:
    for passage in passages_in(text, bits_of):
        assert passage.span.of(text)


@given(texts)
def test_words_in_prose_are_those_that_prose_holds(text: str) -> None:
    text = f"Words.\n\n`code` and {text} and *more*\n\n{text}"
    words = word_scores(text, made_tokens(text, len))
    prose = prose_of(text, "markdown")
    places = zip(words.starts.tolist(), words.ends.tolist(), strict=True)
    assert in_prose(words, prose).tolist() == [prose.holds(*place) for place in places]


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_groups_are_counted_edges(places: list[int], edges: list[int]) -> None:
    ordered, cut = np.array(sorted(places), dtype=np.int64), np.array(sorted(edges), dtype=np.int64)
    expected = np.searchsorted(cut, ordered, side="right")
    assert groups_of(ordered, cut).tolist() == expected.tolist()


@given(texts)
def test_a_shortened_passage_is_short_and_on_one_line(text: str) -> None:
    short = shortened(Span(0, len(text)), text)
    assert len(short) <= 60
    assert short == " ".join(text.split()) or short.endswith("…")


def test_bytes_are_counted_as_in_utf_8() -> None:
    # Two bytes a letter: as many bits are half as surprising.
    garbled = "жщъыэ юяфцч шщъыь эюяжщ цчшъы ьэюяф"
    text = f"{CALM}\n\n{garbled}\n\n{CALM}"
    tokens = made_tokens(text, lambda word: len(word) * (9.0 if word > "z" else 1.5))
    words = word_scores(text, tokens)
    (found,) = passages(text, tokens, words, prose_of(text, "markdown"), cuts(text))
    bits = len(garbled.replace(" ", "")) * 9.0
    assert f"{bits / len(garbled.encode()):.1f} bits a byte" in found.reason
