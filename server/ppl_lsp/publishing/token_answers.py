"""The semantic tokens that a client has of each document, for the difference to the next ones."""

import itertools
from dataclasses import dataclass

Token = tuple[int, int, int, int, int]
"""Lines and characters since the token before, length, type, modifiers: as on the wire."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a client has of a document."""

    result_id: str
    tokens: tuple[Token, ...]


class TokenAnswers:
    """Remembers what was answered last."""

    def __init__(self) -> None:
        self._given: dict[str, Given] = {}
        self._numbers = itertools.count(1)

    def give(self, uri: str, tokens: tuple[Token, ...]) -> Given:
        """Take down an answer under an id that no other has."""
        given = self._given[uri] = Given(str(next(self._numbers)), tokens)
        return given

    def known(self, uri: str, result_id: str) -> Given | None:
        """Return an answer that the client has; None if it is not the last one."""
        given = self._given.get(uri)
        return given if given and given.result_id == result_id else None

    def forget(self, uri: str) -> None:
        """Hear that a document is closed."""
        self._given.pop(uri, None)
