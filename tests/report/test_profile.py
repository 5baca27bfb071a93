"""The profile of a text, against one computed word by word."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.report.profile import profile_html, profile_of, sections
from ppl_engine.text.spans import Span
from tests.report.samples import analyzed, finding, hostile, parsed

words = st.lists(st.sampled_from(["zebra", "cow", "ran", "\n\n", "."]), max_size=900).map(" ".join)


@given(st.one_of(words, hostile))
def test_it_has_the_highest_word_and_the_mean_of_those_around(text: str) -> None:
    analysis = analyzed(text)
    profile = profile_of(analysis)
    scored = [
        (idx, float(bits))
        for idx, (bits, is_word) in enumerate(
            zip(analysis.words.surprisal_bits, analysis.words.is_word, strict=True)
        )
        if is_word and not np.isnan(bits)
    ]
    if profile is None:
        assert scored == []
        return
    assert profile.n_words == len(scored)
    assert len(profile.first_word) == min(400, len(scored))
    assert profile.first_word[0] == 0
    edges = [*profile.first_word.tolist(), len(scored)]
    radius = max(4, len(scored) // 80)
    for number, (low, high) in enumerate(pairwise(edges)):
        assert low < high
        idx, bits = max(scored[low:high], key=lambda one: one[1])
        assert (profile.highest_idx[number], profile.highest[number]) == (idx, bits)
        middle = (low + high) // 2
        around = [one for _, one in scored[max(0, middle - radius) : middle + radius + 1]]
        assert profile.mean[number] == pytest.approx(sum(around) / len(around))


def test_headings_make_sections_and_comments_in_code_do_not() -> None:
    text = "before\n\n# One #\n\ntext\n\n```sh\n# a comment\nls\n```\n\r\n## Two\r\n\r\nmore\n"
    found = [(text[one.offset :][:5], one.title) for one in sections(analyzed(text))]
    assert found == [("# One", "One"), ("## Tw", "Two")]
    assert sections(analyzed("no heading")) == ()
    assert sections(analyzed("# not one", "restructuredtext")) == ()


def test_the_figure_holds_its_numbers_for_the_script() -> None:
    text = "# One\n\nthe zebra ran\n\n# Two\n\nand the cow\n"
    analysis = analyzed(text)
    profile = profile_of(analysis)
    assert profile is not None
    found = finding(Span(11, 16), "zebra")
    headings = sections(analysis)
    root = parsed("".join(profile_html(analysis, profile, [found], "d1", headings)))
    values = json.loads(root.one("script").text)
    assert values["n"] == 8
    assert values["sections"] == [[0, "One"], [4, "Two"]]
    assert values["findings"] == [2]
    assert values["highest"][2] == 40.0
    assert values["at"] == list(range(8))
    assert [one.attributes["href"] for one in root.all("a")] == ["#d1-s1", "#d1-s2"]
