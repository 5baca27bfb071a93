"""Adding to the files of a configuration; comments and order of what is there stay.

A dictionary or a baseline is read anew before it is written: somebody may have changed it.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from ppl_engine.configuration.files import FileProblemError, read_text, write_text
from ppl_engine.configuration.place import PYPROJECT
from ppl_engine.findings.finding import Finding
from ppl_engine.ignoring.baseline import Baseline, parsed_baseline, written_baseline
from ppl_engine.ignoring.dictionary import with_entry


def add_word(path: Path, word: str) -> None:
    """Add a word to a dictionary. Raises FileProblemError."""
    write_text(path, with_entry(_content(path), word))


def accept(path: Path, document: str, finding: Finding, text: str) -> None:
    """Add a finding to a baseline. Raises FileProblemError, also where it is none."""
    content = _content(path)
    try:
        baseline = parsed_baseline(content) if content.strip() else Baseline()
    except ValueError as error:
        raise FileProblemError(f"{path}: this is no list of accepted findings: {error}.") from error
    write_text(path, written_baseline(baseline.accepting(document, finding, text)))


def ignore_code(path: Path, code: str) -> None:
    """Add a kind of findings to those that a workspace ignores. Raises FileProblemError."""
    try:
        changed = with_ignored(_content(path), code, is_pyproject=path.name == PYPROJECT)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise FileProblemError(f"{path}: can not be changed: {error}.") from error
    write_text(path, changed)


def with_ignored(content: str, code: str, *, is_pyproject: bool) -> str:
    """Return the text of a configuration that ignores one more kind of findings."""
    document: Any = tomlkit.parse(content)
    table: MutableMapping[str, Any] = document
    if is_pyproject:
        table = document.setdefault("tool", tomlkit.table(is_super_table=True))
        table = table.setdefault("ppl", tomlkit.table())
    ignored: Any = table.get("ignore")
    if ignored is None:
        ignored = tomlkit.array()
        table["ignore"] = ignored
    if code not in ignored:
        ignored.append(code)
    return tomlkit.dumps(document)


def _content(path: Path) -> str:
    try:
        return read_text(path) or ""
    except FileProblemError as error:
        raise FileProblemError(f"{path}: {error}.") from error
