"""Four conventions of what a model is shown before each token, and which tokens count.

    document    BOS, a segment as context, the next segment as targets; each text by itself
    hf          windows of fixed length, `stride` tokens apart; all texts joined
    lm-eval     windows that share one token, the first after a prefix token; each text by itself
    llama.cpp   chunks of fixed length, of which the second half is scored; all texts joined

Perplexities by different conventions differ by more than most models do: what is compared has to
be measured by one of them.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from ppl_engine.errors import EngineError
from ppl_engine.evaluation.added_tokens import added_tokens, with_added_tokens
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.scoring.anchors import SegmentPolicy, segment_starts
from ppl_engine.scoring.scorer import Encoding, Scorer
from ppl_engine.scoring.scores import Ints
from ppl_engine.scoring.windows import Window, windows
from ppl_engine.text.blocks import cuts

NAMES: Final = ("document", "hf", "lm-eval", "llama.cpp")

_HF_STRIDE: Final = 512
_LLAMA_CPP_LENGTH: Final = 512
_SEPARATOR: Final = "\n\n"


class ConventionError(EngineError):
    """A convention can not be applied to this text, or with these lengths, or to this model."""


@dataclass(frozen=True, slots=True)
class WeightedWindow:
    """A window with the place of what it scores."""

    window: Window
    first_target: int
    """Index among the tokens of the text."""

    weight: float = 1.0
    """Of each of its tokens in the mean that perplexity is the exponential of."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as a convention has it read."""

    encoding: Encoding
    windows: tuple[WeightedWindow, ...]
    first_target: int = 0
    """The first token that could be scored; those before are a prompt."""


class Convention(Protocol):
    """How texts are read to be scored."""

    @property
    def name(self) -> str:
        """One of `NAMES`."""
        ...

    @property
    def separator(self) -> str | None:
        """What all texts are joined by; None where each is read by itself."""
        ...

    @property
    def description(self) -> str:
        """How texts are read, in a few words."""
        ...

    def reading(self, text: EvaluatedText, scorer: Scorer) -> Reading:
        """Return the windows of a text. Raises ConventionError."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentConvention:
    """Each text by itself, in the windows of this program; every token counts.

    With a prompt, the tokens of the prompt are context and nothing else, and the window reaches as
    far as the model does, so that the whole prompt is seen.
    """

    name: str = "document"
    separator: str | None = None

    @property
    def description(self) -> str:
        """How texts are read, in a few words."""
        return "each text by itself, every token counts"

    def reading(self, text: EvaluatedText, scorer: Scorer) -> Reading:
        """Return the windows of a text. Raises ConventionError if the prompt leaves no room."""
        encoding = scorer.encode(text.prompt + text.text)
        if text.prompt:
            return _after_prompt(encoding, text, scorer)
        starts = document_segments(text.text, encoding, scorer.model.context)
        read = windows(encoding.ids, starts, scorer.bos_id)
        pairs = zip(read, starts.tolist(), strict=True)
        return Reading(encoding, tuple(WeightedWindow(w, first) for w, first in pairs))


@dataclass(frozen=True, slots=True)
class HuggingFaceConvention:
    """The sliding window of https://huggingface.co/docs/transformers/perplexity.

    No BOS but where the tokenizer adds one. The mean of each window, over all its n targets, is
    weighted by n − 1, as the guide does since it counts the tokens that its model shifts out of
    every window, though this is so in the first alone.
    """

    max_length: int
    stride: int
    name: str = "hf"
    separator: str | None = _SEPARATOR

    @property
    def description(self) -> str:
        """How texts are read, in a few words."""
        return f"windows of {self.max_length} tokens, {self.stride} apart; texts joined"

    def reading(self, text: EvaluatedText, scorer: Scorer) -> Reading:
        """Return the windows of a text."""
        encoding = with_added_tokens(scorer.encode(text.text), scorer)
        ids = encoding.ids
        found: list[WeightedWindow] = []
        scored_to = 0
        for start in range(0, len(ids), self.stride):
            end = min(start + self.max_length, len(ids))
            n_targets = end - scored_to
            weight = 1.0 if scored_to == start else (n_targets - 1) / n_targets
            window = Window(ids[start:end], scored_to - start)
            found.append(WeightedWindow(window, scored_to, weight))
            scored_to = end
            if end == len(ids):
                break
        return Reading(encoding, tuple(found))


@dataclass(frozen=True, slots=True)
class LmEvalConvention:
    """`loglikelihood_rolling` of EleutherAI's lm-evaluation-harness with a context of one token.

    The first window is the prefix token, which is BOS or else EOS, and `max_length` targets; each
    later one predicts `max_length` more and begins with the token before them; the last one, where
    fewer are left, has as much context as fits. Tokens that the tokenizer adds to a text are
    targets like others.
    """

    max_length: int
    name: str = "lm-eval"
    separator: str | None = None

    @property
    def description(self) -> str:
        """How texts are read, in a few words."""
        return f"rolling windows of {self.max_length} tokens; each text by itself"

    def reading(self, text: EvaluatedText, scorer: Scorer) -> Reading:
        """Return the windows of a text. Raises ConventionError without a prefix token."""
        if scorer.bos_id is None:
            raise ConventionError(
                f"{scorer.model.name} has neither BOS nor EOS, which lm-eval begins every text "
                "with; choose the convention document or hf."
            )
        encoding = with_added_tokens(scorer.encode(text.text), scorer)
        ids = encoding.ids
        padded = np.concatenate([np.array([scorer.bos_id], dtype=np.int64), ids])
        found: list[WeightedWindow] = []
        for first in range(0, len(ids), self.max_length):
            end = min(first + self.max_length, len(ids))
            start = max(0, end - self.max_length)  # in `padded`, where ids[k] is padded[k + 1]
            window = Window(padded[start : end + 1], first + 1 - start)
            found.append(WeightedWindow(window, first))
        return Reading(encoding, tuple(found))


@dataclass(frozen=True, slots=True)
class LlamaCppConvention:
    """`llama-perplexity` of llama.cpp: chunks of `max_length`, of which the second half is scored.

    Where the tokenizer adds BOS, it takes the place of the first token of every chunk. What does
    not fill a chunk at the end is left out, as is a line end that ends the text.
    """

    max_length: int
    name: str = "llama.cpp"
    separator: str | None = _SEPARATOR

    @property
    def description(self) -> str:
        """How texts are read, in a few words."""
        return f"the second half of chunks of {self.max_length} tokens; texts joined"

    def reading(self, text: EvaluatedText, scorer: Scorer) -> Reading:
        """Return the chunks of a text. Raises ConventionError if there is not enough for two."""
        before, _ = added_tokens(scorer)
        encoding = with_added_tokens(scorer.encode(text.text.removesuffix("\n")), scorer, end=False)
        ids, length = encoding.ids, self.max_length
        if len(ids) < 2 * length:
            raise ConventionError(
                f"llama.cpp needs at least {2 * length} tokens for chunks of {length}, and there "
                f"are {len(ids)}; give more text or a smaller --max-length."
            )
        first = length // 2 + 1
        found: list[WeightedWindow] = []
        for start in range(0, len(ids) - length + 1, length):
            chunk = ids[start : start + length].copy()
            chunk[: len(before)] = before
            found.append(WeightedWindow(Window(chunk, first), start + first))
        return Reading(encoding, tuple(found))


def convention(
    name: str, scorer: Scorer, *, max_length: int | None = None, stride: int | None = None
) -> Convention:
    """Return the convention of a name for a model, with the lengths that its users expect.

    Raises ConventionError for lengths that it has not or that the model can not read, and
    ValueError for a name that is none.
    """
    if name == "document" and max_length is not None:
        raise ConventionError("--max-length belongs to the conventions hf, lm-eval and llama.cpp.")
    if name != "hf" and stride is not None:
        raise ConventionError("--stride belongs to the convention hf.")
    context = scorer.model.context
    length = min(_LLAMA_CPP_LENGTH, context) if name == "llama.cpp" else context
    length = length if max_length is None else max_length
    shortest = 4 if name == "llama.cpp" else 2
    if not shortest <= length <= context:
        raise ConventionError(
            f"--max-length is {shortest} to {context} for {scorer.model.name}, not {length}."
        )
    match name:
        case "document":
            return DocumentConvention()
        case "hf":
            stride = min(_HF_STRIDE, length) if stride is None else stride
            if not 1 <= stride <= length:
                raise ConventionError(f"--stride is 1 to {length}, not {stride}.")
            return HuggingFaceConvention(length, stride)
        case "lm-eval":
            return LmEvalConvention(length)
        case "llama.cpp":
            return LlamaCppConvention(length)
        case _:
            raise ValueError(f"a convention is one of {', '.join(NAMES)}, not {name!r}")


def document_segments(text: str, encoding: Encoding, context: int) -> Ints:
    """Return the segments of a text as this program cuts it for models that read `context`."""
    policy = SegmentPolicy.for_context(context)
    return segment_starts(cuts(text), encoding.ids, encoding.starts, encoding.begins_word, policy)


def _after_prompt(encoding: Encoding, text: EvaluatedText, scorer: Scorer) -> Reading:
    """Return windows of a text after its prompt: BOS, the prompt, as much as fits, and so on.

    A token that holds characters of both is scored. What does not fit into the first window goes
    on in windows of which half is context.
    """
    ends = np.maximum.accumulate(encoding.ends)
    n_prompt = int(np.searchsorted(ends, len(text.prompt), side="right"))
    bos = np.array([] if scorer.bos_id is None else [scorer.bos_id], dtype=np.int64)
    room = scorer.model.context - len(bos)
    if n_prompt >= room:
        raise ConventionError(
            f"the prompt takes {n_prompt + len(bos)} tokens, and {scorer.model.name} reads "
            f"{scorer.model.context} at once: shorten it or choose a model that reads more."
        )
    found: list[WeightedWindow] = []
    start, scored_to = 0, n_prompt
    while scored_to < len(encoding.ids):
        end = min(start + room, len(encoding.ids))
        window = Window(
            np.concatenate([bos, encoding.ids[start:end]]), len(bos) + scored_to - start
        )
        found.append(WeightedWindow(window, scored_to))
        scored_to = end
        start = end - room // 2
    return Reading(encoding, tuple(found), n_prompt)
