"""Which planted errors are found and mended, and what is said of texts as they are: we and others.

    python -m tests.benchmarks.findings --documents FILE … [--peers DIRECTORY] [--model MODEL …]
        [--excerpts 60] [--seed 1] [--quick] [--kinds KIND …] [--without-us]
        [--spare-cores 0] [--json FILE] [--details FILE] [--with FILE …]

The documents are JSON Lines with Markdown under `text`, plain or as zstd. Errors are planted into
excerpts of them, see planting.py; hunspell tells whether a typo is a word. `peers.py` says how
the others are installed. `--details` takes each error and each false alarm on a line of its own,
and `--with` takes in the results of earlier runs over the same copies.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

from ppl_engine import ModelChoice
from tests.benchmarks.findings.dictionary import dictionary
from tests.benchmarks.findings.documents import Excerpt, excerpts, vocabulary
from tests.benchmarks.findings.errors import KINDS, Copy
from tests.benchmarks.findings.judging import Alarms, Counts, Found, Judgement, figures, judge
from tests.benchmarks.findings.ours import found_by_us, times
from tests.benchmarks.findings.peers import Peer, installed_peers
from tests.benchmarks.findings.planting import plant
from tests.benchmarks.findings.reading import read
from tests.benchmarks.findings.report import OURS, tables

_N_QUICK: Final = 8
_N_AROUND: Final = 40


@dataclass(frozen=True, slots=True)
class Planted:
    """The excerpts and their damaged copies."""

    clean: Sequence[Excerpt]
    copies: Mapping[tuple[int, str], Copy]
    """By the number of the excerpt and the kind; those without errors are left out."""

    @property
    def texts(self) -> list[str]:
        """First all that are clean, then the copies."""
        return [one.text for one in self.clean] + [one.text for one in self.copies.values()]

    @property
    def digest(self) -> str:
        """What two runs share that can be compared."""
        return hashlib.sha256(json.dumps(self.texts).encode()).hexdigest()[:16]


def planted(options: argparse.Namespace) -> Planted:
    """Choose excerpts and plant errors."""
    n = _N_QUICK if options.quick else options.excerpts
    clean = excerpts(options.documents, n=n, seed=options.seed)
    is_word = dictionary(vocabulary(options.documents))
    copies = {
        (idx, kind): plant(one.text, kind, seed=f"{options.seed} {one.name}", is_word=is_word)
        for idx, one in enumerate(clean)
        for kind in options.kinds
    }
    return Planted(clean, {key: copy for key, copy in copies.items() if copy.errors})


def systems(options: argparse.Namespace) -> dict[str, Peer]:
    """Return who takes part: the others, and we with each model."""
    taking_part = installed_peers(options.peers) if options.peers else {}
    if options.without_us:
        return taking_part
    for model in options.model:
        find = partial(found_by_us, ModelChoice(model, n_spare_cores=options.spare_cores))
        name = OURS if model == "embedded" else f"{OURS} {Path(model).name}"
        taking_part[name] = Peer("embedded" if model == "embedded" else model, find)
    return taking_part


def results_of(texts: Planted, name: str, peer: Peer, details: TextIO | None) -> dict[str, Any]:
    """Run one of them, and judge all its findings together and each code on its own."""
    found = peer.find(texts.texts)
    by_name = {name: found}
    if name.startswith(OURS):
        codes = sorted({one.code for of_text in found for one in of_text})
        for code in codes:
            by_name[f"{name} {code}"] = [[f for f in one if f.code == code] for one in found]
    judged: dict[str, Any] = {}
    for part, of_part in by_name.items():
        judgements = _judgements(texts, of_part)
        judged[part] = _summary(texts, of_part, judgements) | {"version": peer.version}
        if part != name:
            judged[part]["alarms_per_1000_words"] = {}  # they are among those of all codes
        elif details is not None:
            _write_details(details, name, texts, judgements)
    return judged


def _judgements(
    texts: Planted, found: Sequence[Sequence[Found]]
) -> dict[tuple[int, str], Judgement]:
    of_copies = zip(texts.copies.items(), found[len(texts.clean) :], strict=True)
    return {
        (idx, kind): judge(copy, of_copy, found[idx]) for ((idx, kind), copy), of_copy in of_copies
    }


def _summary(
    texts: Planted,
    found: Sequence[Sequence[Found]],
    judgements: Mapping[tuple[int, str], Judgement],
) -> dict[str, Any]:
    alarms = Alarms()
    for excerpt, of_excerpt in zip(texts.clean, found, strict=False):
        alarms.add(read(excerpt.text).n_words, of_excerpt)
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        counts = [
            judgements[idx, kind].counts if (idx, kind) in judgements else Counts()
            for idx in range(len(texts.clean))
        ]
        if any(one.n_errors for one in counts):
            kinds[kind] = asdict(figures(counts)) | {
                "varieties": _by_variety(judgements, kind),
                "documents": [list(asdict(one).values()) for one in counts],
            }
    return {"kinds": kinds, "alarms_per_1000_words": alarms.per_1000_words()}


def _by_variety(
    judgements: Mapping[tuple[int, str], Judgement], kind: str
) -> dict[str, tuple[int, int, int]]:
    """Return for each variety how many there are, how many are hit and how many mended."""
    sums: dict[str, tuple[int, int, int]] = {}
    for (_, of_kind), judgement in judgements.items():
        for one in judgement.verdicts if of_kind == kind else ():
            n, n_hit, n_mended = sums.get(one.error.variety, (0, 0, 0))
            sums[one.error.variety] = (n + 1, n_hit + one.is_hit, n_mended + one.is_mended)
    return dict(sorted(sums.items(), key=lambda item: -item[1][0]))


def _write_details(
    file: TextIO,
    name: str,
    texts: Planted,
    judgements: Mapping[tuple[int, str], Judgement],
) -> None:
    for (idx, kind), judgement in judgements.items():
        text = texts.copies[idx, kind].text
        head = {"system": name, "document": texts.clean[idx].name, "kind": kind}
        for one in judgement.verdicts:
            error, there = one.error, _around(text, one.error.start, one.error.end)
            says = {"hit": one.is_hit, "mended": one.is_mended, "original": error.original}
            print(json.dumps({**head, "variety": error.variety, **says, "there": there}), file=file)
        for alarm in judgement.false_alarms:
            there = _around(text, alarm.start, alarm.end)
            print(json.dumps({**head, "false_alarm": asdict(alarm), "there": there}), file=file)


def _around(text: str, start: int, end: int) -> str:
    return (
        f"{text[max(0, start - _N_AROUND) : start]}⟦{text[start:end]}⟧{text[end : end + _N_AROUND]}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=Path, nargs="+", required=True)
    parser.add_argument("--peers", type=Path, help="where the others are installed")
    parser.add_argument("--model", nargs="+", default=["embedded"])
    parser.add_argument("--without-us", action="store_true")
    parser.add_argument("--spare-cores", type=int, default=0, help="for other work meanwhile")
    parser.add_argument("--excerpts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--quick", action="store_true", help=f"{_N_QUICK} excerpts only")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--details", type=Path)
    parser.add_argument("--with", dest="earlier", type=Path, nargs="+", default=[])
    return parser.parse_args()


def main() -> None:
    """Plant, run everybody, judge, print."""
    options = _options()
    texts = planted(options)
    results: dict[str, Any] = {
        "digest": texts.digest,
        "n_documents": len(texts.clean),
        "n_words": sum(read(one.text).n_words for one in texts.clean),
        "n_errors": Counter(error.kind for copy in texts.copies.values() for error in copy.errors),
        "systems": {},
    }
    for path in options.earlier:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        if earlier["digest"] != texts.digest:
            sys.exit(f"{path} is of other copies: same documents, seed, number and kinds?")
        results["systems"] |= earlier["systems"]
    details = options.details.open("w", encoding="utf-8") if options.details else None
    for name, peer in systems(options).items():
        sys.stderr.write(f"{name} …\n")
        results["systems"] |= results_of(texts, name, peer, details)
    if details is not None:
        details.close()
    if not options.without_us:
        choices = [ModelChoice(model, n_spare_cores=options.spare_cores) for model in options.model]
        results["times"] = _times(choices, texts)
    if options.json:
        options.json.write_text(json.dumps(results), encoding="utf-8")
    sys.stdout.write(tables(results))


def _times(choices: Sequence[ModelChoice], texts: Planted) -> dict[str, dict[str, float]]:
    """Time clean excerpts, and of the copies as many as there are excerpts, of all kinds."""
    copies = [copy.text for copy in texts.copies.values()]
    sets = {
        "as they are": [one.text for one in texts.clean],
        "damaged": copies[:: max(1, len(copies) // len(texts.clean))],
    }
    return {
        f"{choice.model}, {name}": times(choice, of_set)
        for choice in choices
        for name, of_set in sets.items()
    }


if __name__ == "__main__":
    main()
