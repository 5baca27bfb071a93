"""Analyses with real models after edits, against analyses from scratch."""

from pathlib import Path

import pytest

from ppl_engine.engine import Engine
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_scorer
from tests.edits import versions
from tests.engine.test_analyzing import analyzed, check_arrays
from tests.models.tiny import SAMPLE, save_model

TOLERANCE_NATS = 1e-4


@pytest.mark.parametrize("family", ["gpt2", "llama", "gemma2"])
def test_scores_after_any_edits_equal_those_from_scratch(family: str, tmp_path: Path) -> None:
    scorer = load_scorer(ModelChoice(str(save_model(tmp_path, family)), "cpu", "exact"))
    text = SAMPLE * 4
    warm = Engine(scorer)
    analysis = analyzed(warm, text)
    for version in versions(text, 4, seed=3):
        analysis = analyzed(warm, version, analysis)
        expected = analyzed(Engine(scorer), version)
        check_arrays(analysis.tokens, expected.tokens, TOLERANCE_NATS)
        check_arrays(analysis.words, expected.words, 10 * TOLERANCE_NATS)
        assert [f.span for f in analysis.findings] == [f.span for f in expected.findings]
        assert [f.text for f in analysis.findings] == [f.text for f in expected.findings]
