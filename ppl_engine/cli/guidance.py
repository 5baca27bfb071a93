"""What the configurations of the documents of one run say, and the baseline that it keeps."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.check.selection import Selection
from ppl_engine.cli.sources import STDIN, Journal
from ppl_engine.configuration.files import FileProblemError, write_text
from ppl_engine.configuration.gates import Gates
from ppl_engine.configuration.place import is_repository
from ppl_engine.configuration.scanning import TermScan
from ppl_engine.configuration.workspace import (
    Workspace,
    bare_workspace,
    load_workspace,
    with_baseline,
)
from ppl_engine.configuration.workspaces import Workspaces
from ppl_engine.findings.codes import WORD_CODES
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.ignoring.baseline import Accepted, Baseline, accepted, written_baseline
from ppl_engine.ignoring.rules import Rules, Sifted, sift
from ppl_engine.ignoring.terms import Terms
from ppl_engine.store.place import cache_place

if TYPE_CHECKING:
    from ppl_engine.findings.finding import Finding

_KEEPING: Final = ("update_baseline", "prune_baseline")


@dataclass(slots=True)
class _Kept:
    """A baseline as it is to be written."""

    root: Path
    baseline: Baseline


class Guidance:
    """Remembers workspaces, and what is accepted in each document. Raises EngineError at once.

    What is wrong with a file that was found is reported where a document is first asked about.
    """

    def __init__(self, arguments: argparse.Namespace, journal: Journal) -> None:
        self._arguments = arguments
        self._journal = journal
        self._selection = Selection.of(arguments)
        self._workspaces = Workspaces()
        self._directory = Path.cwd()
        self._only: Workspace | None = None
        if arguments.config:
            self._only = load_workspace(Path(arguments.config).absolute())
        elif arguments.no_config:
            self._only = bare_workspace(self._directory)
        self._reported: set[str] = set()
        self._baselines: dict[Path, Baseline] = {}
        self._terms: dict[Path, Terms] = {}
        self._kept: dict[Path, _Kept] = {}

    def chooses(self, path: str, *, has_suffix: bool) -> bool:
        """Whether a file that was found in a directory is to be checked."""
        workspace = self.workspace(path)
        is_named = has_suffix or bool(workspace.configuration.include)
        return is_named and workspace.wants(_absolute(path))

    def is_excluded(self, path: str) -> bool:
        """Whether a file is not to be checked though it was named."""
        if not self._arguments.force_exclude:
            return False
        return path != STDIN and not self.workspace(path).wants(_absolute(path))

    def thresholds(self, path: str) -> Thresholds:
        """Return the thresholds for a document: options, else its workspace's, else defaults."""
        given = {slot.name: getattr(self._arguments, slot.name) for slot in fields(Thresholds)}
        stated = {name: value for name, value in given.items() if value is not None}
        return replace(self.workspace(path).thresholds(Thresholds()), **stated)

    def gates(self, path: str) -> Gates:
        """Return what a document is to keep to: options, else what its workspace says."""
        given = {slot.name: getattr(self._arguments, slot.name) for slot in fields(Gates)}
        stated = {name: value for name, value in given.items() if value is not None}
        return replace(self.workspace(path).configuration.gates, **stated)

    def sift(self, path: str, text: str, language: str, findings: "Sequence[Finding]") -> Sifted:
        """Return what is to be shown of a document; its place in the baseline is remembered."""
        workspace = self.workspace(path)
        # What is checked was chosen: by a person, if it is not by the configuration.
        rules = replace(self._rules(workspace, path), is_excluded=False)
        sifted = self._sifted(workspace, rules, text, language, findings)
        if path == STDIN or not any(getattr(self._arguments, one) for one in _KEEPING):
            return sifted
        everything = replace(rules, accepted={})
        found = self._sifted(workspace, everything, text, language, findings).findings
        self._keep(workspace, path, accepted(found, text), rules)
        if not self._arguments.update_baseline:
            return sifted
        return replace(sifted, findings=(), n_ignored=len(findings))

    def write_baselines(self) -> None:
        """Write the baselines that this run is to keep."""
        for path, kept in self._kept.items():
            gone = [name for name in kept.baseline.files if not (kept.root / name).exists()]
            baseline = kept.baseline
            for name in gone:
                baseline = baseline.having(name, ())
            try:
                write_text(path, written_baseline(baseline))
            except FileProblemError as error:
                self._journal.fail(str(error))

    def workspace(self, path: str) -> Workspace:
        """Return what holds for a document; what is wrong with its files is reported once."""
        if self._only is not None:
            found = self._only
        else:
            document = self._directory / "-" if path == STDIN else _absolute(path)
            found = self._workspaces.of(document, self._directory)
        for complaint in found.complaints:
            if complaint not in self._reported:
                self._reported.add(complaint)
                self._journal.fail(complaint)
        return self._with_named_baseline(found)

    def _with_named_baseline(self, workspace: Workspace) -> Workspace:
        if not self._arguments.baseline:
            return workspace
        path = Path(self._arguments.baseline).absolute()
        if path not in self._baselines:
            self._baselines[path] = with_baseline(workspace, path).baseline
        return replace(workspace, baseline=self._baselines[path], baseline_path=path)

    def _rules(self, workspace: Workspace, path: str) -> Rules:
        chosen = replace(
            workspace, configuration=self._selection.configured(workspace.configuration)
        )
        rules = chosen.rules(None if path == STDIN else _absolute(path))
        return self._selection.narrowed(rules)

    def _sifted(
        self,
        workspace: Workspace,
        rules: Rules,
        text: str,
        language: str,
        findings: "Sequence[Finding]",
    ) -> Sifted:
        sifted = sift(findings, text, language, rules)
        # A project is read for its terms only where they may matter.
        if not any(finding.code in WORD_CODES for finding in sifted.findings):
            return sifted
        return sift(findings, text, language, replace(rules, terms=self._terms_of(workspace)))

    def _terms_of(self, workspace: Workspace) -> Terms:
        root = workspace.root
        if root not in self._terms:
            is_project = workspace.file is not None or is_repository(root)
            if not is_project or not workspace.configuration.learn_terms:
                self._terms[root] = Terms()
            else:
                directory = None if self._arguments.no_cache else self._cache_directory()
                self._terms[root] = TermScan(root, directory).terms()
        return self._terms[root]

    def _cache_directory(self) -> Path:
        return cache_place(self._arguments.cache_dir).path.parent

    def _keep(
        self, workspace: Workspace, path: str, entries: Sequence[Accepted], rules: Rules
    ) -> None:
        where, name = workspace.baseline_path, workspace.relative(_absolute(path))
        if where is None or name is None:
            self._journal.fail(f"{path}: has no place in a baseline: it is not below its root")
            return
        kept = self._kept.setdefault(where, _Kept(workspace.root, workspace.baseline))
        # Of kinds that this run was told not to look for nothing is known.
        left_out = rules.codes_off - workspace.rules(_absolute(path)).codes_off
        unseen = [one for one in kept.baseline.files.get(name, ()) if one.code in left_out]
        if self._arguments.update_baseline:
            kept.baseline = kept.baseline.having(name, [*entries, *unseen])
        else:
            kept.baseline = kept.baseline.pruned(name, [*entries, *unseen])


def _absolute(path: str) -> Path:
    # Without following links: a document is where its reader sees it.
    return Path(os.path.abspath(path))  # noqa: PTH100
