"""An analysis that starts from that of an earlier version, against one from scratch."""

import random
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import astuple, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ppl_engine.analysis import Analysis, Partial, Progress
from ppl_engine.engine import Engine, Knowledge
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.finding import Finding
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.anchors import SegmentPolicy
from ppl_engine.scoring.retokenizing import token_change
from ppl_engine.scoring.windows import Window
from ppl_engine.text.spans import Span
from tests.calibrations import calibration
from tests.edits import versions
from tests.fakes import ContextScorer
from tests.models.tiny import byte_level_json, lower_case_json, sentencepiece_json
from tests.samples import SAMPLES
from tests.stepping import finished
from tests.texts import texts

LOOSE = Thresholds(repeated_words=4, max_per_1000_words=300, n_cold_tokens=4)
NO_FINDINGS = Thresholds(0.0, 0.0, 0.0, 0)
NO_MISTAKES = replace(LOOSE, mistakes_per_1000_words=0.0)
SURPRISES_ONLY = replace(NO_MISTAKES, passages_per_1000_words=0.0, repeated_words=0)
WORDS = """
a an the this that these its it it's is in on of or and another one for from form to too not note
now page pages paged word words work world ward read reads reed reading skip skips ship quick
quickly fox box fix brown crown hello there their them then even event manual manually does do
long along plain plan here her game games time times team year years first second may be also was
were has had with within
"""
KNOWLEDGE = Knowledge(
    Lexicon.of(f"{word}\t{len(word)}" for word in WORDS.split()),
    calibration(suspicion_bits=90.0, mistake_bits=3.0, surprise_bits=6.0),
)
TOKENIZERS = {
    "byte-level": byte_level_json,
    "sentencepiece": sentencepiece_json,
    "lower-case": lower_case_json,
}
SENTENCE = "The quick brown fox reads the manual, page by page, and skips not even one of them."


@cache
def tokenizer(name: str = "byte-level") -> TextTokenizer:
    return TextTokenizer(Tokenizer.from_str(TOKENIZERS[name]()))


def engine(name: str = "byte-level", *, context: int = 64, cache_bytes: int = 2**26) -> Engine:
    scorer = ContextScorer(tokenizer(name), context=context)
    return Engine(scorer, knowledge=KNOWLEDGE, cache_bytes=cache_bytes)


def scorer_of(engine: Engine) -> ContextScorer:
    assert isinstance(engine._scorer, ContextScorer)
    return engine._scorer


def analyzed(
    engine: Engine,
    text: str,
    previous: Analysis | None = None,
    language: str = "markdown",
    thresholds: Thresholds = LOOSE,
) -> Analysis:
    steps = engine.analyze(text, language=language, thresholds=thresholds, previous=previous)
    return finished(steps)


def check_arrays(found: object, expected: object, tolerance: float = 1e-5) -> None:
    for field in fields(expected):  # type: ignore[arg-type]
        one, other = getattr(found, field.name), getattr(expected, field.name)
        assert np.asarray(one).dtype == np.asarray(other).dtype, field.name
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance, err_msg=field.name)


def check_finding(found: Finding, expected: Finding, tolerance: float = 1e-4) -> None:
    for one, other in zip(astuple(found), astuple(expected), strict=True):
        if isinstance(other, float):
            assert one == pytest.approx(other, abs=tolerance)
        else:
            assert one == other


def check(found: Analysis, expected: Analysis) -> None:
    check_arrays(found.tokens, expected.tokens)
    check_arrays(found.words, expected.words)
    assert len(found.findings) == len(expected.findings)
    for one, other in zip(found.findings, expected.findings, strict=True):
        check_finding(one, other)
    assert found.groundwork is not None
    assert expected.groundwork is not None
    assert found.groundwork.judged == expected.groundwork.judged
    check_arrays(found.groundwork.prose, expected.groundwork.prose)
    np.testing.assert_array_equal(
        found.groundwork.vocabulary.term, expected.groundwork.vocabulary.term
    )
    assert (found.text, found.language, found.model) == (
        expected.text,
        expected.language,
        expected.model,
    )


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_after_many_edits_all_is_as_from_scratch(sample: str, name: str) -> None:
    text = SAMPLES[sample]
    warm = engine(name)
    analysis = analyzed(warm, text)
    codes: Counter[str] = Counter()
    for version in versions(text, 8 if sample == "prose" else 25, seed=len(text)):
        analysis = analyzed(warm, version, analysis)
        check(analysis, analyzed(engine(name), version))
        codes.update(finding.code for finding in analysis.findings)
    if sample not in {"empty", "spaces", "one word"}:
        assert {"likely-mistake", "surprising-word"} <= set(codes)


def test_passages_and_repetitions_after_edits_are_as_from_scratch() -> None:
    paragraph = "The cafÃ© was closed, and nobody knew whether it would open at all again.\n\n"
    text = SAMPLES["prose"][:1500] + f"\n\n{paragraph}" + SAMPLES["prose"][1500:2500] + paragraph
    warm = engine()
    analysis = analyzed(warm, text, thresholds=NO_MISTAKES)
    codes = Counter(finding.code for finding in analysis.findings)
    for version in versions(text, 40, seed=3):
        analysis = analyzed(warm, version, analysis, thresholds=NO_MISTAKES)
        check(analysis, analyzed(engine(), version, thresholds=NO_MISTAKES))
        codes.update(finding.code for finding in analysis.findings)
    assert set(codes) == {"surprising-word", "surprising-passage", "repetition"}


@given(texts, texts, st.sampled_from(["markdown", "plaintext"]))
def test_the_previous_analysis_may_be_one_of_any_text(old: str, new: str, language: str) -> None:
    warm = engine()
    previous = analyzed(warm, old)
    check(analyzed(warm, new, previous, language), analyzed(engine(), new, None, language))


def long_text(n_words: int, seed: int = 0) -> str:
    rng = random.Random(seed)
    known = (SENTENCE + " ".join(SAMPLES["prose"].split())).split(" ")
    found = [rng.choice(known) + rng.choice((" ", " ", " ", " ", ". ", "\n", "\n\n"))]
    while len(found) < n_words:
        found.append(rng.choice(known) + rng.choice((" ",) * 12 + (". ", ", ", "\n", ".\n\n")))
    return "".join(found)


def n_to_read(window: Window, seen: list[Window]) -> int:
    """How many ids of a window come after what it has in common with the front of another."""
    n_common = [token_change(other.ids, window.ids).start for other in seen]
    return len(window.ids) - max(n_common, default=0)


@pytest.mark.parametrize("n_words", [300, 3_000, 30_000])
def test_a_word_costs_the_model_three_segments_however_long_the_text(n_words: int) -> None:
    warm = engine(context=1024)
    text = long_text(n_words)
    analysis = analyzed(warm, text, thresholds=NO_MISTAKES)
    seen, rng = scorer_of(warm).windows, random.Random(n_words)
    for _ in range(12):
        at = rng.randrange(len(text))
        text = f"{text[:at]} word{text[at:]}"
        n_before = len(seen)
        analysis = analyzed(warm, text, analysis, thresholds=NO_MISTAKES)
        read = seen[n_before:]
        assert len(read) <= 4
        assert sum(w.n_targets for w in read) <= 3 * SegmentPolicy().longest
        assert sum(n_to_read(w, seen[:n_before]) for w in read) <= 3 * SegmentPolicy().longest


@pytest.mark.parametrize("at", [0, 5_000, -1])
def test_what_is_unchanged_needs_no_model_and_no_memory_of_windows(at: int) -> None:
    text = long_text(2_000)
    warm = engine(cache_bytes=0)
    analysis = analyzed(warm, text)
    scorer = scorer_of(warm)
    scorer.windows, scorer.n_predicted = [], 0
    check(analyzed(warm, text, analysis), analysis)
    assert (scorer.windows, scorer.n_predicted) == ([], 0)
    edited = f"{text[:at]} word{text[at:]}"
    again = analyzed(warm, edited, analysis)
    old = {finding.text for finding in analysis.findings}
    assert len(again.findings) > 20
    assert scorer.n_predicted <= len(again.findings) / 4 + len(
        {f.text for f in again.findings} - old
    )


def test_findings_of_the_previous_analysis_are_not_held_to_other_thresholds() -> None:
    text = long_text(500)
    warm = engine()
    analysis = analyzed(warm, text)
    strict = replace(SURPRISES_ONLY, max_per_1000_words=50)
    found = analyzed(warm, text, analysis, thresholds=strict)
    check(found, analyzed(engine(), text, thresholds=strict))
    assert 0 < len(found.findings) < len(analysis.findings)
    check(analyzed(warm, text, found), analysis)


def test_scores_of_another_model_are_not_taken_over() -> None:
    text = long_text(500)
    previous = analyzed(engine(), text)
    other = engine()
    scorer_of(other).model = replace(other.model, revision="2")
    analyzed(other, text, previous)
    assert len(scorer_of(other).windows) > 10


def test_an_analysis_without_its_groundwork_is_no_start() -> None:
    text = long_text(300)
    warm = engine()
    previous = replace(analyzed(warm, text), groundwork=None)
    check(analyzed(warm, text + " word", previous), analyzed(engine(), text + " word"))


def targets(windows: list[Window]) -> str:
    """The text that windows score."""
    ids = [idx for w in windows for idx in w.ids[w.n_context :].tolist()]
    return b"".join(tokenizer().token_bytes[idx] for idx in ids).decode(errors="replace")


def test_what_was_edited_comes_first_then_what_is_visible_then_the_rest() -> None:
    text = long_text(2_000)
    edited = text[:4000] + " a brand new word" + text[4000:]
    warm = engine(cache_bytes=0)
    analysis = analyzed(warm, text, thresholds=NO_FINDINGS)
    blank = replace(analysis, tokens=replace(analysis.tokens, **unscored(analysis)))
    read = scorer_of(warm).windows = []
    options = {"language": "markdown", "thresholds": NO_FINDINGS, "visible": [Span(9000, 9300)]}
    steps = warm.analyze(edited, previous=blank, **options)  # type: ignore[arg-type]
    partial = next(step for step in steps if isinstance(step, Partial))
    n_first = len(read)
    list(steps)
    assert "a brand new word" in targets(read[:3])
    assert edited[9000:9300] in targets(read[:n_first])
    assert edited[8800:9000] not in targets(read[:n_first])
    assert edited[:60] in targets(read[n_first:])
    assert partial.n_done < partial.n_total == len(partial.analysis.tokens)


def unscored(analysis: Analysis) -> dict[str, np.ndarray]:
    names = ("logprob", "entropy", "top_logprob", "boundary_before", "boundary_after")
    return {name: np.full(len(analysis.tokens), np.nan, np.float32) for name in names}


def test_what_is_visible_is_shown_before_all_is_done() -> None:
    text = long_text(2_000)
    visible = Span(6000, 6600)
    one = engine()
    steps = one.analyze(text, language="markdown", thresholds=LOOSE, visible=[visible])
    seen: list[Progress] = []

    def noted() -> Generator[Progress, None, Analysis]:
        while True:
            try:
                seen.append(next(steps))
            except StopIteration as done:
                return done.value
            yield seen[-1]

    whole = finished(noted())
    check(whole, analyzed(engine(), text))
    partial = next(step for step in seen if isinstance(step, Partial))
    within = (visible.start <= whole.words.starts) & (whole.words.ends <= visible.end)
    early = partial.analysis.words
    np.testing.assert_allclose(early.logprob[within], whole.words.logprob[within], atol=1e-5)
    assert np.isnan(early.logprob).mean() > 0.7
    assert partial.analysis.findings
    assert [step.n_done for step in seen] == sorted(step.n_done for step in seen)


def test_a_partial_analysis_is_a_start_for_the_next() -> None:
    text = long_text(2_000)
    one = engine(cache_bytes=0)
    visible = [Span(0, 9000)]
    steps = one.analyze(text, language="markdown", thresholds=NO_FINDINGS, visible=visible)
    partial = next(step for step in steps if isinstance(step, Partial))
    steps.close()
    edited = text[:300] + " another" + text[300:]
    n_before = len(scorer_of(one).windows)
    found = analyzed(one, edited, partial.analysis, thresholds=NO_FINDINGS)
    check(found, analyzed(engine(), edited, thresholds=NO_FINDINGS))
    n_segments = len(found.tokens.segment_starts)
    assert len(scorer_of(one).windows) - n_before < n_segments / 2 < n_before


@pytest.mark.parametrize("seed", range(4))
def test_work_that_is_cancelled_again_and_again_leaves_nothing_out(seed: int) -> None:
    rng, warm = random.Random(seed), engine()
    analysis: Analysis | None = None
    n_partial = 0
    for text in versions(SAMPLES["prose"][:3000], 15, seed):
        steps = warm.analyze(
            text, language="markdown", thresholds=LOOSE, previous=analysis, visible=[Span(0, 400)]
        )
        partials = [step.analysis for step in steps if isinstance(step, Partial)]
        n_partial += len(partials)
        if partials:
            analysis = rng.choice(partials)
        found = analyzed(warm, text, analysis)
        check(found, analyzed(engine(), text))
        analysis = analysis or found
    assert n_partial > 5


def test_a_short_text_is_not_shown_in_parts() -> None:
    steps = engine().analyze(SENTENCE, language="x", thresholds=LOOSE, visible=[Span(0, 3)])
    assert not [step for step in steps if isinstance(step, Partial)]


@pytest.mark.parametrize("n_words", [300, 3_000])
def test_a_word_has_only_the_blocks_around_it_judged_again(n_words: int) -> None:
    warm = engine(context=1024)
    rereader, read = warm._rereader, list[str]()
    judge_parts = rereader._judge_parts

    def counted(parts: Sequence[Any], progress: Progress) -> Any:
        read.extend(part.document.text for part in parts)
        return judge_parts(parts, progress)

    rereader._judge_parts = counted  # type: ignore[method-assign]
    text = long_text(n_words)
    analysis = analyzed(warm, text)
    n_at_first = len(read)
    rng = random.Random(n_words)
    for _ in range(12):
        at = rng.randrange(len(text))
        text = f"{text[:at]} word{text[at:]}"
        n_before = len(read)
        analysis = analyzed(warm, text, analysis)
        # The segment of the word, the one that sees it as context, and one that a cut moved from.
        assert 0 < len(read) - n_before <= 9
        assert any(" word" in part for part in read[n_before:])
    assert n_at_first > n_words / 60
