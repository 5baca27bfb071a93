"""What workers do for `ppl eval`: texts become tallies, and windows of joined texts scores."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ppl_engine.distributed.workers import WorkerPool
from ppl_engine.engine import Engine
from ppl_engine.evaluation.conventions import Convention, Reading, convention
from ppl_engine.evaluation.evaluating import Evaluated, Refused, ScorerMeans
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from ppl_engine.streaming import score_window_groups


@dataclass(frozen=True, slots=True)
class PoolMeans:
    """Engines on a cluster; texts that are joined are cut into windows by one of them."""

    convention: Convention
    pool: WorkerPool[Engine]

    @classmethod
    def of(
        cls, pool: WorkerPool[Engine], name: str, max_length: int | None, stride: int | None
    ) -> "PoolMeans":
        """Choose a convention for the model of the engines. Raises EngineError."""
        return cls(pool.call(partial(_convention, name, max_length, stride)), pool)

    def tallied(
        self, groups: Iterable[Sequence[EvaluatedText]]
    ) -> Iterator[list[Evaluated | Refused]]:
        """Yield what the texts of each group come to, each by itself, in order."""
        return self.pool.map(partial(_tallied, self.convention), groups)

    def reading(self, text: EvaluatedText) -> Reading:
        """Return how a text is read. Raises ConventionError."""
        return self.pool.call(partial(_reading, self.convention, text))

    def scores(self, groups: Iterable[Sequence[Window]]) -> Iterator[list[WindowScores]]:
        """Yield the scores of the windows of each group, in order, without hidden states."""
        return self.pool.map(_scores, groups)


def _convention(
    name: str, max_length: int | None, stride: int | None, engine: Engine
) -> Convention:
    return convention(name, engine.scorer, max_length=max_length, stride=stride)


def _tallied(
    chosen: Convention, engine: Engine, texts: Sequence[EvaluatedText]
) -> list[Evaluated | Refused]:
    return next(ScorerMeans(chosen, engine.scorer).tallied([texts]))


def _reading(chosen: Convention, text: EvaluatedText, engine: Engine) -> Reading:
    return chosen.reading(text, engine.scorer)


def _scores(engine: Engine, group: Sequence[Window]) -> list[WindowScores]:
    return next(score_window_groups([group], engine.scorer))
