"""Checking again what is not as it was."""

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ppl_engine.cli.check.at_hand import SourcesAtHand
from ppl_engine.cli.check.checked import Checked
from ppl_engine.cli.check.checking import Checking
from ppl_engine.cli.check.scope import changes_of
from ppl_engine.cli.guidance import Guidance
from ppl_engine.cli.session import Session
from ppl_engine.cli.sources import find_files, read_sources
from ppl_engine.configuration.files import Signature, signature
from ppl_engine.errors import EngineError
from ppl_engine.text.languages import DOCUMENT_SUFFIXES
from ppl_engine.walking.walk import Walker


@dataclass(frozen=True, slots=True)
class Round:
    """What a look at all documents came to."""

    documents: tuple[Checked, ...]
    changed: tuple[Checked, ...]
    """Those of them that were checked anew."""

    gone: tuple[str, ...]
    folders: frozenset[str]
    """Where a change would matter."""


@dataclass(frozen=True, slots=True)
class _Known:
    signature: Signature
    checked: Checked | None


class Rounds:
    """Remembers what was said of documents as long as they and their configuration stay."""

    def __init__(self, session: Session, arguments: argparse.Namespace) -> None:
        self._session = session
        self._arguments = arguments
        self._known: dict[str, _Known] = {}
        self._configuration: dict[Path, Signature] = {}
        self._folders: frozenset[str] = frozenset()

    def next(self) -> Round:
        """Look at all documents, and check those that are new or changed.

        Raises EngineError if there is no model. What is wrong with files is reported.
        """
        before = self._known
        if any(signature(path) != was for path, was in self._configuration.items()):
            before = {}
        walker = Walker(self._session, respects_gitignore=not self._arguments.no_respect_gitignore)
        try:
            guidance = Guidance(self._arguments, self._session)
        except EngineError as error:  # somebody is about to write it anew
            self._session.fail(str(error))
            return Round((), (), (), self._folders | self._places_of_options())
        checking = Checking(
            self._session,
            self._arguments,
            guidance,
            changes_of(self._arguments),
            at_hand=SourcesAtHand(self._arguments, self._session, guidance),
        )
        known, changed = dict[str, _Known](), list[Checked]()
        for path in find_files(
            self._arguments.paths, DOCUMENT_SUFFIXES, self._session, guidance, walker=walker
        ):
            found = signature(Path(path))
            if path in before and before[path].signature == found and found is not None:
                known[path] = before[path]
                continue
            checked = self._checked(path, checking, guidance)
            known[path] = _Known(found, checked)
            changed += [checked] if checked else []
        gone = tuple(path for path in self._known if path not in known)
        self._known = known
        self._configuration = {
            file: was for path in known for file, was in guidance.workspace(path).sources.items()
        }
        self._folders = self._around(walker.directories, known)
        documents = tuple(one.checked for one in known.values() if one.checked is not None)
        return Round(documents, tuple(changed), gone, self._folders)

    def _checked(self, path: str, checking: Checking, guidance: Guidance) -> Checked | None:
        for source in read_sources([path], DOCUMENT_SUFFIXES, self._session, guidance):
            return checking.checked(source)
        return None

    def _around(self, walked: Iterable[str], documents: Iterable[str]) -> frozenset[str]:
        """Return the folders of all that was read: an editor may put a new file in its place."""
        folders = {os.path.abspath(one) for one in walked}  # noqa: PTH100 - links stay links
        folders |= {os.path.dirname(os.path.abspath(one)) for one in documents}  # noqa: PTH100, PTH120
        folders |= {str(path.parent) for path in self._configuration}
        folders |= self._places_of_options()
        return frozenset(one for one in folders if os.path.isdir(one))  # noqa: PTH112

    def _places_of_options(self) -> frozenset[str]:
        named = (self._arguments.config, self._arguments.baseline, *self._arguments.paths)
        places = {os.path.dirname(os.path.abspath(one)) for one in named if one}  # noqa: PTH100, PTH120
        return frozenset(one for one in places if os.path.isdir(one))  # noqa: PTH112
