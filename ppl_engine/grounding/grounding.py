"""An analysis looked at again with the sources of its text at hand."""

from collections.abc import Generator
from dataclasses import replace

from ppl_engine.analysis import Analysis, Progress
from ppl_engine.findings.calibration import Calibration
from ppl_engine.grounding.library import Library
from ppl_engine.grounding.reading import read_with
from ppl_engine.grounding.ungrounded import grounded_findings
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.word_scores import word_scores


def grounded(
    analysis: Analysis, library: Library, scorer: Scorer, calibration: Calibration
) -> Generator[Progress, None, Analysis]:
    """Return the analysis with the findings that are left, and made, by its sources.

    Scores and totals stay those of the text by itself.
    """
    text = analysis.text
    tokens = yield from read_with(library, text, analysis.tokens, scorer)
    words = word_scores(text, tokens)
    found = grounded_findings(analysis, words, library.vocabulary, calibration)
    return replace(analysis, findings=found)
