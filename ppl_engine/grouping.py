"""A stream in groups that are worked on together, on one machine or on many."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def in_groups(
    items: Iterable[T],
    n_characters: Callable[[T], int],
    *,
    max_items: int = 4096,
    max_characters: int = 512 * 1024,
) -> Iterator[list[T]]:
    """Yield items in groups, each ended by the item that reaches a bound.

    The groups depend on the items alone: begun again after a whole group, they are the same.
    """
    group: list[T] = []
    n_so_far = 0
    for item in items:
        group.append(item)
        n_so_far += n_characters(item)
        if max_items <= len(group) or max_characters <= n_so_far:
            yield group
            group, n_so_far = [], 0
    if group:
        yield group
