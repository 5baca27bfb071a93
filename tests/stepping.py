"""Running a generator of steps to its end."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def finished(steps: Generator[object, None, T]) -> T:
    """Run all steps and return what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
