"""Models of KenLM, against their own files read plainly and against KenLM by itself."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppl_engine.engine import Engine, Knowledge, score
from ppl_engine.errors import EngineError
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.files.ngram import file_digest, is_ngram
from ppl_engine.models.ngram import NgramModel, load_ngram
from ppl_engine.scoring.branches import Branch
from ppl_engine.scoring.windows import Window
from tests.calibrations import calibration
from tests.models.arpa import Bigrams, estimated
from tests.stepping import finished
from tests.texts import NASTY

kenlm: Any = pytest.importorskip("kenlm")  # it has to be compiled

SENTENCES = (
    "the server reads the file .",
    "the file is in the directory .",
    "a server reads a directory , and the client reads the server .",
)
PLAIN = estimated([sentence.split() for sentence in SENTENCES])


@pytest.fixture(name="path", scope="module")
def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return PLAIN.write(tmp_path_factory.mktemp("ngram") / "small.arpa")


@pytest.fixture(name="scorer", scope="module")
def _scorer(path: Path) -> NgramModel:
    return load_ngram(str(path))


def plainly(model: Bigrams, words: list[str]) -> list[float]:
    before = ["<s>", *words]
    pairs = zip(before, words, strict=False)
    return [model.log10p(b, w) * math.log(10) for b, w in pairs]


def test_words_have_the_probabilities_of_the_file(scorer: NgramModel) -> None:
    tokens = score("The server reads a zebra, and the file.", Engine(scorer))
    expected = plainly(
        PLAIN, ["the", "server", "reads", "a", "<unk>", ",", "and", "the", "file", "."]
    )
    np.testing.assert_allclose(tokens.logprob, expected, atol=1e-4)
    assert np.isnan(tokens.entropy).all()
    assert np.isnan(tokens.top_logprob).all()
    assert not tokens.rank.any()


def test_each_sentence_begins_anew_as_in_kenlm_itself(scorer: NgramModel, path: Path) -> None:
    text = "The file is a server. A client reads the directory.\n\n# The client\n\nA file reads.\n"
    own = kenlm.Model(str(path))
    sentences = ["the file is a server .", "a client reads the directory .", "the client"]
    sentences.append("a file reads .")
    expected = sum(own.score(sentence, bos=True, eos=False) for sentence in sentences)
    tokens = score(text, Engine(scorer))
    assert float(tokens.logprob.sum()) == pytest.approx(expected * math.log(10), rel=1e-5)


def test_tokens_are_words_and_known_marks_with_their_place(scorer: NgramModel) -> None:
    text = " The “server”;\nreads, a ZEBRA."
    tokens = score(text, Engine(scorer))
    places = zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)
    assert [text[s:e] for s, e in places] == [" The", "server", "\nreads", ",", " a", " ZEBRA", "."]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_scored(scorer: NgramModel, text: str) -> None:
    assert not np.isnan(score(text, Engine(scorer)).logprob).any()


def test_hidden_states_say_what_follows_and_branches_agree(scorer: NgramModel) -> None:
    ids = scorer.encode("the client reads the file. The server is a file.").ids
    window = Window(np.concatenate([[scorer.bos_id or 0], ids]), 1)
    ((_, scores),) = next(scorer.score_windows([window]))
    asked = [ids[k : k + 1] for k in range(len(ids))]
    again = np.concatenate(scorer.logprobs_at(scores.hidden, asked))
    np.testing.assert_allclose(again, scores.logprob, atol=1e-6)
    (branch,) = scorer.score_branches(window.ids, [Branch(3, ids[2:6])])
    np.testing.assert_allclose(branch, scores.logprob[2:6], atol=1e-6)


def test_ids_are_the_same_in_another_process(path: Path, scorer: NgramModel) -> None:
    other = load_ngram(str(path))
    text = "The server reads."
    assert np.array_equal(other.encode(text).ids, scorer.encode(text).ids)
    assert other.model == scorer.model


def test_surprising_words_go_by_surprisal(scorer: NgramModel) -> None:
    knowledge = Knowledge(calibration=calibration(surprise_bits=5.0))
    engine = Engine(scorer, knowledge=knowledge)
    text = "the server reads the file. " * 3 + "the zebra reads the file."
    thresholds = Thresholds(n_cold_tokens=0, repeated_words=0, passages_per_1000_words=0)
    analysis = finished(engine.analyze(text, language="markdown", thresholds=thresholds))
    (finding,) = analysis.findings
    assert (finding.code, finding.text) == ("surprising-word", "zebra")
    assert (finding.entropy_bits, finding.rank, finding.alternatives) == (None, None, ())
    assert analysis.summary.top1_accuracy is None
    assert "no entropy" in analysis.model.notices[0]


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    assert is_ngram("some.arpa")
    assert not is_ngram("owner/model")
    with pytest.raises(EngineError, match="can not be read: No such file"):
        load_ngram(str(tmp_path / "none.arpa"))
    (tmp_path / "pytorch_model.bin").write_bytes(b"PK\x03\x04")
    with pytest.raises(EngineError, match="is no n-gram model of KenLM"):
        load_ngram(str(tmp_path / "pytorch_model.bin"))
    (tmp_path / "broken.arpa").write_text("\\data\\\nngram 1=5\n\n\\1-grams:\n")
    with pytest.raises(EngineError, match="can not be read by KenLM"):
        load_ngram(str(tmp_path / "broken.arpa"))


def test_another_file_is_another_revision(tmp_path: Path, path: Path) -> None:
    other = estimated([["the", "client"]]).write(tmp_path / "other.arpa")
    assert file_digest(other) != file_digest(path)
