"""`ppl compare`: models, checkpoints or precisions over the same bytes."""

import argparse
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.evaluation.texts import (
    NothingToMeasureError,
    add_measuring_command,
    check_sources,
    read_texts,
)
from ppl_engine.cli.output import Output, open_output
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.errors import EngineError
from ppl_engine.models.choice import DEVICES, EMBEDDED, PRECISIONS, ModelChoice

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.scoring.scorer import Scorer

_FEWEST_MODELS: Final = 2
_SUMMARY: Final = "compare models, checkpoints or precisions over the same texts"
_ABOUT: Final = f"""\
Compare models over the same texts in bits per byte, which need no common tokenizer: differences
with confidence intervals, in total and for each text, and the words on which they differ most.
Where tokenizers agree, also how far whole distributions lie apart, as llama.cpp reports it.

The first --model is the base that the others are compared with. A precision is named after an @:
one of {", ".join(PRECISIONS)}.

examples:
  ppl compare --model embedded@exact --model embedded@int8 docs/*.md   what a precision costs
  ppl compare --model ./before --model ./after held-out.jsonl          two checkpoints
  ppl compare --model gpt2 --model embedded --format json *.md         different tokenizers"""


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = add_measuring_command(commands, "compare", summary=_SUMMARY, about=_ABOUT)
    group = parser.add_argument_group("models")
    group.add_argument(
        "--model",
        action="append",
        dest="models",
        metavar="NAME[@PRECISION]",
        help=f"a directory in Hugging Face format, a hub id, or {EMBEDDED}; twice or more",
    )
    group.add_argument(
        "--device", choices=DEVICES, default="auto", help="default: auto, the fastest there is"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write there instead of to standard output"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Compare; 0, or 2 on failure."""
    named: list[str] = arguments.models or []
    choices = [chosen(name, arguments.device) for name in named]
    session = Session(choices[0] if choices else ModelChoice(), models, lambda: None)
    with session.reporting_failures():
        check_sources(arguments)
        if len(choices) < _FEWEST_MODELS:
            raise EngineError("Name two models or more, each with --model.")
        if len(set(choices)) < len(choices):
            raise EngineError("A model is named twice: name others, or other precisions of it.")
        scorers = [session.engine.scorer]
        for choice in choices[1:]:
            engine = models.load(choice, None)
            for notice in engine.model.notices:
                session.note(notice)
            scorers.append(engine.scorer)
        with open_output(arguments.output) as output:
            _report(output, scorers, session, arguments)
    return ExitCode.FAILED if session.has_failed else ExitCode.CLEAN


def chosen(name: str, device: str) -> ModelChoice:
    """Return the model of a name that may end with a precision."""
    model, at, precision = name.rpartition("@")
    if at and precision in PRECISIONS:
        return ModelChoice(model, device, precision)
    return ModelChoice(name, device)


def _report(
    output: Output, scorers: "list[Scorer]", session: Session, arguments: argparse.Namespace
) -> None:
    # These need numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.evaluation import compare_formats as formats  # noqa: PLC0415
    from ppl_engine.evaluation.comparing.comparison import Comparing  # noqa: PLC0415
    from ppl_engine.evaluation.comparing.side_by_side import side_by_side  # noqa: PLC0415

    comparing = Comparing(scorers)
    with session.counting("comparing") as count:
        read = read_texts(arguments, session)
        texts = list(comparing.texts(side_by_side(read, scorers, on_progress=count)))
    if not texts:
        raise NothingToMeasureError("There is no text to compare on.")
    result = comparing.result()
    if arguments.format == "json":
        output.write(formats.document(result, texts))
    else:
        output.write(*formats.report(result, texts))
