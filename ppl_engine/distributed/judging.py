"""What workers do for `ppl check`: they say of whole documents what an engine says of them.

What is ignored, accepted and let through is not theirs to know: it is applied where the files are
that say so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ppl_engine.distributed.workers import WorkerPool
from ppl_engine.engine import Engine
from ppl_engine.errors import EngineError
from ppl_engine.scoring.document import run
from ppl_engine.verdict import Question, Verdict


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing can be said of a document."""

    reason: str


def verdicts(
    pool: WorkerPool[Engine], groups: Iterable[Sequence[Question]]
) -> Iterator[list[Verdict | Failure]]:
    """Yield what is said of the documents of each group, in order. Raises EngineError."""
    return pool.map(judge_partition, groups)


def judge_partition(engine: Engine, questions: Sequence[Question]) -> list[Verdict | Failure]:
    """Return what an engine says of each document by itself."""
    return [_judged(engine, question) for question in questions]


def _judged(engine: Engine, asked: Question) -> Verdict | Failure:
    steps = engine.analyze(asked.text, language=asked.language, thresholds=asked.thresholds)
    try:
        analysis = run(steps)
        if asked.at_hand:
            analysis = run(engine.ground(analysis, asked.at_hand))
        return Verdict.of(analysis)
    except EngineError as error:
        return Failure(str(error))
