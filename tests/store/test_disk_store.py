"""What one run keeps the next one finds, within a bound, and nobody finds what is not theirs."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.errors import EngineError
from ppl_engine.findings.calibration import Calibration, Tail
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scorer import ModelInfo, Prediction
from ppl_engine.store.identity import (
    choice_key,
    document_key,
    model_identity,
    prediction_key,
    window_key,
)
from ppl_engine.store.place import cache_place
from ppl_engine.store.upkeep import clear, contents
from tests.store.making import MODEL, Opened, key_of, scores_of


def test_the_next_run_finds_what_was_kept(tmp_path: Path) -> None:
    first = Opened(tmp_path)
    first.keep(*range(20))
    predicted = [Prediction(7, " \ud800é", -0.125), Prediction(8, "", -3.0)]
    first.store.keep_predictions(MODEL, {b"place": predicted}, 2)
    first.store.keep_chosen("1", ModelChoice(), MODEL)
    calibration = Calibration(8.5, {"spelling": Tail(9, (2.0,))}, Tail(9, ()), Tail(9, (1.0, 0.5)))
    first.store.keep_calibration(MODEL, calibration)
    first.store.close()
    second = Opened(tmp_path)
    assert second.store.calibration(MODEL) == calibration
    assert second.store.calibration(replace(MODEL, revision="2")) is None
    assert second.known(range(30)) == list(range(20))
    assert second.store.predictions(MODEL, [b"place", b"other"], 2) == {b"place": tuple(predicted)}
    assert second.store.predictions(MODEL, [b"place"], 3) == {}
    assert second.store.chosen("1", ModelChoice()) == MODEL
    assert second.store.chosen("2", ModelChoice()) is None
    assert first.notices == second.notices == []


def test_what_is_not_written_yet_is_found(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    opened.store.keep_windows(MODEL, {key_of(1): scores_of(1)})
    assert opened.known(range(3)) == [1]


def test_what_waits_is_written_when_time_has_passed_or_much_has_come_together(
    tmp_path: Path,
) -> None:
    writing, reading = Opened(tmp_path), Opened(tmp_path)
    writing.store.keep_windows(MODEL, {key_of(1): scores_of(1)})
    assert reading.known(range(9)) == []
    writing.now += 10
    writing.store.keep_windows(MODEL, {key_of(2): scores_of(2)})
    assert reading.known(range(9)) == [1, 2]
    many = {key_of(k): scores_of(k) for k in range(3, 303)}
    writing.store.keep_windows(MODEL, many)
    assert reading.known(range(3, 303)) == list(range(3, 303))


@pytest.mark.parametrize(
    "other",
    [
        replace(MODEL, revision="2"),
        replace(MODEL, precision="bf16"),
        replace(MODEL, device="cuda"),
        replace(MODEL, bos_policy="none"),
        replace(MODEL, context=65),
        replace(MODEL, vocab_size=1001),
    ],
    ids=repr,
)
def test_another_model_finds_nothing(tmp_path: Path, other: ModelInfo) -> None:
    opened = Opened(tmp_path)
    opened.keep(1)
    opened.store.keep_predictions(MODEL, {b"place": []}, 2)
    assert opened.store.windows(other, [key_of(1)]) == {}
    assert opened.store.predictions(other, [b"place"], 2) == {}


def test_a_model_by_another_name_is_the_same_model(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    opened.keep(1)
    named = replace(MODEL, name="b", notices=("Note.",))
    assert list(opened.store.windows(named, [key_of(1)])) == [key_of(1)]


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_keys_of_different_kinds_never_meet(identity: bytes, key: bytes) -> None:
    keys = {window_key(identity, key), prediction_key(identity, key, 0)}
    keys |= {prediction_key(identity, key, 20), window_key(key, identity)}
    assert len(keys) == (4 if key != identity else 3)


def test_a_document_is_its_text_its_language_and_its_thresholds() -> None:
    identity, defaults = model_identity(MODEL), Thresholds()
    keys = [
        document_key(identity, "a", "markdown", defaults),
        document_key(identity, "a ", "markdown", defaults),
        document_key(identity, "a", "plaintext", defaults),
        document_key(identity, "a", "markdown", replace(defaults, surprises_per_1000_words=13.0)),
        document_key(identity, "\ud800", "markdown", defaults),
        document_key(model_identity(replace(MODEL, revision="2")), "a", "markdown", defaults),
    ]
    assert len(set(keys)) == len(keys)


def test_a_choice_is_the_model_the_device_and_the_precision_but_not_the_cores() -> None:
    choices = [ModelChoice("a"), ModelChoice("a", "cpu"), ModelChoice("a", "auto", "exact")]
    assert len({choice_key("1", choice) for choice in choices}) == len(choices)
    assert choice_key("1", choices[0]) != choice_key("2", choices[0])
    assert choice_key("1", choices[0]) == choice_key("1", ModelChoice("a", n_spare_cores=1))


def test_the_file_stays_within_its_bound_and_what_was_used_last_stays(tmp_path: Path) -> None:
    opened = Opened(tmp_path, max_bytes=400_000)
    opened.keep(*range(20))
    for k in range(20, 200, 10):
        opened.now += 7200
        assert opened.known(range(10)) == list(range(10))
        opened.keep(*range(k, k + 10))
        assert contents(opened.place).n_bytes <= 400_000
    assert opened.known(range(10)) == list(range(10))
    assert opened.known(range(10, 150)) == []
    assert opened.known(range(190, 200)) == list(range(190, 200))
    opened.store.close()
    assert opened.place.path.stat().st_size < 600_000


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    opened = Opened(tmp_path / "new")
    opened.keep(1)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert {"scores.db", "scores.db-wal", "scores.db-shm"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_contents_are_told_by_model(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    assert contents(opened.place).models == ()
    other = replace(MODEL, name="b", revision="2")
    opened.keep(1, 2, 3)
    opened.store.keep_predictions(other, {b"place": []}, 2)
    opened.known(range(4))
    opened.store.flush()
    found = contents(opened.place)
    assert [(m.name, m.n_windows, m.n_predictions) for m in found.models] == [
        ("a", 3, 0),
        ("b", 0, 1),
    ]
    assert (found.n_found, found.n_missed) == (3, 1)
    assert found.n_bytes <= found.n_bytes_on_disk


def test_clearing_leaves_others_working(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    opened.keep(*range(100))
    opened.store.keep_windows(replace(MODEL, name="b", revision="2"), {b"k": scores_of(1)})
    opened.store.flush()
    with pytest.raises(EngineError, match="a model 'c'; of these there is: a, b"):
        clear(opened.place, "c")
    assert clear(opened.place, "a") == 100
    assert [model.name for model in contents(opened.place).models] == ["b"]
    assert opened.known(range(100)) == []
    opened.keep(5)
    assert clear(opened.place) == 2
    assert contents(opened.place).n_bytes_on_disk < 200_000
    opened.keep(6)
    assert opened.known(range(10)) == [6]
    assert opened.notices == []
    assert [model.name for model in contents(opened.place).models] == ["a"]


def test_there_is_nothing_in_a_cache_that_was_never_made(tmp_path: Path) -> None:
    place = cache_place(str(tmp_path / "none"))
    assert contents(place).models == ()
    assert clear(place) == 0
    assert not (tmp_path / "none").exists()


def test_the_place_is_named_by_argument_then_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PPL_CACHE_DIR", str(tmp_path / "a"))
    assert cache_place().path.parent == tmp_path / "a"
    assert cache_place(str(tmp_path / "b")).path.parent == tmp_path / "b"
    monkeypatch.setenv("PPL_CACHE_MIB", "3")
    assert cache_place().max_bytes == 3 * 2**20
    for wrong in ("0", "-1", "much", "1.5"):
        monkeypatch.setenv("PPL_CACHE_MIB", wrong)
        with pytest.raises(EngineError, match="PPL_CACHE_MIB is a whole number"):
            cache_place()


def test_without_either_it_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PPL_CACHE_DIR")
    assert "ppl-lsp" in cache_place().path.parts
    assert Path.cwd() not in cache_place().path.parents
