"""Words read again with what might have been meant, against whole texts scored anew."""

import math
import random
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ppl_engine.engine import Engine, Knowledge
from ppl_engine.findings.correction.candidates import candidates
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.place import place_of
from ppl_engine.findings.correction.slips import COSTS, Slip
from ppl_engine.findings.correction.word_list import words
from ppl_engine.findings.finding import Alternative
from ppl_engine.findings.rereading import rereader as rereading
from ppl_engine.findings.rereading.reading import Reading, blocks
from ppl_engine.findings.rereading.rereader import Rereader
from ppl_engine.findings.rereading.spelling_out import spelled_out
from ppl_engine.findings.rereading.values import Document, Judged, Proposal
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import score_document
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.word_scores import word_scores
from tests.calibrations import calibration
from tests.edits import versions
from tests.fakes import BigramScorer, ContextScorer
from tests.models.tiny import byte_level_json, lower_case_json, sentencepiece_json
from tests.samples import SAMPLES
from tests.stepping import finished
from tests.texts import NASTY, texts

WORDS = words(
    "the then than form from read reads reed files file a an is in on it its and server starts "
    "start works with within not note old gold how now"
)
MARKS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,'\n"
VOCABULARY = (*(f" {word}" for word in WORDS), *MARKS)
LEXICON = Lexicon.of(f"{word}\t{3 + len(word)}" for word in WORDS)

sentences = st.lists(
    st.sampled_from([*WORDS, "teh", "fils", "startss", "alot", "the the", "in.", "on,\nIt"]),
    min_size=3,
    max_size=90,
).map(" ".join)
seeds = st.integers(0, 2**32 - 1)


def bigrams(seed: int, context: int = 64) -> BigramScorer:
    """A model with firm opinions on what follows what."""
    n = len(VOCABULARY) + 1
    weights = np.random.default_rng(seed).random((n, n)) ** 20 + 1e-9
    return BigramScorer(VOCABULARY, weights / weights.sum(axis=1, keepdims=True), context=context)


@cache
def contextual(name: str) -> ContextScorer:
    made = {
        "byte-level": byte_level_json,
        "sentencepiece": sentencepiece_json,
        "lower-case": lower_case_json,
    }
    return ContextScorer(TextTokenizer(Tokenizer.from_str(made[name]())))


def document_of(text: str, scorer: Scorer) -> Document:
    tokens = finished(score_document(text, scorer, WindowCache(2**24)))
    return Document(text, tokens, word_scores(text, tokens))


def every_word(document: Document) -> np.ndarray:
    return np.flatnonzero(document.words.is_word)


def judged_in(text: str, scorer: Scorer, by: Rereader | None = None) -> list[Judged]:
    document = document_of(text, scorer)
    return finished((by or Rereader(scorer, LEXICON)).judge(document, every_word(document)))


def meant(text: str, judged: Judged, alternative: Alternative) -> str:
    return text[: judged.span.start] + alternative.text + text[judged.span.end :]


def bits_of_whole(text: str, scorer: BigramScorer) -> float:
    """log2 of the probability of a text, from the matrix alone."""
    ids = scorer.encode(text).ids
    assert "".join(scorer.vocabulary[idx] for idx in ids) == text
    return float(np.log2(scorer.probabilities[np.append(0, ids[:-1]), ids]).sum())


@settings(deadline=None)
@given(sentences, seeds)
def test_a_gain_is_that_of_all_that_is_read(text: str, seed: int) -> None:
    """What follows a candidate by more than a word is as probable as before it."""
    scorer = bigrams(seed)
    document = document_of(text, scorer)
    for block in blocks(document, every_word(document)):
        part, _ = block.alone(document)
        as_it_stands = bits_of_whole(part.text, scorer)
        steps = Rereader(scorer, LEXICON).judge(document, np.array(block.suspects))
        for judged in finished(steps):
            here = judged.moved(-block.offset)
            for alternative in judged.alternatives:
                gain = bits_of_whole(meant(part.text, here, alternative), scorer) - as_it_stands
                assert alternative.gain_bits == pytest.approx(gain, abs=1e-2)


def test_there_is_something_to_gain() -> None:
    rng = random.Random(1)
    text = " ".join(rng.choices(WORDS, k=300))
    assert len(judged_in(text, bigrams(1))) > 50


def check_of_any(text: str, judged: list[Judged]) -> None:
    starts = [one.word_start for one in judged]
    assert starts == sorted(set(starts))
    for one in judged:
        assert one.span.start <= one.word_start < one.span.end <= len(text)
        assert one.text == one.span.of(text)
        assert one.net_bits > 0
        assert math.isfinite(one.surprisal_bits)
        results = [meant(text, one, alternative) for alternative in one.alternatives]
        assert 0 < len(set(results)) == len(results)
        assert text not in results
        # Of the same small word twice one is too many even if the model does not mind it.
        least_bits = COSTS.doubled_small if one.slip is Slip.DOUBLED else 0.0
        for alternative in one.alternatives:
            assert alternative.gain_bits is not None
            assert alternative.gain_bits > least_bits
            assert 0 <= alternative.probability <= 1.0001
        best_bits = one.alternatives[0].gain_bits
        assert best_bits is not None
        assert best_bits >= one.net_bits + least_bits - 1e-6


@settings(deadline=None)
@given(sentences, seeds)
def test_what_reads_worse_is_never_proposed(text: str, seed: int) -> None:
    check_of_any(text, judged_in(text, bigrams(seed)))


@pytest.mark.parametrize("name", ["byte-level", "sentencepiece", "lower-case"])
@settings(deadline=None)
@given(st.one_of(texts, sentences, st.tuples(texts, sentences).map("".join)))
@example("a" * 3000)
@example("the \ud800 teh" * 9)
def test_of_any_text(name: str, text: str) -> None:
    check_of_any(text, judged_in(text, contextual(name)))


@pytest.mark.parametrize("text", NASTY)
def test_of_texts_that_break_things(text: str) -> None:
    check_of_any(text, judged_in(text, contextual("byte-level")))


def test_a_huge_line_is_read_in_bounded_steps() -> None:
    scorer = ContextScorer(contextual("byte-level")._tokenizer)
    knowledge = Knowledge(LEXICON, calibration(suspicion_bits=160.0))
    text = "form reads the teh " * 6_000 + "a" * 50_000
    thresholds = Thresholds()
    engine = Engine(scorer, knowledge=knowledge)
    analysis = finished(engine.analyze(text, language="plaintext", thresholds=thresholds))
    assert len(analysis.tokens) > 50_000
    assert max(len(window.ids) for window in scorer.windows) <= scorer.model.context + 210


@settings(deadline=None)
@given(sentences, seeds)
def test_tokens_of_a_candidate_are_those_of_the_text_with_it(text: str, seed: int) -> None:
    scorer = bigrams(seed)
    document = document_of(text, scorer)
    words, ids = document.words, document.tokens.ids
    n_spelled = 0
    for block in blocks(document, every_word(document)):
        window = block.window(document, scorer.bos_id)
        ((_, scores),) = next(scorer.score_windows([window]))
        reading = Reading(document, block, scores)
        for idx in block.suspects:
            place = place_of(text, words.starts, words.ends, words.is_word, idx)
            for candidate in candidates(text, place, LEXICON) if place else ():
                option = spelled_out(reading, Proposal(idx, candidate), scorer)
                if option is None:
                    continue
                n_spelled += 1
                changed = np.concatenate([ids[: option.divergence], option.ids, ids[option.end :]])
                spelled = "".join(scorer.vocabulary[token] for token in changed.tolist())
                span = candidate.span
                assert spelled == text[: span.start] + candidate.text + text[span.end :]
                assert option.divergence < option.end <= block.end
    assert n_spelled > 0 or len(words) < 10


@st.composite
def chosen_words(draw: st.DrawFn) -> tuple[Document, np.ndarray]:
    """A document of many segments, and some of its words."""
    rng = random.Random(draw(seeds))
    breaks = draw(st.sampled_from([" ", " ", "\n\n"]))
    gaps = (*(" " * 20), ". ", breaks)
    text = "".join(rng.choice(WORDS) + rng.choice(gaps) for _ in range(rng.randint(1, 900)))
    document = document_of(text, bigrams(0, context=draw(st.sampled_from([64, 1024]))))
    share = draw(st.floats(0.0, 1.0))
    chosen = [idx for idx in every_word(document).tolist() if rng.random() < share]
    return document, np.array(chosen, dtype=np.int64)


@settings(deadline=None)
@given(chosen_words())
def test_every_suspect_is_in_one_block_of_bounded_length(
    chosen: tuple[Document, np.ndarray],
) -> None:
    document, suspects = chosen
    starts = document.tokens.segment_starts
    ends = np.append(starts[1:], len(document.tokens))
    found = blocks(document, suspects)
    assert [idx for block in found for idx in block.suspects] == suspects.tolist()
    for block in found:
        first = document.words.first_token[list(block.suspects)]
        segment = int(np.searchsorted(starts, block.start, side="right")) - 1
        assert block.start <= first.min() <= first.max() < block.end <= ends[segment]
        assert starts[max(0, segment - 1)] <= block.context_start <= block.start
        assert block.end - block.start <= 144
        assert block.start - block.context_start <= 64
        assert block.offset == document.tokens.starts[block.context_start]


@settings(deadline=None)
@given(chosen_words())
def test_a_block_alone_is_that_part_of_the_document(chosen: tuple[Document, np.ndarray]) -> None:
    document, suspects = chosen
    for block in blocks(document, suspects):
        part, own = block.alone(document)
        scorer = bigrams(0)
        whole_window, window = block.window(document, 0), own.window(part, 0)
        assert window.key == whole_window.key
        assert document.text.startswith(part.text, block.offset)
        np.testing.assert_array_equal(scorer.encode(part.text).ids, part.tokens.ids)
        words = [document.words.starts[idx] for idx in block.suspects]
        assert [part.words.starts[idx] + block.offset for idx in own.suspects] == words
        for start, end, idx in zip(
            part.words.starts, part.words.ends, part.words.first_token, strict=True
        ):
            assert part.tokens.starts[idx] <= start < end <= len(part.text)


def words_of_versions(text: str, seed: int) -> Iterator[str]:
    yield text
    yield from versions(text, 12, seed)


@pytest.mark.parametrize("sample", ["markup", "nasty", "one line"])
@pytest.mark.parametrize("n_remembered", [2, 2048])
def test_memory_changes_nothing(
    sample: str, n_remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "_N_REMEMBERED", n_remembered)
    scorer = contextual("lower-case")
    warm = Rereader(scorer, LEXICON)
    n_judged = 0
    for version in words_of_versions(SAMPLES[sample][:1500], seed=5):
        fresh = judged_in(version, scorer)
        assert judged_in(version, scorer, warm) == fresh
        n_judged += len(fresh)
    assert n_judged > 10


def test_what_was_judged_is_not_read_again() -> None:
    scorer = ContextScorer(contextual("byte-level")._tokenizer)
    by, text = Rereader(scorer, LEXICON), "The server reads teh file. " * 40
    document = document_of(text, scorer)
    first = finished(by.judge(document, every_word(document)))
    scorer.windows.clear()
    assert finished(by.judge(document, every_word(document))) == first
    assert not scorer.windows


def test_suspects_beside_each_other_are_judged_as_if_alone() -> None:
    scorer = contextual("byte-level")
    document = document_of(SAMPLES["markup"], scorer)
    together = judged_in(SAMPLES["markup"], scorer)
    alone = [
        judged
        for idx in every_word(document)
        for judged in finished(Rereader(scorer, LEXICON).judge(document, np.array([idx])))
    ]
    assert together == alone
    assert len(together) > 10
