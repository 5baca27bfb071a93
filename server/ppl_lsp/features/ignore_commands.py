"""The commands behind code actions that change a dictionary, a baseline or a configuration."""

import logging
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from ppl_engine.errors import EngineError
from ppl_lsp.features.diagnostics import finding_id
from ppl_lsp.session import Session
from ppl_lsp.workspace.guidance import path_of

logger = logging.getLogger(__name__)

IGNORE_WORD: Final = "ppl.ignoreWord"
IGNORE_OCCURRENCE: Final = "ppl.ignoreOccurrence"
IGNORE_CODE: Final = "ppl.ignoreRule"
IGNORE_CODE_IN_FILES: Final = "ppl.ignoreRuleInFiles"
EXCLUDE_FILE: Final = "ppl.excludeFile"


async def ignore_word(session: Session, uri: str, word: str, where: str) -> None:
    """Add a word to the dictionary of the workspace of a document, or to the user's."""
    workspace = session.guidance.workspace(uri)
    if workspace is None or not word.strip():
        return
    path = workspace.user_words_path if where == "user" else workspace.words_path
    if path is not None:
        await _change(session, path, partial(_add_word, path, word.strip()))


async def ignore_occurrence(session: Session, uri: str, name: str) -> None:
    """Accept one finding as it is; the name of one of an older version names nothing."""
    workspace, document = session.guidance.workspace(uri), path_of(uri)
    shown = session.showing.shown(session.documents.get(uri))
    if workspace is None or shown is None or document is None:
        return
    snapshot, sifted = shown
    where, relative = workspace.baseline_path, workspace.relative(document)
    named = {finding_id(snapshot, one): one for one in sifted.findings}
    if where is None or relative is None or name not in named:
        logger.info("There is no finding %s of %s any more", name, uri)
        return

    def accept() -> None:
        from ppl_engine.configuration import editing  # noqa: PLC0415 - imports numpy

        editing.accept(where, relative, named[name], snapshot.text)

    await _change(session, where, accept)


async def ignore_code(session: Session, uri: str, code: str) -> None:
    """Switch off a kind of findings in the workspace of a document."""
    path = _configuration(session, uri)
    if path is not None and _is_code(code):
        await _change(session, path, partial(_ignore_code, path, code))


async def ignore_code_in_files(session: Session, uri: str, code: str, pattern: str) -> None:
    """Switch off a kind of findings in files whose paths match a pattern."""
    path = _configuration(session, uri)
    if path is not None and _is_code(code) and pattern.strip():
        await _change(session, path, partial(_ignore_code_in_files, path, code, pattern))


async def exclude_file(session: Session, uri: str) -> None:
    """Add a document to what is excluded in the configuration of its workspace."""
    path, document = _configuration(session, uri), path_of(uri)
    workspace = session.guidance.workspace(uri)
    relative = workspace.relative(document) if workspace and document else None
    if path is not None and relative is not None:
        await _change(session, path, partial(_exclude, path, relative))


Command: TypeAlias = Callable[..., Coroutine[Any, Any, None]]
"""Takes the session and strings."""

COMMANDS: Final[dict[str, Command]] = {
    IGNORE_WORD: ignore_word,
    IGNORE_OCCURRENCE: ignore_occurrence,
    IGNORE_CODE: ignore_code,
    IGNORE_CODE_IN_FILES: ignore_code_in_files,
    EXCLUDE_FILE: exclude_file,
}


async def _change(session: Session, path: Path, job: Callable[[], None]) -> None:
    try:
        await session.guidance.change(job)
    except EngineError as error:
        session.report(str(path), error)


def _configuration(session: Session, uri: str) -> Path | None:
    """Return the file to write into; None where there is no workspace that may be changed."""
    from ppl_engine.configuration.place import NAME  # noqa: PLC0415

    workspace = session.guidance.workspace(uri)
    if workspace is None or workspace.words_path is None:
        return None
    return workspace.file or workspace.root / NAME


def _is_code(code: str) -> bool:
    from ppl_engine.findings.codes import CODES  # noqa: PLC0415

    return code in CODES


def _add_word(path: Path, word: str) -> None:
    from ppl_engine.configuration.editing import add_word  # noqa: PLC0415 - imports numpy

    add_word(path, word)


def _ignore_code(path: Path, code: str) -> None:
    from ppl_engine.configuration.editing import ignore_code as ignore  # noqa: PLC0415

    ignore(path, code)


def _ignore_code_in_files(path: Path, code: str, pattern: str) -> None:
    from ppl_engine.configuration.editing import ignore_code_in_files as ignore  # noqa: PLC0415

    ignore(path, code, pattern)


def _exclude(path: Path, relative: str) -> None:
    from ppl_engine.configuration.editing import exclude  # noqa: PLC0415

    exclude(path, relative)
