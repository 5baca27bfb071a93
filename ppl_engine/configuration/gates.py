"""What documents are to keep to, whatever is found in them. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gates:
    """The most that is let through; None where nothing is asked."""

    max_perplexity: float | None = None
    """Of each document."""

    max_bits_per_byte: float | None = None
    """Of each document."""

    max_findings: int | None = None
    """In all documents together."""
