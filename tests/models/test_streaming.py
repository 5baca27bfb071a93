"""Texts of a stream, read together by a real model, have the scores that each has alone."""

from pathlib import Path

import numpy as np
import pytest

from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import run, score_document
from ppl_engine.streaming import Bounds, score_texts
from tests.models.test_kept import in_fp32
from tests.models.tiny import SAMPLE, save_model
from tests.texts import NASTY

TOLERANCE_NATS = 1e-4


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_each_text_has_the_score_it_has_alone(tmp_path: Path, family: str) -> None:
    save_model(tmp_path, family)
    scorer = in_fp32(load_scorer(ModelChoice(str(tmp_path), "cpu", "exact")))
    random = np.random.default_rng(1)
    cut = [SAMPLE[a : a + n] for a, n in random.integers(1, 150, size=(60, 2)).tolist()]
    texts = [*NASTY, SAMPLE * 5, *cut]
    for text, score in zip(texts, score_texts(texts, scorer, bounds=Bounds(24)), strict=True):
        alone = run(score_document(text, scorer, WindowCache(0))).logprob.astype(np.float64)
        assert score.n_tokens == len(alone)
        assert score.log_likelihood == pytest.approx(
            np.nansum(alone), abs=TOLERANCE_NATS * max(1, len(alone))
        )
