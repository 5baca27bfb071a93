"""A report on a document, and what of them a client says it has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final
from urllib.parse import unquote

from lsprotocol import types

_DRIVE: Final = re.compile(r"(?<=^file:///)[A-Z](?=:)")


@dataclass(frozen=True, slots=True)
class Report:
    """All diagnostics of a document."""

    uri: str
    version: int | None
    """None of a document that nobody has open."""

    items: tuple[types.Diagnostic, ...]
    result_id: str
    """The same for the same diagnostics, whatever the version."""


class Had:
    """Which reports on what is not open a client has, by their result ids."""

    def __init__(self, previous: Iterable[types.PreviousResultId]) -> None:
        self._values = {document_key(one.uri): one for one in previous}

    def has(self, report: Report) -> bool:
        """Whether the client has these diagnostics."""
        had = self._values.get(document_key(report.uri))
        return had is not None and had.value == report.result_id

    def add(self, report: Report) -> None:
        """Hear that the client was given a report."""
        self._values[document_key(report.uri)] = types.PreviousResultId(
            report.uri, report.result_id
        )

    def uris(self) -> list[str]:
        """Return the documents of which the client has a report."""
        return [one.uri for one in self._values.values()]


def report_of(
    uri: str, version: int | None, items: tuple[types.Diagnostic, ...], n_closed: int = 0
) -> Report:
    """Make a report.

    The result id of what is not open tells, too, how often it was: closing a document makes some
    clients forget what they knew of its file.
    """
    digest = blake2b(digest_size=12)
    for item in items:
        start, end = item.range.start, item.range.end
        content = (
            *(start.line, start.character, end.line, end.character),
            *(item.severity, item.code, item.message),  # not its name, which tells the version
        )
        digest.update(repr(content).encode("utf-8", "surrogatepass"))
    result_id = digest.hexdigest() + (f"-{n_closed}" if n_closed else "")
    return Report(uri, version, items, result_id)


def document_key(uri: str) -> str:
    """Return what is the same for all spellings of a URI."""
    return _DRIVE.sub(lambda drive: drive[0].lower(), unquote(uri))
