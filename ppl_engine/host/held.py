"""The analyses that were sent last, so that words can be explained without sending them back."""

import dataclasses
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis


_ITEM_BYTES: Final = 100
"""Of something small in a collection, about."""


class HeldAnalyses:
    """One analysis of each document of each client, within a bound of bytes.

    The event loop writes, the engine's thread reads; each does so in single operations.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: OrderedDict[tuple[Hashable, str], tuple[int, Analysis, int]] = OrderedDict()

    @property
    def n_bytes(self) -> int:
        """Memory taken by what is held."""
        return sum(n_bytes for _, _, n_bytes in self._held.values())

    def newest(self, client: Hashable, document: str) -> "Analysis | None":
        """Return the last analysis of a document."""
        found = self._held.get((client, document))
        return found[1] if found else None

    def get(self, client: Hashable, document: str, number: int) -> "Analysis | None":
        """Return the analysis that answered a request, if it is the last of its document."""
        found = self._held.get((client, document))
        return found[1] if found and found[0] == number else None

    def put(self, client: Hashable, document: str, number: int, analysis: "Analysis") -> None:
        """Hold an analysis instead of the one before it; the bound is kept but for the newest."""
        self._held.pop((client, document), None)
        self._held[client, document] = number, analysis, size_of(analysis)
        while self._max_bytes < self.n_bytes and len(self._held) > 1:
            self._held.popitem(last=False)

    def drop(self, client: Hashable, document: str) -> None:
        """Let go of a document."""
        self._held.pop((client, document), None)

    def drop_client(self, client: Hashable) -> None:
        """Let go of all documents of a client."""
        for key in [key for key in self._held if key[0] is client]:
            del self._held[key]

    def clear(self) -> None:
        """Let go of everything."""
        self._held.clear()


def size_of(value: Any) -> int:
    """Return about how many bytes of text and arrays a value holds."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return sum(size_of(getattr(value, field.name)) for field in fields)
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, tuple | list | dict | set | frozenset):
        return _ITEM_BYTES * len(cast("tuple[Any, ...]", value))
    return getattr(value, "nbytes", 0)
