from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.host.queue import Job, Priority, Queue, Steps

ASKED, EDITED, OPENED = Priority.ASKED, Priority.EDITED, Priority.OPENED


def nothing() -> Steps:
    yield


def job(client: str, priority: Priority = OPENED) -> Job:
    return Job(client, priority, nothing)


def popped(queue: Queue) -> list[Job]:
    return [queue.pop() for _ in range(len(queue))]


def test_what_somebody_waits_for_goes_first() -> None:
    queue = Queue()
    opened, asked, edited = job("a", OPENED), job("a", ASKED), job("a", EDITED)
    for one in (opened, asked, edited):
        queue.push(one)
    assert popped(queue) == [asked, edited, opened]


def test_of_one_client_the_newest_goes_first_even_when_the_oldest_was_begun() -> None:
    queue = Queue()
    old, new = job("a"), job("a")
    queue.push(old)
    assert queue.pop() is old
    queue.push(new)
    queue.push(old)
    assert popped(queue) == [new, old]


@given(st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_clients_take_turns_however_much_each_of_them_asks_for(sizes: list[int]) -> None:
    queue = Queue()
    for client, n_jobs in enumerate(sizes):
        for _ in range(n_jobs):
            queue.push(job(str(client)))
    turns = [queue.pop().client for _ in range(len(sizes) * min(sizes))]
    assert set(Counter(turns).values()) == {min(sizes)}
    for first in range(0, len(turns), len(sizes)):
        assert len(set(turns[first : first + len(sizes)])) == len(sizes)


def test_long_work_of_one_client_does_not_delay_another_for_more_than_a_step() -> None:
    queue = Queue()
    long, short = job("a"), [job("b") for _ in range(3)]
    queue.push(long)
    for one in short:
        queue.push(one)
    order: list[str] = []
    for _ in range(6):
        next_one = queue.pop()
        order.append(str(next_one.client))
        if next_one is long:
            queue.push(long)
    assert "".join(order) in ("ababab", "bababa")


def test_cancelled_jobs_are_taken_out() -> None:
    queue = Queue()
    kept, dropped = job("a"), job("a")
    queue.push(kept)
    queue.push(dropped)
    dropped.is_cancelled = True
    assert queue.take_cancelled() == [dropped]
    assert popped(queue) == [kept]
