"""How many inventions in generated references are found, and what is said of references as made.

python -m tests.benchmarks.grounding [--model NAME] [MODULE …]
"""

import argparse
import sys
from collections import Counter
from typing import Final

from ppl_engine import ModelChoice, Thresholds
from ppl_engine.engine import Engine
from ppl_engine.findings.finding import Finding
from ppl_engine.grounding.source import Source
from ppl_engine.models.loading import load_engine
from ppl_engine.scoring.document import run
from tests.grounding.reference import damaged, reference

MODULES: Final = (
    *("textwrap", "shutil", "heapq", "bisect", "fnmatch", "difflib", "statistics", "tempfile"),
    *("zipfile", "subprocess", "socketserver", "sched", "configparser", "csv", "gzip", "cmd"),
)


def found_in(engine: Engine, text: str, source: Source) -> list[Finding]:
    analysis = run(engine.analyze(text, language="markdown", thresholds=Thresholds()))
    return list(run(engine.ground(analysis, [source])).findings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=ModelChoice().model)
    parser.add_argument("modules", nargs="*", default=MODULES)
    arguments = parser.parse_args()
    engine = load_engine(ModelChoice(arguments.model))
    n_planted: Counter[str] = Counter()
    n_hit: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for name in arguments.modules:
        made = reference(name)
        source = Source(name, made.source)
        analysis = run(engine.analyze(made.text, language="markdown", thresholds=Thresholds()))
        grounded = run(engine.ground(analysis, [source])).findings
        counts["words"] += int(analysis.words.is_word.sum())
        counts["surprising"] += sum(f.code == "surprising-word" for f in analysis.findings)
        counts["still surprising"] += sum(f.code == "surprising-word" for f in grounded)
        alarms = [f.text for f in grounded if f.code == "ungrounded"]
        counts["false alarms"] += len(alarms)
        text, planted = damaged(made)
        ungrounded = [f for f in found_in(engine, text, source) if f.code == "ungrounded"]
        for one in planted:
            n_planted[one.kind] += 1
            is_hit = any(f.span.start < one.end and one.start < f.span.end for f in ungrounded)
            said = text[one.start : one.end]
            is_first = not any(f.text.casefold() == said.casefold() for f in ungrounded)
            n_hit[one.kind] += is_hit or not is_first
            if not is_hit and is_first:
                sys.stdout.write(f"  missed {one.kind} {said}\n")
        sys.stdout.write(f"{name}: {len(planted)} planted, false alarms {alarms}\n")
    for kind, n in sorted(n_planted.items()):
        sys.stdout.write(f"{kind}: {n_hit[kind]} of {n}\n")
    sys.stdout.write(f"all: {n_hit.total()} of {n_planted.total()}; {dict(counts)}\n")


if __name__ == "__main__":
    main()
