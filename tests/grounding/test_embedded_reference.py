"""References of real modules, generated here, whole and damaged, read by the embedded model."""

import pytest

from ppl_engine import Engine, ModelChoice, Thresholds
from ppl_engine.findings.finding import Finding
from ppl_engine.grounding.source import Source
from ppl_engine.models.loading import load_engine
from tests.grounding.reference import damaged, reference
from tests.stepping import finished

FEWEST_FOUND = 0.75
"""Of what is planted; 94 % over sixteen modules, see docs/findings/ungrounded.md."""


@pytest.fixture(name="engine", scope="module")
def _engine() -> Engine:
    return load_engine(ModelChoice(n_spare_cores=1))


def ungrounded(engine: Engine, text: str, source: Source) -> list[Finding]:
    analysis = finished(engine.analyze(text, language="markdown", thresholds=Thresholds()))
    found = finished(engine.ground(analysis, [source])).findings
    return [one for one in found if one.code == "ungrounded"]


@pytest.mark.parametrize("name", ["textwrap", "fnmatch"])
def test_inventions_are_found_and_what_is_right_is_left_alone(engine: Engine, name: str) -> None:
    made = reference(name)
    source = Source(f"{name}.py", made.source)
    assert ungrounded(engine, made.text, source) == []
    text, planted = damaged(made)
    found = ungrounded(engine, text, source)
    said = {text[one.start : one.end].casefold() for one in planted}
    hits = said & {one.text.casefold() for one in found}
    assert len(planted) >= 5
    assert len(hits) >= FEWEST_FOUND * len(said)
    assert {one.text.casefold() for one in found} <= said
