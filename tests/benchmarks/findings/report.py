"""The results as tables in Markdown."""

from collections.abc import Iterable, Mapping
from math import isnan
from typing import Any

from tests.benchmarks.findings.errors import KINDS
from tests.benchmarks.findings.judging import Interval


def tables(results: Mapping[str, Any]) -> str:
    """Return all tables of a run."""
    systems: Mapping[str, Any] = results["systems"]
    parts = [
        f"{results['n_documents']} excerpts with {results['n_words']:,} words of prose; "
        f"errors planted: {_listed(results['n_errors'])}.",
        "Versions: " + ", ".join(f"{name} {one['version']}" for name, one in systems.items()) + ".",
        "F½ against what is said of the clean text, with 95 % intervals over documents:",
        _by_kind(systems, lambda kind: _with_interval(kind["f_half"])),
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
    present = [kind for kind in KINDS if any(kind in one["kinds"] for one in systems.values())]
    rows = (
        [
            kind,
            *(cell(one["kinds"][kind]) if kind in one["kinds"] else "" for one in systems.values()),
        ]
        for kind in present
    )
    return _table(["", *systems], rows)


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
