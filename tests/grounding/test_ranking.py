"""Contexts in the order of the bits that they save, against plain concatenation."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM

from ppl_engine.grounding.ranking import Ranked, rank
from ppl_engine.grounding.source import Source
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.windows import Window
from tests.fakes import uniform
from tests.grounding.copying import CopyingScorer
from tests.models.tiny import save_model
from tests.stepping import finished

LETTERS = tuple("abcd \n")


def ranked(text: str, contexts: list[str], scorer: Scorer) -> tuple[Ranked, ...]:
    return finished(rank(text, [Source(str(k), one) for k, one in enumerate(contexts)], scorer))


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_bits_saved_are_those_of_plain_concatenation(tmp_path: Path, family: str) -> None:
    directory = save_model(tmp_path, family)
    scorer = load_scorer(ModelChoice(str(directory), "cpu", "exact"))
    model = AutoModelForCausalLM.from_pretrained(directory)
    text, contexts = " reads the manual.", ["The quick fox", "", "漢字 and\n the rest"]

    def log2p(before: str) -> float:
        """log2 p(text | before), from the logits of transformers."""
        known = [scorer.bos_id or 0, *(scorer.encode(before).ids.tolist())]
        known += scorer.encode("\n\n").ids.tolist() if before != "-" else []
        own = scorer.encode(text).ids.tolist()
        with torch.no_grad():
            logits = model(torch.tensor([known + own])).logits[0].double()
        rows = logits.log_softmax(dim=-1)[len(known) - 1 : -1]
        return float(rows[range(len(own)), own].sum()) / math.log(2)

    own = scorer.encode(text).ids
    alone = Window(np.concatenate([[scorer.bos_id or 0], own]), 1)
    ((_, scores),) = next(scorer.score_windows([alone]))
    without = float(scores.logprob.sum()) / math.log(2)
    found = {one.context.text: one for one in ranked(text, contexts, scorer)}
    for context in contexts:
        assert found[context].bits_saved == pytest.approx(log2p(context) - without, abs=1e-3)
        assert found[context].bits_without == pytest.approx(-without, abs=1e-3)
        assert found[context].is_whole
    best_first = [one.bits_saved for one in ranked(text, contexts, scorer)]
    assert best_first == sorted(best_first, reverse=True)


def test_a_context_that_holds_what_the_text_says_is_the_best() -> None:
    scorer = CopyingScorer()
    found = ranked("It is a zebra.", ["a horse", "the zebra", "some horses"], scorer)
    assert [one.context.name for one in found] == ["1", "0", "2"]
    assert [one.bits_saved for one in found] == pytest.approx([38.0, 0.0, 0.0])
    assert found[0].bits_saved_per_byte == pytest.approx(38 / 14)


def test_of_a_long_context_the_best_passage_counts_and_is_named() -> None:
    context = "\n\n".join([f"horse number {k} is fine" for k in range(9)] + ["a zebra", "the end"])
    (found,) = ranked("It is a zebra.", [context], CopyingScorer())
    assert not found.is_whole
    assert "zebra" in found.passage.of(context)
    assert found.bits_saved == pytest.approx(38.0)


@given(
    st.text(alphabet="abcd \n", min_size=1, max_size=60),
    st.lists(st.text(alphabet="abcd \n", max_size=80), min_size=1, max_size=4),
)
def test_to_a_model_that_expects_all_alike_every_context_is_the_same(
    text: str, contexts: list[str]
) -> None:
    found = ranked(text, contexts, uniform(LETTERS, context=32))
    assert [one.context.name for one in found] == [str(k) for k in range(len(contexts))]
    assert [one.bits_saved for one in found] == [0.0] * len(contexts)
    assert found[0].bits_without == pytest.approx(len(text) * math.log2(len(LETTERS) + 1), rel=1e-5)
