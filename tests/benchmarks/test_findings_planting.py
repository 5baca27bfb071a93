"""The benchmark of findings itself: what it plants, and how it judges."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.findings.errors import KINDS, Copy, Error, Proposal, damaged
from tests.benchmarks.findings.judging import Alarms, Counts, Found, figures, judge
from tests.benchmarks.findings.planting import PROPOSERS, plant
from tests.benchmarks.findings.reading import MASK, blocks, read

PARAGRAPH = (
    "If you want to use the server, you must create a file in the same directory. "
    "The file contains a list of values, and it depends on the version of the tool. "
    "It is possible to remove the file because it is not used by their users. "
    "In 2019 there were 10,000 users, and 3.5 percent of them needed to know which value is used. "
    "These values can be removed, and then the server provides an error when you start it.\n\n"
)
TEXT = f"""# The form of there values

{PARAGRAPH * 3}Call `their(form)` or see [their form](their/form.md).

```
if there is their form then
```

| their | there |
| --- | --- |
| form | from |

{PARAGRAPH}"""
PROTECTED = ("`their(form)`", "[their form](their/form.md)", "# The form of there values\n")


def nothing_is_a_word(_: str) -> bool:
    return False


def planted(kind: str, seed: str = "a") -> Copy:
    return plant(TEXT, kind, seed=seed, is_word=nothing_is_a_word)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_occurs_and_can_be_taken_back(kind: str) -> None:
    copy = planted(kind)
    assert copy.errors
    assert copy.text != TEXT
    assert copy.restored() == TEXT
    for error in copy.errors:
        assert error.kind == kind
        assert copy.text[error.start : error.end] == error.damaged != error.original


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides(kind: str) -> None:
    assert planted(kind) == planted(kind)
    assert len({planted(kind, str(seed)).text for seed in range(8)}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_prose_stays(kind: str) -> None:
    for seed in range(8):
        copy = planted(kind, str(seed))
        assert all(protected in copy.text for protected in PROTECTED)
        assert "if there is their form then" in copy.text
        assert "| their | there |" in copy.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_proposal_changes_what_stands_there(kind: str) -> None:
    for proposal in PROPOSERS[kind](read(TEXT), random.Random(0)):
        assert TEXT[proposal.start : proposal.end] == proposal.original != proposal.damaged


def test_about_every_sixty_words_there_is_an_error() -> None:
    n_words = read(TEXT).n_words
    assert len(planted("typo").errors) == round(n_words / 60)


def test_a_typo_is_no_word() -> None:
    some = planted("typo").errors[0].damaged
    copy = plant(TEXT, "typo", seed="a", is_word=lambda word: word == some)
    assert some not in [error.damaged for error in copy.errors]
    assert not plant(TEXT, "typo", seed="a", is_word=lambda _: True).errors


def test_names_code_links_and_markup_are_masked() -> None:
    text = "Now use Redis or `code`, [a link](x.md) and **bold**, my_name and version 2 of all.\n"
    assert read(text).words.replace(MASK, "·") == (
        "Now use ····· or ······· ·············· and ········· ······· and version · of all.\n"
    )


@given(st.text(alphabet="ab `#*|\n>-~"))
def test_masking_keeps_every_offset(text: str) -> None:
    reading = read(text)
    assert "".join(blocks(text)) == text
    for masked in (reading.prose, reading.words):
        assert all(new in (old, MASK) for old, new in zip(text, masked, strict=True))


@given(st.text(alphabet="ab "), st.text(alphabet="ab "), st.text(alphabet="ab "))
def test_outside_of_an_error_offsets_are_those_of_the_clean_text(
    before: str, original: str, instead: str
) -> None:
    after = "ba"
    proposal = Proposal("", len(before), original, instead)
    copy = damaged(before + original + after, "typo", [proposal])
    start, end = copy.errors[0].core
    clean = copy.restored()
    assert clean[:start] == copy.text[:start]
    for offset in range(end, len(copy.text)):
        assert clean[copy.clean_offset(offset) :] == copy.text[offset:]


def test_errors_may_not_lie_in_each_other() -> None:
    with pytest.raises(ValueError, match="does not stand there"):
        damaged("abcd", "typo", [Proposal("", 0, "abc", "x"), Proposal("", 2, "cd", "y")])


def copy_of(text: str, *places: tuple[str, str]) -> Copy:
    proposals = [Proposal("", text.index(old), old, new) for old, new in places]
    return damaged(text, "typo", proposals)


def test_a_finding_that_overlaps_hits_and_one_that_does_not_is_a_false_alarm() -> None:
    copy = copy_of("open the file here", ("file", "flie"))
    hit = Found(9, 13, "x", suggestions=("file",))
    judgement = judge(copy, [hit, Found(5, 8, "x")], [])
    assert judgement.counts == Counts(1, 1, 1, 1, 1, 1)
    assert judgement.false_alarms == (Found(5, 8, "x"),)


def test_only_the_first_suggestion_counts() -> None:
    copy = copy_of("open the file here", ("file", "flie"))
    judgement = judge(copy, [Found(9, 13, "x", suggestions=("flies", "file"))], [])
    assert (judgement.counts.n_hit, judgement.counts.n_mended) == (1, 0)


@pytest.mark.parametrize(
    "found",
    [
        Found(5, 12, "x", suggestions=("the",)),
        Found(5, 8, "x", suggestions=("the",)),
        Found(8, 12, "x", suggestions=("",)),
        Found(5, 9, "x", suggestions=("",)),
    ],
)
def test_a_doubled_word_can_be_mended_in_any_way(found: Found) -> None:
    copy = copy_of("open the file", ("the", "the the"))
    is_mended = copy.text[: found.start] + found.suggestions[0] + copy.text[found.end :]
    counts = judge(copy, [found], []).counts
    assert counts.n_hit == 1
    assert counts.n_mended == (is_mended == "open the file")


def test_a_dropped_word_is_hit_at_both_neighbours() -> None:
    copy = copy_of("part of the file is", ("part of the", "part the"))
    for found in (Found(0, 4, "x"), Found(5, 8, "x", suggestions=("of the",))):
        counts = judge(copy, [found], []).counts
        assert counts.n_hit == 1
        assert counts.n_mended == len(found.suggestions)
    assert judge(copy, [Found(9, 13, "x")], []).counts.n_false == 1


def test_what_is_said_of_the_clean_text_too_counts_only_strictly() -> None:
    copy = copy_of("one two three four five", ("two", "twoo"))
    clean = [Found(0, 3, "x"), Found(14, 18, "x")]
    of_copy = [Found(0, 3, "x"), Found(15, 19, "x")]
    counts = judge(copy, of_copy, clean).counts
    assert (counts.n_false, counts.n_false_strictly) == (0, 2)
    counts = judge(copy, [Found(15, 19, "y")], clean).counts
    assert counts.n_false == 1


def test_a_neighbour_that_was_flagged_before_is_no_hit_but_strictly() -> None:
    copy = copy_of("part of the file is", ("part of the", "part the"))
    counts = judge(copy, [Found(0, 4, "x")], [Found(0, 4, "x")]).counts
    assert (counts.n_hit, counts.n_hit_strictly) == (0, 1)


def test_many_findings_in_an_error_count_once() -> None:
    copy = copy_of("say it", (" it", " it it it it"))
    counts = judge(copy, [Found(4, 6, "x"), Found(7, 9, "x"), Found(10, 12, "x")], []).counts
    assert (counts.n_hit, counts.n_false) == (1, 0)


def test_figures_are_those_of_the_sums() -> None:
    counts = [Counts(n_errors=4, n_hit=3, n_false=1, n_mended=2), Counts(n_errors=4)]
    result = figures(counts)
    assert result.precision[0] == 3 / 4
    assert result.recall[0] == 3 / 8
    assert result.mended[0] == 2 / 8
    assert result.f_half[0] == pytest.approx(1.25 * (3 / 4) * (3 / 8) / (0.25 * 3 / 4 + 3 / 8))
    low, high = result.recall[1:]
    assert low == 0
    assert high == 3 / 4


def test_alarms_are_counted_by_severity_and_code() -> None:
    alarms = Alarms()
    alarms.add(100, [])
    alarms.add(300, [Found(0, 1, "b", "hint"), Found(2, 3, "b", "hint"), Found(4, 5, "c")])
    alarms.add(600, [Found(0, 1, "c")])
    rates = {name: rate[0] for name, rate in alarms.per_1000_words().items()}
    assert rates == {"all": 4.0, "hint b": 2.0, "c": 2.0}


def test_the_core_of_an_error_is_what_changed() -> None:
    assert Error("", "", 10, "the", "the the").core == (13, 17)
    assert Error("", "", 10, "part of the", "part the").core == (15, 15)
    assert Error("", "", 10, "file", "flie").core == (11, 13)
