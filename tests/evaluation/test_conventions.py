"""Each convention against a loop written from its public definition, by transformers and torch."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from ppl_engine.evaluation.conventions import NAMES, ConventionError, convention
from ppl_engine.evaluation.evaluating import Evaluated, Refused, evaluate
from ppl_engine.evaluation.tally import Tally, total
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.models.causal_lm import CausalLM
from ppl_engine.models.choice import ModelChoice
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.cache import WindowCache
from ppl_engine.scoring.document import run, score_document
from tests.evaluation.models import KINDS, save_kind
from tests.models.tiny import SAMPLE

TOLERANCE_NATS = 1e-4
TEXTS = [SAMPLE * 2, "One line.\n", SAMPLE + "The end, 漢字.", "  white  space \n"]


@dataclass(frozen=True)
class Loaded:
    """One model twice: as ours and as that of transformers."""

    scorer: CausalLM
    model: Any
    tokenizer: Tokenizer

    def ids(self, text: str) -> list[int]:
        """With what the tokenizer adds."""
        return self.tokenizer.encode(text).ids

    @torch.inference_mode()
    def logprobs(self, ids: list[int]) -> torch.Tensor:
        """(T, V): row t predicts the token after the t-th."""
        return torch.log_softmax(self.model(torch.tensor([ids])).logits[0].double(), dim=-1)


@pytest.fixture(name="loaded", scope="module", params=KINDS)
def _loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    directory: Path = save_kind(tmp_path_factory.mktemp("models"), request.param)
    return Loaded(
        load_scorer(ModelChoice(str(directory), "cpu", "exact")),
        AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32),
        Tokenizer.from_file(str(directory / "tokenizer.json")),
    )


def tallies(
    scorer: CausalLM,
    name: str,
    texts: list[str],
    *,
    max_length: int | None = None,
    stride: int | None = None,
) -> list[Tally]:
    chosen = convention(name, scorer, max_length=max_length, stride=stride)
    named = [EvaluatedText(str(k), text) for k, text in enumerate(texts)]
    found = list(evaluate(named, chosen, scorer))
    assert [one.name for one in found] == [one.name for one in named]
    return [one.tally for one in found if isinstance(one, Evaluated)]


@torch.inference_mode()
def guide(loaded: Loaded, ids: list[int], max_length: int, stride: int) -> float:
    """The loop of https://huggingface.co/docs/transformers/perplexity, as it stands there."""
    input_all = torch.tensor([ids])
    seq_len = input_all.size(1)
    nll_sum, n_tokens, prev_end_loc = 0.0, 0, 0
    for begin_loc in range(0, seq_len, stride):
        end_loc = min(begin_loc + max_length, seq_len)
        trg_len = end_loc - prev_end_loc
        input_ids = input_all[:, begin_loc:end_loc]
        target_ids = input_ids.clone()
        target_ids[:, :-trg_len] = -100
        neg_log_likelihood = loaded.model(input_ids, labels=target_ids).loss.double().item()
        num_loss_tokens = int((target_ids != -100).sum()) - target_ids.size(0)
        if num_loss_tokens:  # the mean over nothing is NaN
            nll_sum += neg_log_likelihood * num_loss_tokens
        n_tokens += num_loss_tokens
        prev_end_loc = end_loc
        if end_loc == seq_len:
            break
    return nll_sum / n_tokens


@pytest.mark.parametrize(("max_length", "stride"), [(96, 48), (96, 96), (32, 7), (50, 49), (2, 1)])
def test_hf_is_the_loop_of_the_guide(loaded: Loaded, max_length: int, stride: int) -> None:
    ids = loaded.ids("\n\n".join(TEXTS))
    expected = guide(loaded, ids, max_length, stride)
    found = total(tallies(loaded.scorer, "hf", TEXTS, max_length=max_length, stride=stride))
    assert found.perplexity is not None
    assert math.log(found.perplexity) == pytest.approx(expected, abs=TOLERANCE_NATS)
    n_unscored = -(-len(ids) // max_length) if stride == max_length else 1
    assert found.n_scored == len(ids) - n_unscored


def rolling(ids: list[int], prefix: int, max_length: int) -> list[tuple[list[int], list[int]]]:
    """Inputs and what they predict, as `get_rolling_token_windows` with a context of one token."""
    if not ids:
        return []
    first = min(max_length, len(ids))
    windows = [([prefix, *ids[: first - 1]], ids[:first])]
    predicted = first
    while predicted < len(ids):
        n = min(len(ids) - predicted, max_length)
        end = predicted + n
        windows.append((ids[end - max_length - 1 : end - 1], ids[end - n : end]))
        predicted += n
    return windows


@pytest.mark.parametrize("max_length", [96, 32, 5])
def test_lm_eval_is_its_rolling_loglikelihood(loaded: Loaded, max_length: int) -> None:
    log_likelihoods: list[float] = []
    for text in TEXTS:
        sum_of_text = 0.0
        for inputs, predicted in rolling(loaded.ids(text), 0, max_length):
            rows = loaded.logprobs(inputs)[-len(predicted) :]
            sum_of_text += sum(
                row[token].item() for row, token in zip(rows, predicted, strict=True)
            )
        log_likelihoods.append(sum_of_text)
    found = tallies(loaded.scorer, "lm-eval", TEXTS, max_length=max_length)
    for tally, expected, text in zip(found, log_likelihoods, TEXTS, strict=True):
        assert -tally.nats / tally.n_scored == pytest.approx(
            expected / len(loaded.ids(text)), abs=TOLERANCE_NATS
        )
    whole = total(found)
    n_words = sum(len(re.split(r"\s+", text)) for text in TEXTS)
    n_bytes = sum(len(text.encode()) for text in TEXTS)
    word_perplexity = math.exp(-sum(log_likelihoods) / n_words)
    assert whole.word_perplexity == pytest.approx(word_perplexity, rel=1e-3)
    assert whole.byte_perplexity == pytest.approx(
        math.exp(-sum(log_likelihoods) / n_bytes), rel=1e-4
    )
    assert whole.bits_per_byte == pytest.approx(
        -sum(log_likelihoods) / n_bytes / math.log(2), rel=1e-5
    )


@pytest.mark.parametrize("n_ctx", [64, 31, 96])
def test_llama_cpp_scores_the_second_half_of_chunks(loaded: Loaded, n_ctx: int) -> None:
    texts = TEXTS * 2
    text = "\n\n".join(texts)
    tokenizer_adds_bos = len(loaded.tokenizer.encode("").ids) > 0
    ids = loaded.tokenizer.encode(text.removesuffix("\n"), add_special_tokens=False).ids
    ids = [0, *ids] if tokenizer_adds_bos else ids
    nll, count, first = 0.0, 0, n_ctx // 2
    for chunk in range(len(ids) // n_ctx):
        tokens = ids[chunk * n_ctx : (chunk + 1) * n_ctx]
        read = [0, *tokens[1:]] if tokenizer_adds_bos else tokens
        logprobs = loaded.logprobs(read)
        for k in range(first, n_ctx - 1):
            nll -= logprobs[k, tokens[k + 1]].item()
            count += 1
    found = total(tallies(loaded.scorer, "llama.cpp", texts, max_length=n_ctx))
    assert found.n_scored == count
    assert found.nats / count == pytest.approx(nll / count, abs=TOLERANCE_NATS)


def test_document_is_what_the_program_shows_everywhere(loaded: Loaded) -> None:
    found = tallies(loaded.scorer, "document", TEXTS)
    for tally, text in zip(found, TEXTS, strict=True):
        tokens = run(score_document(text, loaded.scorer, WindowCache(0)))
        nats = -np.sum(tokens.logprob, dtype=np.float64)
        assert tally.nats == pytest.approx(nats, abs=len(tokens) * TOLERANCE_NATS)
        assert tally.n_tokens == tally.n_scored == len(tokens)
        assert tally.n_top1 == pytest.approx((tokens.rank == 1).sum(), abs=1)
        assert tally.n_bytes == len(text.encode())
        assert tally.n_characters == len(text)
        assert tally.n_words == len(re.split(r"\s+", text))
        assert tally.peak is not None
        assert tally.peak.surprisal_bits == pytest.approx(
            -tokens.logprob.min() / math.log(2), abs=1e-3
        )


@torch.inference_mode()
def test_each_text_alone_is_what_evaluate_says_of_it_but_its_mean_is_no_perplexity(
    loaded: Loaded,
) -> None:
    """`evaluate.load("perplexity")`: BOS before each text, exp of the mean of each, their mean."""
    texts = [text for text in TEXTS if len(loaded.ids(text)) < 40]
    perplexities: list[float] = []
    for text in texts:
        ids = [0, *loaded.tokenizer.encode(text, add_special_tokens=False).ids]
        logits = loaded.model(torch.tensor([ids])).logits
        losses = torch.nn.CrossEntropyLoss(reduction="none")(
            logits[..., :-1, :].transpose(1, 2), torch.tensor([ids[1:]])
        )
        perplexities.append(losses.mean().exp().item())
    found = tallies(loaded.scorer, "document", texts)
    assert [one.perplexity for one in found] == pytest.approx(perplexities, rel=1e-4)
    whole = total(found).perplexity
    assert whole is not None
    assert abs(whole / float(np.mean(perplexities)) - 1) > 0.01


PROMPT = "The quick brown fox\n"


@pytest.mark.parametrize("answer", ["reads the manual.", "reads it. " * 30])
def test_a_prompt_is_context_and_nothing_else(loaded: Loaded, answer: str) -> None:
    """The first window holds the prompt; of later ones the first half is context."""
    chosen = convention("document", loaded.scorer)
    (found,) = evaluate([EvaluatedText("a", answer, PROMPT)], chosen, loaded.scorer)
    assert isinstance(found, Evaluated)
    ids = loaded.tokenizer.encode(PROMPT + answer, add_special_tokens=False).ids
    n_prompt = int((loaded.scorer.encode(PROMPT + answer).ends <= len(PROMPT)).sum())
    expected, scored_to, start = 0.0, n_prompt, 0
    while scored_to < len(ids):
        end = min(start + 95, len(ids))
        logprobs = loaded.logprobs([0, *ids[start:end]])
        expected -= sum(logprobs[k - start, ids[k]].item() for k in range(scored_to, end))
        scored_to, start = end, end - 47
    n = len(ids) - n_prompt
    assert found.tally.n_scored == found.tally.n_tokens == n
    assert found.tally.n_bytes == len(answer)
    assert found.tally.nats == pytest.approx(expected, abs=n * TOLERANCE_NATS)


def test_a_prompt_that_leaves_no_room_is_refused_and_the_rest_goes_on(loaded: Loaded) -> None:
    chosen = convention("document", loaded.scorer)
    texts = [EvaluatedText("long", "end", "word " * 96), EvaluatedText("short", "end", "word ")]
    long, short = evaluate(texts, chosen, loaded.scorer)
    assert isinstance(long, Refused)
    assert re.fullmatch(r"the prompt takes \d+ tokens, and \S+ reads 96 at once: .*", long.reason)
    assert isinstance(short, Evaluated)


@pytest.mark.parametrize(
    ("name", "max_length", "stride", "complaint"),
    [
        ("hf", 97, None, r"--max-length is 2 to 96 for \S+, not 97\."),
        ("hf", 1, None, "--max-length is 2 to 96"),
        ("hf", 32, 33, r"--stride is 1 to 32, not 33\."),
        ("hf", None, 0, r"--stride is 1 to 96, not 0\."),
        ("lm-eval", None, 8, r"--stride belongs to the convention hf\."),
        ("document", 8, None, "--max-length belongs to"),
        ("llama.cpp", 2, None, "--max-length is 4 to 96"),
    ],
)
def test_lengths_that_can_not_be_are_refused(
    loaded: Loaded, name: str, max_length: int | None, stride: int | None, complaint: str
) -> None:
    with pytest.raises(ConventionError, match=complaint):
        convention(name, loaded.scorer, max_length=max_length, stride=stride)


def test_llama_cpp_needs_two_chunks(loaded: Loaded) -> None:
    with pytest.raises(ConventionError, match="at least 192 tokens for chunks of 96"):
        tallies(loaded.scorer, "llama.cpp", ["A short text."])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_comes_to_nothing(loaded: Loaded, name: str) -> None:
    assert tallies(loaded.scorer, name, []) == []
