"""Patterns of paths as in `.gitignore`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pathspec import GitIgnoreSpec

_MOST_STARS: Final = 4
"""In one name of a path: each is tried at each place, and a workspace writes the patterns."""


@dataclass(frozen=True, slots=True)
class Globs:
    """A list of patterns; the last that matches a path decides."""

    patterns: tuple[str, ...]
    _spec: GitIgnoreSpec = field(repr=False, compare=False)

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "Globs":
        """Compile patterns. Raises ValueError that says what is wrong with one."""
        lines = tuple(patterns)
        for line in lines:
            if any(name.replace("**", "*").count("*") > _MOST_STARS for name in line.split("/")):
                raise ValueError(f"more than {_MOST_STARS} stars in one name of {line!r}")
        return cls(lines, GitIgnoreSpec.from_lines(lines))

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def match(self, path: str) -> bool:
        """Whether a path from the root, with `/`, is meant."""
        return self._spec.match_file(path)
