"""`ppl eval`: perplexity as a metric, by conventions that have a name."""

import argparse
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.cluster import add_cluster, engines, is_spread
from ppl_engine.cli.evaluation.texts import (
    NothingToMeasureError,
    add_measuring_command,
    check_sources,
    read_texts,
)
from ppl_engine.cli.options import FORMATS, add_model
from ppl_engine.cli.output import Output, open_output
from ppl_engine.cli.reports import write_json_lines
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.distributed.evaluating import PoolMeans
    from ppl_engine.evaluation.evaluating import Evaluated, ScorerMeans
    from ppl_engine.scoring.scorer import ModelInfo

CONVENTIONS: Final = ("document", "hf", "lm-eval", "llama.cpp")

_SUMMARY: Final = "measure perplexity and bits per byte by a named convention"
_ABOUT: Final = """\
Measure how well a language model predicts texts: perplexity by a convention that others use, so
that the figures compare; bits per byte, which compare between tokenizers; and more.

conventions (docs/evaluation.md has the details):
  document   each text by itself, in the windows of this program; every token counts
  hf         the sliding window of the Hugging Face guide: --max-length, --stride
  lm-eval    loglikelihood_rolling of lm-evaluation-harness: --max-length
  llama.cpp  llama-perplexity: the second half of chunks of --max-length tokens

examples:
  ppl eval docs/*.md                                       each file a text
  ppl eval --convention hf --stride 512 wiki.test.raw      as the Hugging Face guide
  ppl eval --text-field body --format json pages.jsonl     a field of records
  ppl eval --prompt-field question --text-field answer qa.jsonl
                                                           answers, given their questions
  ppl eval --dataset ./saved --split validation            a data set saved to disk"""


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = add_measuring_command(commands, "eval", summary=_SUMMARY, about=_ABOUT)
    group = parser.add_argument_group("convention")
    group.add_argument("--convention", choices=CONVENTIONS, default="document", help="see above")
    group.add_argument(
        "--max-length",
        type=int,
        metavar="TOKENS",
        help="of a window (default: all that the model reads; llama.cpp: 512)",
    )
    group.add_argument(
        "--stride", type=int, metavar="TOKENS", help="hf: from window to window (default: 512)"
    )
    group.add_argument(
        "--prompt-field",
        metavar="FIELD",
        help="document: what stands before the text, read as context and not scored",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write there instead of to standard output"
    )
    add_model(parser)
    add_cluster(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Measure; 0, or 2 on failure."""
    session = Session.of(arguments, models)
    with session.reporting_failures():
        check_sources(arguments)
        if arguments.prompt_field and arguments.convention != "document":
            raise EngineError("--prompt-field belongs to the convention document.")
        with open_output(arguments.output) as output:
            _report(output, session, arguments)
    return ExitCode.FAILED if session.has_failed else ExitCode.CLEAN


def _report(output: Output, session: Session, arguments: argparse.Namespace) -> None:
    # The formats need numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.evaluation import evaluate_formats as formats  # noqa: PLC0415

    with _means(session, arguments) as (means, model):
        chosen = means.convention
        evaluated = _evaluated(session, means, arguments)
        match arguments.format:
            case "json":
                output.write(formats.document(evaluated, chosen, model))
            case "jsonl":
                write_json_lines(output, ([formats.text_object(one)] for one in evaluated))
            case _:
                output.write(*formats.report(evaluated, chosen, model))


@contextmanager
def _means(
    session: Session, arguments: argparse.Namespace
) -> "Generator[tuple[ScorerMeans | PoolMeans, ModelInfo], None, None]":
    from ppl_engine.evaluation.conventions import convention  # noqa: PLC0415
    from ppl_engine.evaluation.evaluating import ScorerMeans  # noqa: PLC0415

    name, max_length, stride = arguments.convention, arguments.max_length, arguments.stride
    if is_spread(arguments):
        from ppl_engine.distributed.engines import model_of  # noqa: PLC0415
        from ppl_engine.distributed.evaluating import PoolMeans  # noqa: PLC0415

        with engines(arguments, session) as pool:
            yield PoolMeans.of(pool, name, max_length, stride), pool.call(model_of)
        return
    scorer = session.engine.scorer
    chosen = convention(name, scorer, max_length=max_length, stride=stride)
    yield ScorerMeans(chosen, scorer), scorer.model


def _evaluated(
    session: Session, means: "ScorerMeans | PoolMeans", arguments: argparse.Namespace
) -> "Iterator[Evaluated]":
    """Yield what texts come to; raises EngineError if there are none."""
    from ppl_engine.evaluation.evaluating import Refused, evaluate_by  # noqa: PLC0415

    is_empty = True
    texts = read_texts(arguments, session, arguments.prompt_field)
    with session.counting("measuring") as count:
        separator = means.convention.separator
        for one in evaluate_by(means, texts, separator, on_progress=count):
            is_empty = False
            if isinstance(one, Refused):
                session.fail(f"{one.name}: {one.reason}")
            else:
                yield one
    if is_empty:
        raise NothingToMeasureError("There is no text to measure.")
