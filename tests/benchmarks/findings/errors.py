"""What was planted: errors with their places, and the damaged texts they are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

KINDS: Final = (
    "typo",
    "real-word",
    "dropped-word",
    "doubled-word",
    "swapped-words",
    "agreement",
    "article",
    "preposition",
    "number",
    "garbled",
    "loop",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An error that could be made in a clean text."""

    variety: str
    """What sort of its kind it is."""

    start: int
    """Offset in the clean text."""

    original: str
    damaged: str
    """What stands there instead. Both include the neighbours of a word that is dropped."""

    made: str = ""
    """A word that must not exist; empty where there is no such condition."""

    @property
    def end(self) -> int:
        """Where the original ends in the clean text."""
        return self.start + len(self.original)


@dataclass(frozen=True, slots=True)
class Error:
    """An error in a damaged text."""

    kind: str
    variety: str
    start: int
    """Offset in the damaged text."""

    original: str
    damaged: str

    @property
    def end(self) -> int:
        """Where the damage ends in the damaged text."""
        return self.start + len(self.damaged)

    @property
    def shift(self) -> int:
        """How much longer the error makes the text."""
        return len(self.damaged) - len(self.original)

    @property
    def core(self) -> tuple[int, int]:
        """The part of the damaged text that is not as it was; empty where something is missing."""
        n_least = min(len(self.original), len(self.damaged))
        pairs = list(zip(self.original, self.damaged, strict=False))
        n_before = next((i for i, (a, b) in enumerate(pairs) if a != b), n_least)
        pairs = list(zip(self.original[::-1], self.damaged[::-1], strict=False))
        n_after = next((i for i, (a, b) in enumerate(pairs) if a != b), n_least)
        return self.start + n_before, self.end - min(n_after, n_least - n_before)


@dataclass(frozen=True, slots=True)
class Copy:
    """A damaged copy of a text."""

    text: str
    errors: tuple[Error, ...]
    """Ascending, with nothing of one in another."""

    def clean_offset(self, offset: int) -> int:
        """Return where in the clean text stands what is here, outside of all cores."""
        return offset - sum(error.shift for error in self.errors if error.core[1] <= offset)

    def restored(self) -> str:
        """Return the text with all errors taken back."""
        text = self.text
        for error in reversed(self.errors):
            text = text[: error.start] + error.original + text[error.end :]
        return text


def damaged(text: str, kind: str, proposals: Sequence[Proposal]) -> Copy:
    """Make these errors in a text; they must not touch each other."""
    parts: list[str] = []
    errors: list[Error] = []
    end = 0
    for proposal in sorted(proposals, key=lambda proposal: proposal.start):
        if text[proposal.start : proposal.end] != proposal.original or proposal.start < end:
            raise ValueError(f"this does not stand there: {proposal}")
        parts.append(text[end : proposal.start])
        start = sum(map(len, parts))
        errors.append(Error(kind, proposal.variety, start, proposal.original, proposal.damaged))
        parts.append(proposal.damaged)
        end = proposal.end
    return Copy("".join([*parts, text[end:]]), tuple(errors))
