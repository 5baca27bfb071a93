"""An n-gram model of KenLM, as a `Scorer` whose tokens are words.

A word is looked up as it stands, else in lower case, else it is the model's unknown word. A
punctuation mark is a token if the model knows it, else nothing. A sentence begins with `<s>`; its
end is not scored, so that the probability of a text is the product over its sentences of
`kenlm.Model.score(sentence, bos=True, eos=False)`.

What such a model does not say cheaply is not said: entropy, rank and the most probable word would
take its whole vocabulary at every place. They are NaN and 0.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from math import log
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from ppl_engine.errors import ModelLoadError
from ppl_engine.models.files.ngram import file_digest, find_ngram
from ppl_engine.scoring.branches import Branch, branches_as_windows
from ppl_engine.scoring.scorer import Encoding, ModelInfo, Prediction
from ppl_engine.scoring.scores import Floats, Ints, WindowScores
from ppl_engine.scoring.windows import Window
from ppl_engine.text.blocks import Cut, cuts
from ppl_engine.text.words import units

_NATS_PER_LOG10: Final = log(10.0)
_CONTEXT: Final = 1024
"""Any number would do: what is further away than the order of the model changes nothing."""

_WINDOWS_AT_ONCE: Final = 32
_BOS: Final = 1
_BEGINS_SENTENCE: Final = 1
_IS_WORD: Final = 1 << 62
_LIMB_BITS: Final = 21
"""What float32 holds exactly and to spare: an id is three such numbers of a hidden state."""

_MISSING: Final = (
    "An n-gram model has no entropy, rank or most expected word: surprising words go by surprisal "
    "alone, and no alternatives are known for them."
)


class NgramModel:
    """A model of KenLM. Its hidden state at a place is the words before it that count."""

    bos_id: int | None = _BOS

    def __init__(self, model: Any, info: ModelInfo, state_class: Any) -> None:
        """Take a `kenlm.Model`, and the class of its states."""
        self._model = model
        self._info = info
        self._state_class = state_class
        self._n_before = max(1, int(model.order) - 1)
        self._word_of: dict[int, str] = {}

    @property
    def model(self) -> ModelInfo:
        """What to say of this model."""
        return self._info

    def encode(self, text: str) -> Encoding:
        """Cut any `str` into words and the marks that the model knows, each with its space."""
        found = cuts(text)
        starts_sentence = found.offsets[(found.kinds <= Cut.SENTENCE) & (found.kinds != Cut.LINE)]
        sentences = iter([*starts_sentence.tolist(), len(text) + 1])
        next_sentence, begins = next(sentences), True
        rows: list[tuple[int, int, int]] = []
        before = 0
        for start, end, word in self._pieces(text):
            while next_sentence <= start:
                next_sentence, begins = next(sentences), True
            space = start - len(text[before:start]) + len(text[before:start].rstrip())
            rows.append((self._id(word, begins=begins), space, end))
            before, begins = end, False
        ids, starts, ends = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return Encoding(ids, starts, ends, np.ones(len(ids), dtype=np.bool_), exact_spans=True)

    def score_windows(
        self, windows: Sequence[Window]
    ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
        """Yield (index, scores) of every window once, some at a time."""
        for first in range(0, len(windows), _WINDOWS_AT_ONCE):
            some = windows[first : first + _WINDOWS_AT_ONCE]
            yield [(first + k, self._score(window)) for k, window in enumerate(some)]

    def predict(self, hidden: NDArray[np.float32], n: int) -> list[list[Prediction]]:
        """Return nothing for each place: the model can not list its words."""
        del n
        return [[] for _ in hidden]

    def score_branches(self, ids: Ints, branches: Sequence[Branch]) -> list[Floats]:
        """Return for each branch of a window ln p of each of its ids, in nats."""
        return branches_as_windows(self.score_windows, ids, branches)

    def logprobs_at(self, hidden: NDArray[np.float32], token_ids: Sequence[Ints]) -> list[Floats]:
        """Return ln p of some next words, after each hidden state, in nats."""
        found: list[Floats] = []
        for row, ids in zip(hidden, token_ids, strict=True):
            state = self._state_after(_unpacked(row))
            wanted = cast("list[int]", ids.tolist())
            found.append(np.array([self._step(state, idx)[0] for idx in wanted], np.float32))
        return found

    def _pieces(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the place of each word and known mark, with what the model calls it."""
        found = units(text)
        places = zip(found.starts.tolist(), found.ends.tolist(), found.is_word, strict=True)
        for start, end, is_word in places:
            if is_word:
                word = text[start:end].encode("utf-8", errors="replace").decode()
                yield start, end, word if word in self._model else self._folded(word)
                continue
            for offset in range(start, end):
                if text[offset].isprintable() and text[offset] in self._model:
                    yield offset, offset + 1, text[offset]

    def _folded(self, word: str) -> str:
        folded = word.casefold()
        return folded if folded in self._model else "<unk>"

    def _id(self, word: str, *, begins: bool) -> int:
        """Return a number for a word that is the same in every process."""
        digest = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") >> 3
        found = _IS_WORD | (digest << 1) | (_BEGINS_SENTENCE if begins else 0)
        self._word_of[found] = word
        return found

    def _score(self, window: Window) -> WindowScores:
        n, width = window.n_targets, 3 * self._n_before
        logprob = np.full(n, np.nan, np.float32)
        hidden = np.zeros((n, width), np.float32)
        state = self._state_after([])
        before: list[int] = []
        for k, idx in enumerate(cast("list[int]", window.ids.tolist())):
            if idx == _BOS or idx & _BEGINS_SENTENCE:
                before = [_BOS]
                state = self._state_after(before)
            if idx == _BOS:
                continue
            if k >= window.n_context and before:
                hidden[k - window.n_context] = _packed(before, width)
            value, state = self._step(state, idx)
            if k >= window.n_context and (before or k):
                logprob[k - window.n_context] = value
            before = [*before, idx][-self._n_before :]
        nothing = np.full(n, np.nan, np.float32)
        known = np.where(np.isnan(logprob), np.nan, 0).astype(np.float32)
        rank = np.zeros(n, np.int64)
        return WindowScores(logprob, nothing, rank, nothing, known, known, hidden)

    def _step(self, state: Any, idx: int) -> tuple[float, Any]:
        """Return ln p of a word after a state, and the state after it."""
        after = self._state_class()
        value = self._model.BaseScore(state, self._word_of.get(idx, "<unk>"), after)
        return value * _NATS_PER_LOG10, after

    def _state_after(self, before: Sequence[int]) -> Any:
        state = self._state_class()
        if before[:1] == [_BOS]:
            self._model.BeginSentenceWrite(state)
        else:
            self._model.NullContextWrite(state)
        for idx in before:
            if idx != _BOS:
                _, state = self._step(state, idx)
        return state


def load_ngram(name: str) -> NgramModel:
    """Load a model of KenLM. Raises ModelNotFoundError or ModelLoadError."""
    path = find_ngram(name)
    try:
        # It is an extra, and nobody else needs it.
        import kenlm  # noqa: PLC0415 # pyright: ignore[reportMissingImports, reportMissingTypeStubs]
    except ImportError as error:
        raise ModelLoadError(
            f"{name} is read by KenLM, which is not installed: pip install 'ppl-lsp[kenlm]' "
            "(it is built from source, which takes a compiler and cmake)."
        ) from error
    library = cast("Any", kenlm)
    try:
        config = library.Config()
        config.show_progress = False
        config.arpa_complain = library.ARPALoadComplain.NONE
        model = library.Model(str(path), config)
    except Exception as error:  # the library raises what it likes
        raise ModelLoadError(f"{name} can not be read by KenLM: {error}.") from error
    info = ModelInfo(
        name=name,
        revision=file_digest(path),
        device="cpu",
        precision="exact",
        context=_CONTEXT,
        vocab_size=0,
        bos_policy="bos",
        notices=(_MISSING,),
    )
    return NgramModel(model, info, library.State)


def _packed(ids: Sequence[int], width: int) -> NDArray[np.float32]:
    """Write ids as numbers that float32 holds exactly, the last ones at the end."""
    limbs = [(idx >> shift) % (1 << _LIMB_BITS) for idx in ids for shift in (42, 21, 0)]
    return np.array([0] * (width - len(limbs)) + limbs, np.float32)


def _unpacked(row: NDArray[np.float32]) -> list[int]:
    limbs = row.astype(np.int64).reshape(-1, 3)
    ids = [(int(a) << 42) | (int(b) << 21) | int(c) for a, b, c in limbs]
    return [idx for idx in ids if idx]
