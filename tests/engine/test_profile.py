import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.profile import profile
from ppl_engine.scoring.units import NATS_PER_BIT
from ppl_engine.scoring.word_scores import word_scores
from tests.engine.made_scores import made_tokens
from tests.texts import texts


def bits_of(piece: str) -> float:
    return float("nan") if piece == "a" else 1.0 + len(piece)


@given(texts, st.integers(1, 9))
def test_runs_say_what_adding_up_their_tokens_says(text: str, n_points: int) -> None:
    tokens = made_tokens(text, bits_of)
    words = word_scores(text, tokens)
    (places,) = np.nonzero(words.is_word)
    found = profile(tokens, words, n_points=n_points)
    assert len(found) == min(n_points, len(places))
    assert found.n_words.sum() == (len(places) if len(found) else 0)
    assert not len(found) or found.n_words.max() - found.n_words.min() <= 1
    first = 0
    for idx in range(len(found)):
        inside = places[first : first + found.n_words[idx]]
        first += found.n_words[idx]
        assert found.starts[idx] == words.starts[inside[0]]
        assert found.ends[idx] == words.ends[inside[-1]]
        is_last = idx + 1 == len(found)
        low = 0 if idx == 0 else inside[0]
        high = len(words) if is_last else places[first]
        bits = words.surprisal_bits[low:high]
        expected = np.nan if np.isnan(bits).all() else np.nanmax(bits)
        assert found.max_surprisal_bits[idx] == pytest.approx(expected, nan_ok=True)
        end = len(tokens) if is_last else words.first_token[places[first]]
        own = tokens.logprob[(0 if idx == 0 else words.first_token[inside[0]]) : end]
        nats = -own[~np.isnan(own)].sum()
        mean = nats / NATS_PER_BIT / len(inside) if (~np.isnan(own)).any() else np.nan
        assert found.bits_per_word[idx] == pytest.approx(mean, rel=1e-4, nan_ok=True)


def test_a_profile_has_a_point_at_least() -> None:
    tokens = made_tokens("a b", bits_of)
    with pytest.raises(ValueError, match="n_points"):
        profile(tokens, word_scores("a b", tokens), n_points=0)
