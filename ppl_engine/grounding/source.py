"""What a text was made from, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a text was made from."""

    name: str
    text: str
