"""What is written is read back as it was, and nothing else ever is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.calibration import Calibration, Tail
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.scoring.scorer import ModelInfo, Prediction
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.store.codec import pack, pack_scores, unpack, unpack_scores
from ppl_engine.verdict import Verdict
from tests.store.making import (
    MODEL,
    assert_same_scores,
    judged,
    predictions,
    verdicts,
    window_scores,
)
from tests.texts import texts


@given(window_scores())
def test_scores_are_read_as_they_were_written(scores: WindowScores) -> None:
    read = unpack_scores(pack_scores(scores))
    assert read is not None
    assert_same_scores(read, scores)
    assert read.hidden.size == 0
    assert read.has_hidden == (len(scores.logprob) == 0)


@given(predictions)
def test_predictions_are_read_as_they_were_written(some: tuple[Prediction, ...]) -> None:
    assert unpack(pack(some), tuple[Prediction, ...]) == some


@given(judged)
def test_judgments_are_read_as_they_were_written(some: tuple[Judged, ...]) -> None:
    read = unpack(pack(some), tuple[Judged, ...])
    assert read == some
    assert read is not None
    assert all(type(one.slip) is Slip for one in read)


@pytest.mark.parametrize("slip", ["7", '"a slip of old"', "null", "[]", "{}"])
def test_a_judgment_with_another_slip_is_nothing(slip: str) -> None:
    good = '[[0, [0, 3], "teh", [["the", 0.5, 9.0]], "spelling", 5.0, 12.0]]'
    assert unpack(good.encode(), tuple[Judged, ...]) is not None
    assert unpack(good.replace('"spelling"', slip).encode(), tuple[Judged, ...]) is None


@given(verdicts)
def test_verdicts_are_read_as_they_were_written(verdict: Verdict) -> None:
    assert unpack(pack(verdict), Verdict) == verdict


tails = st.builds(Tail, st.integers(0), st.lists(st.floats(allow_nan=False)).map(tuple))


@given(
    st.builds(
        Calibration,
        suspicion_bits=st.floats(allow_nan=False),
        mistakes=st.dictionaries(texts, tails, max_size=4),
        surprises=tails,
        passages=tails,
    )
)
def test_calibrations_are_read_as_they_were_written(calibration: Calibration) -> None:
    assert unpack(pack(calibration), Calibration) == calibration


@pytest.mark.parametrize("mistakes", ["[]", "7", '{"spelling": 7}', '{"spelling": [1, ["x"]]}'])
def test_a_calibration_with_something_else_in_it_is_nothing(mistakes: str) -> None:
    good = '[1.0, {"spelling": [1, [2.0]]}, [1, []], [1, []]]'
    assert unpack(good.encode(), Calibration) is not None
    bad = good.replace('{"spelling": [1, [2.0]]}', mistakes)
    assert unpack(bad.encode(), Calibration) is None


@given(texts, st.lists(texts).map(tuple))
def test_models_are_read_as_they_were_written(name: str, notices: tuple[str, ...]) -> None:
    model = ModelInfo(name, "1", "cpu", "bf16", 512, 16384, "bos", notices)
    assert unpack(pack(model), ModelInfo) == model


@given(st.binary(max_size=200))
def test_other_bytes_are_nothing(data: bytes) -> None:
    assert unpack(data, Verdict) is None
    assert unpack(data, ModelInfo) is None
    scores = unpack_scores(data)
    assert (scores is None) == (len(data) % 24 != 0)


@given(st.recursive(st.none() | st.booleans() | st.integers() | texts, st.lists, max_leaves=20))
def test_json_of_another_shape_is_nothing(value: object) -> None:
    assert unpack(pack(value), ModelInfo) is None


def test_truth_is_no_number_and_a_number_no_text() -> None:
    fields: list[object] = ["a", "1", "cpu", "exact", 64, 1000, "bos", []]
    assert unpack(pack(fields), ModelInfo) == MODEL
    assert unpack(pack([*fields[:4], True, *fields[5:]]), ModelInfo) is None
    assert unpack(pack([1, *fields[1:]]), ModelInfo) is None
    assert unpack(pack(fields[:-1]), ModelInfo) is None
