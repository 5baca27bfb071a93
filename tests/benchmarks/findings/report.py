"""The results as tables in Markdown."""

from collections.abc import Iterable, Mapping
from math import isnan
from typing import Any, Final

from tests.benchmarks.findings.errors import KINDS
from tests.benchmarks.findings.judging import Interval

OURS: Final = "ppl-lsp"
"""How our names begin."""


def tables(results: Mapping[str, Any]) -> str:
    """Return all tables of a run."""
    systems: Mapping[str, Any] = results["systems"]
    parts = [
        f"{results['n_documents']} excerpts with {results['n_words']:,} words of prose; "
        f"errors planted: {_listed(results['n_errors'])}.",
        "Versions: " + ", ".join(f"{name} {one['version']}" for name, one in systems.items()) + ".",
        "F½ against what is said of the clean text, with 95 % intervals over documents:",
        _by_kind(systems, lambda kind: _with_interval(kind["f_half"])),
        "Our F½ to that of the best of the others:",
        _ratios(systems, "f_half"),
        "The same strictly:",
        _ratios(systems, "f_half_strict"),
        "Precision / recall / share of all errors that the first suggestion mends:",
        _by_kind(
            systems,
            lambda kind: " / ".join(_two(kind[key]) for key in ("precision", "recall", "mended")),
        ),
        "The same strictly, all findings counted: precision / recall / F½:",
        _by_kind(
            systems,
            lambda kind: " / ".join(
                _two(kind[f"{key}_strict"]) for key in ("precision", "recall", "f_half")
            ),
        ),
        "False alarms per 1,000 words of prose in the texts as they are:",
        _alarms(systems),
    ]
    if "times" in results:
        parts += ["Processor time:", _times(results["times"])]
    return "\n\n".join(parts) + "\n"


def _by_kind(systems: Mapping[str, Any], cell: Any) -> str:
    rows = (
        [
            kind,
            *(cell(one["kinds"][kind]) if kind in one["kinds"] else "" for one in systems.values()),
        ]
        for kind in _present(systems)
    )
    return _table(["", *systems], rows)


def _ratios(systems: Mapping[str, Any], figure: str) -> str:
    others = {name: one for name, one in systems.items() if not name.startswith(OURS)}
    us = {name: one for name, one in systems.items() if name.startswith(OURS)}
    if not others or not us:
        return ""
    rows: list[list[str]] = []
    for kind in _present(systems):
        values = {name: _value(one, kind, figure) for name, one in systems.items()}
        best = max(others, key=lambda name: values[name])
        ratios = (values[name] / values[best] if values[best] else float("nan") for name in us)
        cells = ("–" if isnan(ratio) else f"{ratio:.1f}" for ratio in ratios)
        rows.append([kind, f"{best} {values[best]:.2f}", *cells])
    return _table(["", "best of the others", *us], rows)


def _present(systems: Mapping[str, Any]) -> list[str]:
    return [kind for kind in KINDS if any(kind in one["kinds"] for one in systems.values())]


def _value(system: Mapping[str, Any], kind: str, figure: str) -> float:
    """Return a figure, and 0 where nothing was found at all."""
    value = system["kinds"][kind][figure][0] if kind in system["kinds"] else 0.0
    return 0.0 if isnan(value) else value


def _alarms(systems: Mapping[str, Any]) -> str:
    rows = (
        [name, code, _with_interval(rate)]
        for name, one in systems.items()
        for code, rate in one["alarms_per_1000_words"].items()
    )
    return _table(["", "what", "per 1,000 words"], rows)


def _times(times: Mapping[str, Mapping[str, float]]) -> str:
    rows = (
        [
            name,
            f"{one['scoring_cpu_s']:.1f}",
            f"{one['with_findings_cpu_s']:.1f}",
            f"{one['ratio']:.2f}",
        ]
        for name, one in times.items()
    )
    return _table(["", "scoring, s", "with findings, s", "ratio"], rows)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _with_interval(interval: Interval) -> str:
    value, low, high = interval
    return "–" if isnan(value) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def _two(interval: Interval) -> str:
    return "–" if isnan(interval[0]) else f"{interval[0]:.2f}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in counts.items())
