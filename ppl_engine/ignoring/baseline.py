"""Findings that were accepted as they are, by file: a list that people read in diffs.

A finding accepted once is accepted as often as it stood there; the same once more is new.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from ppl_engine.findings.finding import Finding
from ppl_engine.ignoring.fingerprint import fingerprint

VERSION: Final = 1

_N_SHOWN: Final = 60


@dataclass(frozen=True, slots=True, order=True)
class Accepted:
    """Findings of one file that look alike."""

    text: str
    """The beginning of what was flagged, for people; it is not compared."""

    code: str
    fingerprint: str
    count: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted findings by the path of their file from the root, with `/`."""

    files: Mapping[str, tuple[Accepted, ...]] = field(
        default_factory=dict[str, "tuple[Accepted, ...]"]
    )

    def counts(self, path: str) -> Mapping[str, int]:
        """Return how often each fingerprint is accepted in a file."""
        return {one.fingerprint: one.count for one in self.files.get(path, ())}

    def having(self, path: str, accepted: Sequence[Accepted]) -> "Baseline":
        """Return the baseline in which this is what is accepted in a file."""
        files = {**self.files, path: tuple(sorted(accepted))}
        return Baseline({path: found for path, found in files.items() if found})

    def accepting(self, path: str, finding: Finding, text: str) -> "Baseline":
        """Return the baseline in which one more finding is accepted."""
        (new,) = accepted([finding], text)
        known = {one.fingerprint: one for one in self.files.get(path, ())}
        before = known.get(new.fingerprint)
        known[new.fingerprint] = replace(before, count=before.count + 1) if before else new
        return self.having(path, tuple(known.values()))

    def pruned(self, path: str, found: Sequence[Accepted]) -> "Baseline":
        """Return the baseline without what is not found in a file any more."""
        counts = {one.fingerprint: one.count for one in found}
        left = (
            replace(one, count=min(one.count, counts[one.fingerprint]))
            for one in self.files.get(path, ())
            if one.fingerprint in counts
        )
        return self.having(path, tuple(left))


def accepted(findings: Sequence[Finding], text: str) -> tuple[Accepted, ...]:
    """Return the entries that accept all of these findings of a text."""
    named = {fingerprint(finding, text): finding for finding in findings}
    counts = Counter(fingerprint(finding, text) for finding in findings)
    return tuple(
        Accepted(_shown(one.span.of(text)), one.code, name, counts[name])
        for name, one in named.items()
    )


def parsed_baseline(content: str) -> Baseline:
    """Read a baseline. Raises ValueError with what is wrong with it."""
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    match found:
        case {"version": 1, "files": dict()}:
            files = cast(dict[str, object], found["files"])
        case {"version": int(version)}:
            raise ValueError(f"its version is {version}, and {VERSION} is understood")
        case _:
            raise ValueError('it has no "version" and "files"')
    return Baseline({path: _entries(path, found) for path, found in files.items()})


def written_baseline(baseline: Baseline) -> str:
    """Return the text of a baseline: sorted, one finding a line."""
    files = [
        f" {json.dumps(path)}: [\n" + ",\n".join(_line(one) for one in sorted(found)) + "\n ]"
        for path, found in sorted(baseline.files.items())
    ]
    return f'{{"version": {VERSION}, "files": {{\n' + ",\n".join(files) + "\n}}\n"


def _entries(path: str, found: object) -> tuple[Accepted, ...]:
    if not isinstance(found, list):
        raise ValueError(f"the findings of {path!r} are no list")
    return tuple(sorted(_entry(path, one) for one in cast(list[object], found)))


def _entry(path: str, found: object) -> Accepted:
    match found:
        case {"code": str(code), "fingerprint": str(name), "count": int(count)} if count > 0:
            text = cast(dict[str, object], found).get("text")
            return Accepted(text if isinstance(text, str) else "", code, name, count)
        case _:
            raise ValueError(f'a finding of {path!r} has no "code", "fingerprint" and "count"')


def _line(one: Accepted) -> str:
    entry = {
        "text": one.text,
        "code": one.code,
        "count": one.count,
        "fingerprint": one.fingerprint,
    }
    return "  " + json.dumps(entry)


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _N_SHOWN else flat[: _N_SHOWN - 1] + "…"
