"""Passages and repetitions that nobody would miss, with the embedded model."""

from pathlib import Path

import pytest

import ppl_engine
from ppl_engine import Engine, ModelChoice, Thresholds
from ppl_engine.findings.stretches import passages, repetition
from ppl_engine.findings.stretches.stretch import Stretch
from ppl_engine.models.loading import load_engine
from tests.stepping import finished

_DOCS = Path(ppl_engine.__file__).parents[1] / "docs"
PROSE = (_DOCS / "sample.md").read_text(encoding="utf-8")

GARBLED = {
    "keys": "asdf jkl; qwpoeiru zxmcnv alskdjf ghqpwoe rutyal skdjfh qpwoei zmxncb",
    "German": "Die Verwaltung der Daten erfolgt in mehreren Schritten, die nacheinander ausgeführt"
    " werden müssen.",
    "Cyrillic": "После этого сервер запускается автоматически и показывает список файлов.",
    "wrong decoding": "Palvelin kÃ¤ynnistyy tÃ¤mÃ¤n jÃ¤lkeen automaattisesti ja nÃ¤yttÃ¤Ã¤",
    "bytes": "kJx8Qw2LmZp0VtRyb7NcHs5dUfGa3EoXi9KzWq4MjPl1TvYr6BnCgSh + eDuFaJk2XoQw8Lm",
}


@pytest.fixture(name="engine", scope="module")
def _engine() -> Engine:
    return load_engine(ModelChoice())


def stretches(engine: Engine, text: str) -> list[Stretch]:
    request = engine.analyze(text, language="markdown", thresholds=Thresholds())
    analysis = finished(request)
    groundwork = analysis.groundwork
    assert groundwork is not None
    words, prose, cuts = analysis.words, groundwork.prose, groundwork.layout.cuts
    found = passages.passages(text, analysis.tokens, words, prose, cuts)
    again = repetition.repetitions(text, words, prose, cuts, groundwork.vocabulary)
    shown = [it for it in found if it.strength >= passages.DEFAULT_STRENGTH]
    return shown + [it for it in again if it.strength >= repetition.DEFAULT_STRENGTH]


@pytest.mark.parametrize("kind", GARBLED)
def test_garbled_text_in_prose_is_a_surprising_passage(engine: Engine, kind: str) -> None:
    text = f"{PROSE}\n\n{GARBLED[kind]}\n\nAll of this is kept on the disk.\n"
    (found,) = stretches(engine, text)
    assert found.code == "surprising-passage"
    assert len(GARBLED[kind]) * 0.6 <= len(found.span)
    assert text.index(GARBLED[kind]) <= found.span.start
    assert found.span.end <= text.index(GARBLED[kind]) + len(GARBLED[kind])


def test_a_loop_is_a_repetition(engine: Engine) -> None:
    text = PROSE + "\n\n" + "The server reads the file and keeps what it has read. " * 8
    assert "repetition" in {found.code for found in stretches(engine, text)}


def test_plain_prose_has_neither(engine: Engine) -> None:
    assert stretches(engine, PROSE) == []
