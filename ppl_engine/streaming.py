"""Many texts through a model as a stream: windows of many texts are read together, order is kept.

    items ──read, plan──▶ groups ──score──▶ what was planned, with the scores of its windows
            a thread      bounded           the caller's thread, which owns the scorer

A group is as many items as a model needs to find enough windows of like length. At most
`N_GROUPS_AHEAD` wait, so that memory does not grow with the number of items.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Final, Generic, Never, TypeVar

import numpy as np

from ppl_engine.scoring.anchors import SegmentPolicy
from ppl_engine.scoring.layout import lay_out
from ppl_engine.scoring.lines import LineScore
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window, windows
from ppl_engine.text.words import units

T = TypeVar("T")
P = TypeVar("P")

N_GROUPS_AHEAD: Final = 2
"""How many groups are read and planned while one is scored."""

_NO_HIDDEN: Final = np.empty((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A group ends with the item by which it reaches one of these."""

    n_items: int = 4096
    n_tokens: int = 131_072
    """Tokens to be read, context and BOS among them; one item may have more."""


@dataclass(frozen=True, slots=True)
class Planned(Generic[P]):
    """What is to be known of an item, and the windows to be read for it, any number of them."""

    value: P
    windows: Sequence[Window]


def score_planned(
    items: Iterable[T],
    plan: Callable[[T], Planned[P]],
    scorer: Scorer,
    *,
    bounds: Bounds | None = None,
) -> Generator[tuple[P, list[WindowScores]], None, None]:
    """Yield for each item, in order, what was planned, and the scores of its windows.

    Items are read and planned in another thread (`scorer.encode` may be called in it); what that
    raises is raised here, after all that came before it. The scores have no hidden states.
    """
    with closing(_ahead(_groups(map(plan, items), bounds or Bounds()))) as groups:
        for group in groups:
            yield from _scored(group, scorer)


def score_groups(
    groups: Iterable[Sequence[T]], plan: Callable[[T], Planned[P]], scorer: Scorer
) -> Generator[list[tuple[P, list[WindowScores]]], None, None]:
    """Do what `score_planned` does with groups that are given, one for one.

    What is read together decides the last bits of scores (not in `exact` precision): who begins
    again at the end of a group gets what would have come without the break.
    """
    with closing(_ahead([plan(item) for item in group] for group in groups)) as ready:
        for group in ready:
            yield list(_scored(group, scorer))


def score_texts(
    texts: Iterable[str], scorer: Scorer, *, bounds: Bounds | None = None
) -> Iterator[LineScore]:
    """Yield the score of each text by itself, in order, as `score_document` has it."""

    def plan(text: str) -> Planned[Counts]:
        return plan_text(text, scorer)

    for counts, scores in score_planned(texts, plan, scorer, bounds=bounds):
        yield total(counts, scores)


def score_text_groups(
    groups: Iterable[Sequence[str]], scorer: Scorer
) -> Generator[list[LineScore], None, None]:
    """Yield the scores of the texts of each group, as `score_groups` has them."""

    def plan(text: str) -> Planned[Counts]:
        return plan_text(text, scorer)

    for group in score_groups(groups, plan, scorer):
        yield [total(counts, scores) for counts, scores in group]


def score_window_groups(
    groups: Iterable[Sequence[Window]], scorer: Scorer
) -> Iterator[list[WindowScores]]:
    """Yield the scores of the windows of each group, in order, without hidden states."""
    for group in groups:
        keys = [window.key for window in group]
        found = _scores(dict(zip(keys, group, strict=True)), scorer)
        yield [found[key] for key in keys]


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is to count in a text."""

    n_tokens: int
    n_words: int
    n_bytes: int


def plan_text(text: str, scorer: Scorer) -> Planned[Counts]:
    """Return the windows of a text, cut as everywhere, and what there is to count in it."""
    n_words = int(units(text).is_word.sum())
    n_bytes = len(text.encode("utf-8", errors="surrogatepass"))
    encoding = scorer.encode(text)
    ids = encoding.ids
    if len(ids) <= SegmentPolicy.for_context(scorer.model.context).longest:
        starts = np.zeros(min(1, len(ids)), np.int64)  # what `lay_out` says of one segment
    else:
        starts = lay_out(text, scorer).segment_starts
    return Planned(Counts(len(ids), n_words, n_bytes), windows(ids, starts, scorer.bos_id))


def total(counts: Counts, scores: Sequence[WindowScores]) -> LineScore:
    """Return the score of a whole text, given those of its windows."""
    logprob = np.concatenate([np.empty(0, np.float32), *(one.logprob for one in scores)])
    scored = logprob[~np.isnan(logprob)].astype(np.float64)
    return LineScore(
        float(scored.sum()), len(scored), counts.n_tokens, counts.n_words, counts.n_bytes
    )


def _groups(planned: Iterable[Planned[P]], bounds: Bounds) -> Iterator[list[Planned[P]]]:
    group: list[Planned[P]] = []
    n_tokens = 0
    for item in planned:
        group.append(item)
        n_tokens += sum(len(window.ids) for window in item.windows)
        if bounds.n_items <= len(group) or bounds.n_tokens <= n_tokens:
            yield group
            group, n_tokens = [], 0
    if group:
        yield group


def _scored(group: Sequence[Planned[P]], scorer: Scorer) -> Iterator[tuple[P, list[WindowScores]]]:
    # What stands in a group twice is read once.
    keys = [[window.key for window in item.windows] for item in group]
    wanted = {
        key: window
        for item, of_item in zip(group, keys, strict=True)
        for key, window in zip(of_item, item.windows, strict=True)
    }
    found = _scores(wanted, scorer)
    for item, of_item in zip(group, keys, strict=True):
        yield item.value, [found[key] for key in of_item]


def _scores(wanted: Mapping[bytes, Window], scorer: Scorer) -> dict[bytes, WindowScores]:
    order = list(wanted)
    found: dict[bytes, WindowScores] = {}
    for batch in scorer.score_windows([wanted[key] for key in order]) if order else ():
        for idx, scores in batch:
            # The hidden states are a thousand times what is wanted of them here.
            found[order[idx]] = replace(scores, hidden=_NO_HIDDEN)
    return found


def _ahead(source: Iterator[T]) -> Generator[T, None, None]:
    """Yield what a source yields, which runs in a thread, up to `N_GROUPS_AHEAD` ahead."""
    ready: SimpleQueue[Callable[[], T]] = SimpleQueue()
    room = threading.Semaphore(N_GROUPS_AHEAD)
    is_over = threading.Event()

    def read() -> None:
        try:
            while True:
                room.acquire()
                if is_over.is_set():
                    return
                item = next(source)
                ready.put(lambda item=item: item)
        except StopIteration:
            ready.put(_raising(_End()))
        except BaseException as error:  # noqa: BLE001 - raised where the items are awaited
            ready.put(_raising(error))

    threading.Thread(target=read, name="ppl-reading-ahead", daemon=True).start()
    try:
        while True:
            taken = ready.get()
            room.release()
            try:
                yield taken()
            except _End:
                return
    finally:
        is_over.set()
        room.release()


class _End(Exception):  # noqa: N818 - no error
    """There is no more."""


def _raising(error: BaseException) -> Callable[[], Never]:
    def fail() -> Never:
        raise error

    return fail
