"""What was computed before, by anybody on this machine, and what is kept for the next."""

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum

from ppl_engine.findings.calibration import Calibration
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scorer import ModelInfo, Prediction
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.store.buffer import Buffer
from ppl_engine.store.codec import pack, pack_scores, unpack, unpack_scores
from ppl_engine.store.database import Row
from ppl_engine.store.identity import (
    calibration_key,
    choice_key,
    document_key,
    judgment_key,
    model_identity,
    prediction_key,
    window_key,
)
from ppl_engine.store.place import Place, cache_place
from ppl_engine.verdict import Question, Verdict

logger = logging.getLogger(__name__)


class Kind(IntEnum):
    """What a value in the cache is. The numbers are on disk."""

    WINDOW = 1
    PREDICTION = 2
    DOCUMENT = 3
    CHOICE = 4
    CALIBRATION = 5
    JUDGMENT = 6


class DiskStore:
    """Scores, predictions and findings by content; never raises, for one thread at a time."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer

    def windows(self, model: ModelInfo, keys: Sequence[bytes]) -> dict[bytes, WindowScores]:
        """Return the scores of those windows that are kept, without their hidden states."""
        identity = model_identity(model)
        wanted = {window_key(identity, key): key for key in keys}
        found = self._buffer.get_many(list(wanted))
        scores = {wanted[key]: unpack_scores(payload) for key, payload in found.items()}
        return {key: one for key, one in scores.items() if one is not None}

    def keep_windows(self, model: ModelInfo, scores: Mapping[bytes, WindowScores]) -> None:
        """Keep the scores of windows."""
        identity = model_identity(model)
        values = {window_key(identity, key): pack_scores(one) for key, one in scores.items()}
        self._put(Kind.WINDOW, model, values)

    def predictions(
        self, model: ModelInfo, places: Sequence[bytes], n: int
    ) -> dict[bytes, tuple[Prediction, ...]]:
        """Return the `n` most probable tokens at those places where they are kept."""
        identity = model_identity(model)
        wanted = {prediction_key(identity, place, n): place for place in places}
        found = self._buffer.get_many(list(wanted))
        read = {
            wanted[key]: unpack(payload, tuple[Prediction, ...]) for key, payload in found.items()
        }
        return {place: one for place, one in read.items() if one is not None}

    def keep_predictions(
        self, model: ModelInfo, predictions: Mapping[bytes, Sequence[Prediction]], n: int
    ) -> None:
        """Keep the `n` most probable tokens at some places."""
        identity = model_identity(model)
        values = {
            prediction_key(identity, place, n): pack(tuple(one))
            for place, one in predictions.items()
        }
        self._put(Kind.PREDICTION, model, values)

    def judgments(self, model: ModelInfo, keys: Sequence[bytes]) -> dict[bytes, tuple[Judged, ...]]:
        """Return what came of the suspicious words of those blocks that are kept."""
        identity = model_identity(model)
        wanted = {judgment_key(identity, key): key for key in keys}
        found = self._buffer.get_many(list(wanted))
        read = {wanted[key]: unpack(payload, tuple[Judged, ...]) for key, payload in found.items()}
        return {key: one for key, one in read.items() if one is not None}

    def keep_judgments(self, model: ModelInfo, judged: Mapping[bytes, tuple[Judged, ...]]) -> None:
        """Keep what came of blocks."""
        identity = model_identity(model)
        values = {judgment_key(identity, key): pack(one) for key, one in judged.items()}
        self._put(Kind.JUDGMENT, model, values)

    def verdict(self, model: ModelInfo, question: Question) -> Verdict | None:
        """Return what was said of a text, if it was."""
        key = _document_key(model, question)
        payload = self._buffer.get_many([key]).get(key)
        return None if payload is None else unpack(payload, Verdict)

    def keep_verdict(self, model: ModelInfo, question: Question, verdict: Verdict) -> None:
        """Keep what is said of a text."""
        self._put(Kind.DOCUMENT, model, {_document_key(model, question): pack(verdict)})

    def chosen(self, revision: str, choice: ModelChoice) -> ModelInfo | None:
        """Return what a choice of model came to when it was last loaded on such a machine."""
        key = choice_key(revision, choice)
        payload = self._buffer.get_many([key]).get(key)
        return None if payload is None else unpack(payload, ModelInfo)

    def keep_chosen(self, revision: str, choice: ModelChoice, model: ModelInfo) -> None:
        """Keep what a choice of model came to."""
        self._put(Kind.CHOICE, model, {choice_key(revision, choice): pack(model)})

    def calibration(self, model: ModelInfo) -> Calibration | None:
        """Return how a model reads clean prose, if it was measured."""
        key = calibration_key(model_identity(model))
        payload = self._buffer.get_many([key]).get(key)
        return None if payload is None else unpack(payload, Calibration)

    def keep_calibration(self, model: ModelInfo, calibration: Calibration) -> None:
        """Keep how a model reads clean prose."""
        key = calibration_key(model_identity(model))
        self._put(Kind.CALIBRATION, model, {key: pack(calibration)})

    def flush(self) -> None:
        """Write now what waits to be written: for whoever has nothing else to do."""
        self._buffer.flush()

    def close(self) -> None:
        """Write what waits to be written and close the file."""
        self._buffer.close()

    def _put(self, kind: Kind, model: ModelInfo, values: Mapping[bytes, bytes]) -> None:
        identity = model_identity(model)
        rows = [Row(key, kind, identity, payload) for key, payload in values.items()]
        self._buffer.put_many(rows, pack(model).decode("ascii"))


def open_store(
    place: Place | None = None, notify: Callable[[str], None] = logger.warning
) -> DiskStore:
    """Open the store at a place, else at the one of the environment or of the user.

    Whatever is wrong with it is said through `notify`, and the store is empty then.
    Raises EngineError for an environment variable that makes no sense.
    """
    return DiskStore(Buffer(place or cache_place(), notify))


def _document_key(model: ModelInfo, question: Question) -> bytes:
    sources = [source.text for source in question.at_hand]
    identity = model_identity(model)
    return document_key(identity, question.text, question.language, question.thresholds, sources)
