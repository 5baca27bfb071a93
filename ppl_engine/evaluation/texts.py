"""What is evaluated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvaluatedText:
    """A text with its place, and what stands before it as context alone."""

    name: str
    text: str
    prompt: str = ""
