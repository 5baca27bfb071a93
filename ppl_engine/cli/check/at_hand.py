"""The sources of documents: what the command line names, and what configurations map to them."""

import argparse
import os
from pathlib import Path

from ppl_engine.cli.guidance import Guidance
from ppl_engine.cli.sources import STDIN, Journal, read_sources
from ppl_engine.configuration.sources import MappedSources
from ppl_engine.grounding.source import Source
from ppl_engine.text.languages import DOCUMENT_SUFFIXES, UNKNOWN, language_of_name


class SourcesAtHand:
    """Reads each source once; what is wrong with one is reported once."""

    def __init__(self, arguments: argparse.Namespace, journal: Journal, guidance: Guidance) -> None:
        self._journal = journal
        self._guidance = guidance
        self._mapped = MappedSources()
        self._reported: set[str] = set()
        self._named = read_contexts(arguments.context, journal)

    def of(self, path: str) -> tuple[Source, ...]:
        """Return what is at hand for a document."""
        if path == STDIN:
            return self._named
        document = Path(os.path.abspath(path))  # noqa: PTH100 - without following links
        mapped, complaints = self._mapped.of(document, self._guidance.workspace(path))
        for complaint in complaints:
            if complaint not in self._reported:
                self._reported.add(complaint)
                self._journal.fail(complaint)
        return (*self._named, *mapped)


class _Programs:
    """Chooses, beside documents, programs in any language that is known."""

    def chooses(self, path: str, *, has_suffix: bool) -> bool:
        return has_suffix or language_of_name(Path(path).name) != UNKNOWN

    def is_excluded(self, path: str) -> bool:
        del path
        return False


def read_contexts(paths: list[str], journal: Journal) -> tuple[Source, ...]:
    """Read files, and the documents and programs in directories, as sources."""
    found = read_sources(paths, DOCUMENT_SUFFIXES, journal, _Programs())
    return tuple(Source(one.path, one.text) for one in found)
