"""How often a fix that is written unasked is right: in texts with planted errors, and as they are.

    python -m tests.benchmarks.fixes --documents FILE … [--excerpts 60] [--seed 1] [--seconds 55]

The documents are those of `tests.benchmarks.findings`, and so are the errors. A fix is right if it
restores what stood there. In texts as they are, each fix is printed: some mend what their authors
overlooked, which a person has to tell.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from ppl_engine import Engine, ModelChoice, Thresholds, load_engine
from ppl_engine.findings.sureness import Fix, sure_fixes
from ppl_engine.scoring.document import run
from tests.benchmarks.findings.dictionary import dictionary
from tests.benchmarks.findings.documents import excerpts, vocabulary
from tests.benchmarks.findings.planting import plant

_KINDS: Final = ("typo", "real-word", "doubled-word", "article", "agreement", "dropped-word")
_N_AROUND: Final = 40


def fixes(engine: Engine, text: str) -> tuple[list[Fix], int]:
    """Return the sure fixes of a text, and how many words it has."""
    analysis = run(engine.analyze(text, language="markdown", thresholds=Thresholds()))
    return list(sure_fixes(analysis.findings)), analysis.summary.n_words


def of_planted(options: argparse.Namespace, engine: Engine) -> Iterator[str]:
    """Yield how many fixes restore the original, and those that do not."""
    is_word = dictionary(vocabulary(options.documents))
    counts: Counter[str] = Counter()
    end = time.monotonic() + options.seconds
    for excerpt in excerpts(options.documents, n=options.excerpts, seed=options.seed):
        if end < time.monotonic():
            break
        clean = {fix.span.of(excerpt.text) for fix in fixes(engine, excerpt.text)[0]}
        for kind in _KINDS:
            if end < time.monotonic():
                break
            seed = f"{options.seed} {excerpt.name}"
            copy = plant(excerpt.text, kind, seed=seed, is_word=is_word)
            text = copy.text
            restored = {
                text[: error.start] + error.original + text[error.end :] for error in copy.errors
            }
            counts["errors"] += len(copy.errors)
            for fix in fixes(engine, text)[0]:
                after = text[: fix.span.start] + fix.after + text[fix.span.end :]
                if after in restored:
                    counts["restored"] += 1
                elif fix.before in clean:
                    counts["in the text as it was"] += 1
                else:
                    counts["wrong"] += 1
                    yield f"{kind}: {_around(text, fix)}"
    yield ", ".join(f"{name} {n}" for name, n in counts.items())


def of_clean(options: argparse.Namespace, engine: Engine) -> Iterator[str]:
    """Yield the fixes in texts as they are, and in how many words."""
    n_words = n_fixes = 0
    end = time.monotonic() + options.seconds
    for excerpt in excerpts(options.documents, n=300, seed=options.seed):
        if end < time.monotonic():
            break
        found, n = fixes(engine, excerpt.text)
        n_words += n
        n_fixes += len(found)
        yield from (_around(excerpt.text, fix) for fix in found)
    yield f"{n_fixes} fixes in {n_words:,} words"


def _around(text: str, fix: Fix) -> str:
    before = text[max(0, fix.span.start - _N_AROUND) : fix.span.start]
    return repr(f"{before}⟦{fix.before} → {fix.after}⟧{text[fix.span.end :][:_N_AROUND]}")


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=Path, nargs="+", required=True)
    parser.add_argument("--excerpts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=55.0)
    options = parser.parse_args()
    engine = load_engine(ModelChoice())
    for line in chain(of_planted(options, engine), of_clean(options, engine)):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
