"""What we find, asked as a user of the package asks; and what finding takes beside scoring."""

import time
from collections.abc import Callable, Sequence

from ppl_engine import Engine, ModelChoice, Thresholds, load_engine, score
from ppl_engine.scoring.document import run
from tests.benchmarks.findings.judging import Found

_LANGUAGE = "markdown"


def found_by_us(choice: ModelChoice, texts: Sequence[str]) -> list[list[Found]]:
    """Analyze texts as Markdown at default settings, each on its own."""
    engine = load_engine(choice)
    return [_found(engine, text) for text in texts]


def times(choice: ModelChoice, texts: Sequence[str]) -> dict[str, float]:
    """Return the processor seconds of scoring texts, of analyzing them, and the ratio.

    Both begin with an engine that has seen none of them; loading it is not counted.
    """
    scoring, analyzing = load_engine(choice), load_engine(choice)
    seconds = {
        "scoring_cpu_s": _cpu_seconds(lambda text: score(text, scoring), texts),
        "with_findings_cpu_s": _cpu_seconds(lambda text: _found(analyzing, text), texts),
    }
    return {**seconds, "ratio": seconds["with_findings_cpu_s"] / seconds["scoring_cpu_s"]}


def _found(engine: Engine, text: str) -> list[Found]:
    analysis = run(engine.analyze(text, language=_LANGUAGE, thresholds=Thresholds()))
    return [
        Found(
            finding.span.start,
            finding.span.end,
            finding.code,
            finding.severity,
            # Without a measured gain it is what a word might begin with, and no proposal.
            tuple(one.text for one in finding.alternatives if one.gain_bits is not None),
        )
        for finding in analysis.findings
    ]


def _cpu_seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    work("The first text takes longer than those after it.")
    began = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - began
