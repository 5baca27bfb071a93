"""What the arguments of `ppl filter` ask for."""

import argparse
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.cluster import add_cluster
from ppl_engine.cli.options import add_command
from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.filtering.limits import Limits, Quantiles, Range

_SUMMARY: Final = "keep the records of a data set that a model reads as you want"
_ABOUT: Final = """\
Score the text of every record by itself and keep the records whose score lies within limits, in
their order. Records are lines of JSON, rows of Parquet, text files or (--lines) lines of text,
plain or compressed (.gz, .zst). What can not be read goes to OUT.bad.jsonl with the reason.

Scores are kept beside the output until it is written: a run that was killed goes on where it was
when it is started again, and --dry-run leaves them for the run that follows. docs/filter.md tells
more.

examples:
  ppl filter data.jsonl -o clean.jsonl --dry-run           how perplexity is spread
  ppl filter data.jsonl -o clean.jsonl --max-perplexity 80 the rest is left out
  ppl filter data/ -o clean.parquet --keep-quantile 0.05:0.9 --by bits-per-byte
  ppl filter data.jsonl -o scored.jsonl.zst --add-scores   all of it, with scores
  ppl filter --lines corpus.txt -o good.txt --max-bits-per-byte 1.5 --rejected bad.txt
  zcat data.jsonl.gz | ppl filter - -o - --max-perplexity 80 | head"""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the records to keep, in the order of a measure."""

    low: float
    high: float


def add_filter(commands: "Subparsers") -> argparse.ArgumentParser:
    """Add the command and its options."""
    parser = add_command(
        commands, "filter", summary=_SUMMARY, about=_ABOUT, formats=("text", "json")
    )
    reading = parser.add_argument_group("reading")
    reading.add_argument(
        "--field",
        default="text",
        metavar="NAME",
        help="the field that holds the text; a.b is field b in field a (default: text)",
    )
    reading.add_argument(
        "--lines", action="store_true", help="in text, each line that is not blank is a record"
    )
    _add_limits(parser)
    writing = parser.add_argument_group("writing")
    writing.add_argument(
        "--add-scores",
        action="store_true",
        help="add perplexity, bits_per_byte, bits_per_word, log_likelihood, n_tokens",
    )
    writing.add_argument("--rejected", metavar="FILE", help="write there what is not kept")
    writing.add_argument(
        "--bad", metavar="FILE", help="write there what is no record (default: OUT.bad.jsonl)"
    )
    writing.add_argument(
        "--scores", metavar="FILE", help="keep scores there, and go on from them (OUT.scores)"
    )
    writing.add_argument(
        "--restart", action="store_true", help="score again what was scored before"
    )
    writing.add_argument(
        "--dry-run", action="store_true", help="write no records; show how scores are spread"
    )
    add_cluster(parser)
    return parser


def _add_limits(parser: argparse.ArgumentParser) -> None:
    limits = parser.add_argument_group("what is kept", "everything that is set has to hold")
    for measure in ("perplexity", "bits-per-byte"):
        for end in ("min", "max"):
            limits.add_argument(f"--{end}-{measure}", type=_number, metavar="X")
    limits.add_argument(
        "--keep-quantile",
        type=_share,
        metavar="LOW:HIGH",
        help="the share between these of all that has a score; 0:0.9 leaves out the tenth that "
        "is most surprising",
    )
    limits.add_argument(
        "--by",
        choices=("perplexity", "bits-per-byte"),
        default="perplexity",
        help="what quantiles are of (default: perplexity)",
    )


def limits_of(arguments: argparse.Namespace) -> "Limits":
    """Return the limits that are given as numbers. Raises EngineError where nothing can hold."""
    from ppl_engine.filtering.limits import Limits  # noqa: PLC0415 - imports numpy

    return Limits(_range(arguments, "perplexity"), _range(arguments, "bits_per_byte"))


def quantiles_of(arguments: argparse.Namespace) -> "Quantiles | None":
    """Return the limits that are given as shares."""
    from ppl_engine.filtering.limits import Measure, Quantiles  # noqa: PLC0415 - imports numpy

    share: Share | None = arguments.keep_quantile
    if share is None:
        return None
    return Quantiles(Measure(arguments.by), share.low, share.high)


def _range(arguments: argparse.Namespace, measure: str) -> "Range":
    from ppl_engine.filtering.limits import Range  # noqa: PLC0415 - imports numpy

    least: float | None = getattr(arguments, f"min_{measure}")
    most: float | None = getattr(arguments, f"max_{measure}")
    if least is not None and most is not None and most < least:
        name = measure.replace("_", "-")
        raise EngineError(
            f"--min-{name} {least:g} is above --max-{name} {most:g}: nothing would be kept."
        )
    return Range(-math.inf if least is None else least, math.inf if most is None else most)


def _number(text: str) -> float:
    value = float(text)
    if math.isnan(value):
        raise argparse.ArgumentTypeError("a number is needed")
    return value


def _share(text: str) -> Share:
    low, colon, high = text.partition(":")
    try:
        share = Share(float(low or 0), float(high or 1))
    except ValueError:
        colon = ""
        share = Share(0, 1)
    if not colon or not 0 <= share.low < share.high <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not LOW:HIGH with 0 <= LOW < HIGH <= 1")
    return share
