"""Adding to the files of a configuration; comments and order of what is there stay.

A dictionary or a baseline is read anew before it is written: somebody may have changed it.
"""

import re
from collections.abc import Callable, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

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
    _change(path, partial(_add, key="ignore", value=code))


def ignore_code_in_files(path: Path, code: str, pattern: str) -> None:
    """Ignore a kind of findings in some files of a workspace. Raises FileProblemError."""
    _change(path, partial(_add_for_paths, code=code, pattern=pattern))


def exclude(path: Path, document: str) -> None:
    """Exclude a document, a path from the root with `/`. Raises FileProblemError."""
    # Else a name would be meant in every folder, and some characters have a meaning.
    pattern = "/" + re.sub(r"[\\*?\[\]!#]|(?<= )\Z|^ | $", r"\\\g<0>", document)
    _change(path, partial(_add, key="exclude", value=pattern))


def with_ignored(content: str, code: str, *, is_pyproject: bool) -> str:
    """Return the text of a configuration that ignores one more kind of findings."""
    return _changed(content, partial(_add, key="ignore", value=code), is_pyproject=is_pyproject)


Table: TypeAlias = MutableMapping[str, Any]


def _change(path: Path, change: Callable[[Table], None]) -> None:
    try:
        changed = _changed(_content(path), change, is_pyproject=path.name == PYPROJECT)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise FileProblemError(f"{path}: can not be changed: {error}.") from error
    write_text(path, changed)


def _changed(content: str, change: Callable[[Table], None], *, is_pyproject: bool) -> str:
    document: Any = tomlkit.parse(content)
    table: Table = document
    if is_pyproject:
        table = document.setdefault("tool", tomlkit.table(is_super_table=True))
        table = table.setdefault("ppl", tomlkit.table())
    change(table)
    return tomlkit.dumps(document)


def _add(table: Table, *, key: str, value: str) -> None:
    values: Any = table.get(key)
    if values is None:
        values = tomlkit.array()
        table[key] = values
    if value not in values:
        values.append(value)


def _add_for_paths(table: Table, *, code: str, pattern: str) -> None:
    """Add a code to the rule that is for these paths alone; the last one, which goes before."""
    rules: Any = table.get("per-path")
    if rules is None:
        rules = tomlkit.aot()
        table["per-path"] = rules
    same = [rule for rule in rules if list(rule.get("paths", ())) == [pattern]]
    if not same:
        rule: Any = tomlkit.table()
        rule["paths"] = [pattern]
        rules.append(rule)
        same = [rule]
    _add(same[-1], key="ignore", value=code)


def _content(path: Path) -> str:
    try:
        return read_text(path) or ""
    except FileProblemError as error:
        raise FileProblemError(f"{path}: {error}.") from error
