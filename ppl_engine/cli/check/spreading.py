"""Documents that are judged by engines on a cluster, and checked here."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from ppl_engine.cli.check.checked import Checked
from ppl_engine.cli.check.checking import Asked, Checking
from ppl_engine.cli.cluster import engines
from ppl_engine.distributed.engines import model_of
from ppl_engine.distributed.judging import Failure, verdicts
from ppl_engine.grouping import in_groups
from ppl_engine.verdict import Question

_MAX_DOCUMENTS: Final = 16
_MAX_CHARACTERS: Final = 16 * 1024
"""Few, so that workers have about the same to do; a document is read by itself in any case."""


def spread_documents(checking: Checking) -> Iterator[Checked]:
    """Yield what `checking.documents` yields, in its order. Raises EngineError.

    Workers are asked of what is not known of earlier runs; everything else is done here.
    """
    session, waiting = checking.session, deque[list[Asked]]()

    def questions() -> Iterator[list[Question]]:
        found = (checking.asked(source) for source in checking.sources())
        asked = (one for one in found if one is not None)
        for group in in_groups(
            asked,
            lambda one: len(one.source.text),
            max_items=_MAX_DOCUMENTS,
            max_characters=_MAX_CHARACTERS,
        ):
            waiting.append(group)
            yield [one.question for one in group if one.known is None]

    with engines(checking.arguments, session) as pool:
        session.rely_on(pool.call(model_of))
        for found in verdicts(pool, questions()):
            answers = iter(found)
            for asked in waiting.popleft():
                said = asked.known or next(answers)
                if isinstance(said, Failure):
                    session.fail(f"{asked.source.path}: {said.reason}")
                    continue
                if asked.known is None:
                    session.keep_verdict(asked.question, said)
                yield checking.answered(asked, said)
            session.flush()
