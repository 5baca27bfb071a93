"""Words that two models read differently, against all pairs of words."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.report.comparison import most_differing
from ppl_engine.report.values import Reported, Rescored
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import WordScores
from tests.cli.fake_scorer import FakeScorer
from tests.report.samples import about, analyzed, page, parsed

OTHER = ModelInfo("models/other", "2", "cpu", "int8", 64, 1000, "none")
TEXT = "the wild zebra ran on. the cow, a zebra and one more"
words = analyzed(TEXT).words
# Even, so that no difference is the very least that is shown, where rounding would decide.
even = st.integers(0, 30).map(lambda half: 2 * half)
costs = st.lists(st.one_of(st.none(), even), min_size=len(words), max_size=len(words))


def costing(bits: list[int | None]) -> WordScores:
    known = [np.nan if one is None else one for one in bits]
    return replace(words, logprob=(-np.array(known) * NATS_PER_BIT).astype(np.float32))


@given(costs, costs, st.sets(st.integers(0, len(words) - 1)))
def test_the_most_differing_words_are_found(
    mine: list[int | None], theirs: list[int | None], longer: set[int]
) -> None:
    others = costing(theirs)
    ends = others.ends.copy()
    ends[sorted(longer)] += 1
    more, less = most_differing(costing(mine), replace(others, ends=ends), 4)
    for found, sign in ((more, 1), (less, -1)):
        differences = {
            idx: sign * (a - b)
            for idx, (a, b) in enumerate(zip(mine, theirs, strict=True))
            if a is not None and b is not None and words.is_word[idx] and idx not in longer
        }
        strong = sorted((one for one in differences.values() if one >= 3), reverse=True)
        assert [differences[one.idx] for one in found] == strong[:4]
        assert all(
            (round(one.bits), round(one.other_bits)) == (mine[one.idx], theirs[one.idx])
            for one in found
        )


def test_models_stand_beside_each_other() -> None:
    analysis = analyzed(TEXT)
    cheap = replace(analysis.tokens, logprob=analysis.tokens.logprob / 2)
    rescored = [Rescored.of(TEXT, cheap, OTHER)]
    root = parsed(page(Reported("a.md", analysis, [], rescored=rescored), said=about()))
    everything = root.all("table", "sortable")[1]
    assert [one.text for one in everything.one("thead").all("th")] == [
        *("Document", "fake (exact)", "other (int8)"),
    ]
    n_bytes, n_bits = len(TEXT), 40 * 2 + 11
    expected = [f"{n_bits / n_bytes:.3f}", f"{n_bits / 2 / n_bytes:.3f}"]
    assert [one.text for one in everything.one("tfoot").all("td")] == expected
    own = root.one("table", "models")
    assert [one.all("td")[0].text for one in own.one("tbody").all("tr")] == expected
    assert own.all("td")[1].text == "–"
    links = root.one(of_class="words").all("a")
    assert [(one.text, one.attributes["data-go"]) for one in links] == [
        ("zebra", "2"),
        ("zebra", "8"),
    ]


def test_the_model_without_a_beginning_is_pointed_out() -> None:
    analysis = analyzed(TEXT)
    rescored = [Rescored.of(TEXT, analysis.tokens, replace(OTHER, bos_policy="bos"))]
    html = page(Reported("a.md", analysis, [], rescored=rescored))
    assert FakeScorer().model.bos_policy == "none"
    assert "does not score the first token" in html
