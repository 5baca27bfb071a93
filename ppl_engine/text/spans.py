"""Half-open stretches of a text, in code points."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The code points `[start, end)` of a text, as `text[start:end]` cuts them."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, offset: int) -> bool:
        return self.start <= offset < self.end

    def of(self, text: str) -> str:
        """Return the characters of `text` under this span."""
        return text[self.start : self.end]

    def moved(self, shift: int) -> "Span":
        """Return a span of the same length that begins `shift` code points later."""
        return Span(self.start + shift, self.end + shift)
