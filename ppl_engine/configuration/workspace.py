"""One configuration with all the files that it names, as they were read: a value."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast

from ppl_engine.configuration.files import FileProblemError, Signature, read_text, signature
from ppl_engine.configuration.place import NAME, PYPROJECT, folders_above, user_words_path
from ppl_engine.configuration.schema import Configuration, Shown, parsed
from ppl_engine.errors import EngineError
from ppl_engine.findings.finding import Severity
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.ignoring.baseline import Baseline, parsed_baseline
from ppl_engine.ignoring.dictionary import Dictionary, entries
from ppl_engine.ignoring.rules import Rules
from ppl_engine.ignoring.terms import Terms

_NO_TERMS: Final = Terms()


@dataclass(frozen=True, slots=True)
class Workspace:
    """What holds for the documents under a root."""

    root: Path
    file: Path | None
    """Where the configuration stands; None where there is none."""

    configuration: Configuration
    user_words_path: Path
    words_path: Path | None
    """The dictionary to which words are added; None where it lies outside of the root."""

    baseline_path: Path | None
    dictionaries: tuple[Dictionary, ...]
    baseline: Baseline
    complaints: tuple[str, ...]
    """Sentences about what is wrong with the files, each with the name of its file."""

    sources: Mapping[Path, Signature] = field(compare=False)
    """All files that were looked for, as they were: while they are, this is what they say."""

    @property
    def is_current(self) -> bool:
        """Whether every file is as it was."""
        return all(signature(path) == before for path, before in self.sources.items())

    def thresholds(self, base: Thresholds) -> Thresholds:
        """Return these thresholds with those that the workspace sets in their place."""
        return replace(base, **self.configuration.thresholds)

    def relative(self, path: Path) -> str | None:
        """Return the path of a document from the root; None where it is not below."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return None

    def wants(self, path: Path) -> bool:
        """Whether a document is neither excluded nor left out of what is included."""
        name = self.relative(path)
        if name is None:
            return True
        wanted = self.configuration
        return not wanted.exclude.match(name) and (not wanted.include or wanted.include.match(name))

    def rules(self, path: Path | None, terms: Terms = _NO_TERMS) -> Rules:
        """Return what holds for one document."""
        wanted = self.configuration
        name = self.relative(path) if path else None
        shown: dict[str, Shown] = {**dict.fromkeys(wanted.ignore, "off"), **wanted.severity}
        for rule in wanted.per_path if name is not None else ():
            if rule.paths.match(name or ""):
                shown |= {**rule.severity, **dict.fromkeys(rule.ignore, "off")}
        off = frozenset(code for code, severity in shown.items() if severity == "off")
        severities = {code: one for code, one in shown.items() if one != "off"}
        return Rules(
            dictionaries=self.dictionaries,
            terms=terms,
            codes_off=off,
            severities=cast(dict[str, Severity], severities),
            accepted=self.baseline.counts(name or ""),
            is_excluded=path is not None and not self.wants(path),
        )


def find_workspace(directory: Path, fallback: Path, known: Iterable[Workspace] = ()) -> Workspace:
    """Read what holds for the documents in a folder; what can not be read is complained of.

    Files that one of the known workspaces has read are not read again while they are as they were.
    """
    reading = _Reading()
    root, file = directory, None
    table: Mapping[str, object] = {}
    for folder, path in (
        (folder, folder / name)
        for folder in folders_above(directory, fallback)
        for name in (NAME, PYPROJECT)
    ):
        root, found = folder, reading.table(path)
        if found is not None:
            file, table = path, found
            break
    for one in known:
        if (one.root, one.file) == (root, file) and one.is_current:
            return replace(one, sources={**one.sources, **reading.sources})
    return _loaded(root, file, table, reading)


def load_workspace(file: Path) -> Workspace:
    """Read a configuration that was named. Raises EngineError where it is not there."""
    reading = _Reading()
    table = reading.table(file)
    if table is None:
        section = "no table [tool.ppl] in it" if file.name == PYPROJECT else "no such file"
        raise EngineError(f"{file}: {'; '.join(reading.complaints) or section}.")
    return _loaded(file.absolute().parent, file, table, reading)


def bare_workspace(root: Path) -> Workspace:
    """Return what holds where no file is read."""
    return Workspace(
        root=root,
        file=None,
        configuration=Configuration(learn_terms=False),
        user_words_path=user_words_path(),
        words_path=None,
        baseline_path=None,
        dictionaries=(),
        baseline=Baseline(),
        complaints=(),
        sources={},
    )


def user_workspace(root: Path) -> Workspace:
    """Return what holds where nothing of the workspace does: the user's own dictionary."""
    bare, reading = bare_workspace(root), _Reading()
    return replace(
        bare,
        dictionaries=reading.dictionaries([bare.user_words_path]),
        complaints=tuple(reading.complaints),
        sources=reading.sources,
    )


def with_baseline(workspace: Workspace, path: Path) -> Workspace:
    """Return the workspace with another baseline. Raises EngineError if it can not be read."""
    reading = _Reading()
    baseline = reading.baseline(path)
    if reading.complaints:
        raise EngineError(reading.complaints[0])
    return replace(workspace, baseline=baseline, baseline_path=path)


def _loaded(
    root: Path, file: Path | None, table: Mapping[str, object], reading: "_Reading"
) -> Workspace:
    configuration, complaints = parsed(table)
    reading.complaints += [f"{file}: {complaint}" for complaint in complaints]
    paths = [reading.inside(root, file, name) for name in configuration.dictionaries]
    user_words = user_words_path()
    baseline_path = reading.inside(root, file, configuration.baseline)
    listed = Dictionary.of(configuration.words)
    return Workspace(
        root=root,
        file=file,
        configuration=configuration,
        user_words_path=user_words,
        words_path=paths[0] if paths else None,
        baseline_path=baseline_path,
        dictionaries=(listed, *reading.dictionaries([user_words, *filter(None, paths)])),
        baseline=reading.baseline(baseline_path) if baseline_path else Baseline(),
        complaints=tuple(reading.complaints),
        sources=reading.sources,
    )


class _Reading:
    """Reads files and remembers which, and what is wrong with them."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.sources: dict[Path, Signature] = {}

    def table(self, path: Path) -> Mapping[str, object] | None:
        """Return what a file says to us; None where it says nothing."""
        content = self._text(path)
        if content is None or (path.name == PYPROJECT and "ppl" not in content):
            return None
        try:
            table: Mapping[str, object] = tomllib.loads(content)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            # A pyproject.toml is for its own tools to complain of.
            if path.name != PYPROJECT:
                self.complaints.append(f"{path}: this is no TOML: {error}.")
            return None if path.name == PYPROJECT else {}
        if path.name != PYPROJECT:
            return table
        tools = table.get("tool")
        section = cast(dict[str, object], tools).get("ppl") if isinstance(tools, dict) else None
        return cast(dict[str, object], section) if isinstance(section, dict) else None

    def inside(self, root: Path, file: Path | None, name: str) -> Path | None:
        """Return a path that a configuration names, if it is one below the root."""
        path = root / name
        try:
            is_inside = path.resolve().is_relative_to(root.resolve())
        except (OSError, RuntimeError, ValueError):
            is_inside = False
        if is_inside:
            return path
        self.complaints.append(f"{file or root}: {name} is not below {root}, so it is not used.")
        return None

    def dictionaries(self, paths: Iterable[Path]) -> tuple[Dictionary, ...]:
        """Return the dictionaries in files, one for each that is there."""
        contents = [self._text(path) for path in paths]
        return tuple(Dictionary.of(entries(one)) for one in contents if one)

    def baseline(self, path: Path) -> Baseline:
        """Return the baseline in a file; an empty one where there is none."""
        content = self._text(path)
        if content is None:
            return Baseline()
        try:
            return parsed_baseline(content)
        except ValueError as error:
            self.complaints.append(f"{path}: this is no list of accepted findings: {error}.")
            return Baseline()

    def _text(self, path: Path) -> str | None:
        self.sources[path] = signature(path)
        try:
            return read_text(path)
        except FileProblemError as error:
            self.complaints.append(f"{path}: {error}.")
            return None
