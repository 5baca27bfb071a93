"""The words that a project has made its own: learnt from where it uses them, not from a list.

A word counts as *named* where it is a part of an identifier, stands in a heading, between
backticks, or is defined. A slip that was made twice is neither named nor all over the place.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ppl_engine.text.languages import PROGRAMS, known_language

_LEAST_FILES_NAMED: Final = 2
_LEAST_NAMED: Final = 3
_LEAST_FILES: Final = 4
_LEAST_USES: Final = 8
_LEAST_USES_WITH_NAME: Final = 5

# Letters alone: what holds digits is never doubted. Every repetition is bounded.
_WORD: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,40}(?![^\W\d_])")
_PART: Final = re.compile(r"[A-Z]{2,40}(?![a-z])|[A-Z]?[a-z]{2,40}|[^\W\d_A-Za-z]{3,40}")
_COMPOUND: Final = re.compile(
    r"(?<!\w)(?:[A-Za-z]\w{0,80}_\w{1,80}|[a-z]{2,40}[A-Z]\w{1,80}|[A-Z][a-z]{1,40}[A-Z]\w{1,80})"
    r"|(?<!\w)[A-Za-z]\w{2,80}(?=\(|\.\w|\[|[ ]?=[ ]|::|->)|(?<=\.)[A-Za-z]\w{2,80}"
)
_LINE: Final = re.compile(r"[^\r\n]{1,2000}")
_UNDERLINE: Final = re.compile(r"[=~\"'^*+#-]{3,200}[ \t]{0,9}\Z")
_HEADING: Final = re.compile(r"[ \t]{0,3}(?:#{1,6}|={1,6})[ \t]")
_SECTION: Final = re.compile(r"\\(?:(?:sub){0,2}section|chapter|newglossaryentry|newacronym)\b")
_CODE: Final = re.compile(r"`{1,2}[^`\r\n]{1,200}`")
_DEFINITION: Final = re.compile(
    r"[ \t]{0,8}(?:[-*][ \t]{1,3})?\*\*([^*\r\n]{1,80})\*\*|[ \t]{0,3}\|([^|\r\n]{1,80})\|"
    r"|[ \t]{0,8}([^:\r\n]{1,60})::(?:\s|\Z)"
)
_FENCE: Final = re.compile(r"[ \t>]{0,12}(?:```|~~~|----\Z)")


@dataclass(frozen=True, slots=True)
class Sightings:
    """How often words, case-folded, occur in one file."""

    named: Mapping[str, int]
    used: Mapping[str, int]
    """All occurrences, the named ones included."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was learnt from all files of a project; case-folded."""

    named: frozenset[str] = frozenset()
    """Known from where they are named."""

    used: frozenset[str] = frozenset()
    """Known from being all over the place, as an ordinary word may be too."""

    def excuse_surprise(self, word: str) -> bool:
        """Whether a word that surprises is one of the project's own."""
        folded = _folded(word)
        return folded in self.named or folded in self.used

    def excuse_mistake(self, word: str, instead: Sequence[str]) -> bool:
        """Whether a word is a name of the project's, and none of what could stand there is.

        Where a project has names for both, a slip may well be one for the other.
        """
        return _folded(word) in self.named and not any(map(self.excuse_surprise, instead))


def sightings(text: str, language: str) -> Sightings:
    """Count the words of a document or a program."""
    is_program = known_language(language) in PROGRAMS
    named = Counter(_parts(_COMPOUND, text))
    if not is_program:
        named.update(_named_in_document(text))
    used = Counter(match[0].casefold() for match in _WORD.finditer(text))
    # Parts of identifiers are no words of their own to the pattern.
    return Sightings(named, used | named)


def learnt(files: Iterable[Sightings], ordinary: frozenset[str]) -> Terms:
    """Return the terms that files have in common; what everybody says, `ordinary`, is none."""
    named, used = Counter[str](), Counter[str]()
    n_files_named, n_files = Counter[str](), Counter[str]()
    for file in files:
        named.update(file.named)
        used.update(file.used)
        n_files_named.update(file.named.keys())
        n_files.update(file.used.keys())
    terms = [word for word in used if word not in ordinary]
    is_named = {
        word: named[word] >= _LEAST_NAMED
        and (n_files_named[word] >= _LEAST_FILES_NAMED or used[word] >= _LEAST_USES_WITH_NAME)
        for word in terms
    }
    return Terms(
        named=frozenset(word for word in terms if is_named[word]),
        used=frozenset(
            word
            for word in terms
            if not is_named[word] and n_files[word] >= _LEAST_FILES and used[word] >= _LEAST_USES
        ),
    )


def _named_in_document(text: str) -> Iterator[str]:
    is_code, before = False, ""
    for match in _LINE.finditer(text):
        line = match[0]
        if _FENCE.match(line):
            is_code = not is_code
        elif is_code:
            pass  # its identifiers are counted with those of the whole text
        elif _HEADING.match(line) or _SECTION.match(line):
            yield from _parts(_WORD, line)
        elif _UNDERLINE.match(line):
            yield from _parts(_WORD, before)
        else:
            for code in _CODE.finditer(line):
                yield from _parts(_WORD, code[0])
            if found := _DEFINITION.match(line):
                yield from _parts(_WORD, next(filter(None, found.groups()), ""))
        before = line


def _parts(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the words that what the pattern finds is made of."""
    for match in pattern.finditer(text):
        yield from (part[0].casefold() for part in _PART.finditer(match[0]) if len(part[0]) > 2)  # noqa: PLR2004 - letters


def _folded(word: str) -> str:
    return word.replace("’", "'").removesuffix("'s").casefold()
