import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.ignoring.baseline import (
    Accepted,
    Baseline,
    accepted,
    parsed_baseline,
    written_baseline,
)
from tests.ignoring.making import found
from tests.texts import texts

entries = st.builds(Accepted, texts, st.just("repetition"), texts, st.integers(1, 3))
baselines = st.dictionaries(
    texts, st.lists(entries, min_size=1, max_size=3, unique_by=lambda one: one.fingerprint)
).map(lambda files: Baseline({path: tuple(sorted(found)) for path, found in files.items()}))


@given(baselines)
def test_what_is_written_is_read_again(baseline: Baseline) -> None:
    assert parsed_baseline(written_baseline(baseline)) == baseline


def test_a_file_is_sorted_and_has_a_finding_a_line() -> None:
    text = "The zebra ran. The gnu ran."
    baseline = Baseline().having("b.md", accepted(found(text, "zebra", "gnu"), text))
    lines = written_baseline(baseline.having("a.md", accepted(found(text, "gnu"), text))).split(
        "\n"
    )
    assert lines[:2] == ['{"version": 1, "files": {', ' "a.md": [']
    assert [json.loads(line.rstrip(","))["text"] for line in lines if "text" in line] == [
        "gnu",
        "gnu",
        "zebra",
    ]
    assert json.loads(written_baseline(Baseline())) == {"version": 1, "files": {}}


def test_one_more_occurrence_is_counted() -> None:
    text = "The zebra ran."
    (finding,) = found(text, "zebra")
    baseline = Baseline().accepting("a", finding, text).accepting("a", finding, text)
    assert [one.count for one in baseline.files["a"]] == [2]


def test_pruning_forgets_what_is_gone_and_accepts_nothing_new() -> None:
    text = "The zebra ran.\n\nThe zebra ran.\n\nThe gnu ran."
    old, new = found(text, "zebra"), found(text, "gnu")
    baseline = Baseline().having("a", accepted(old, text))
    (left,) = baseline.pruned("a", accepted([old[0], *new], text)).files["a"]
    assert (left.text, left.count) == ("zebra", 1)
    assert baseline.pruned("a", ()).files == {}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "Expecting value"),
        ("[]", 'no "version"'),
        ('{"version": 2, "files": {}}', "its version is 2"),
        ('{"version": 1, "files": []}', "its version is 1|no"),
        ('{"version": 1, "files": {"a": {}}}', "are no list"),
        ('{"version": 1, "files": {"a": [{"code": "x"}]}}', 'has no "code"'),
        ("[" * 100_000, "nested"),
    ],
)
def test_what_is_no_baseline_is_said(content: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parsed_baseline(content)
