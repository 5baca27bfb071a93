"""The texts that are measured: those of files, of fields of records, of data sets."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.options import new_command
from ppl_engine.cli.session import Session
from ppl_engine.cli.sources import find_files
from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.evaluation.texts import EvaluatedText
    from ppl_engine.records import BadRecord, Record

_PATH_HELP: Final = """\
a text file, JSON Lines (.jsonl), Parquet, any of them compressed, a directory of these,
or - for JSON Lines on standard input"""


class NothingToMeasureError(EngineError):
    """There is no text."""


def add_measuring_command(
    commands: "Subparsers", name: str, *, summary: str, about: str
) -> argparse.ArgumentParser:
    """Add a subcommand that reads texts to measure, without options about models."""
    parser = new_command(commands, name, summary=summary, about=about)
    parser.add_argument("paths", metavar="PATH", nargs="*", help=_PATH_HELP)
    group = parser.add_argument_group("texts")
    group.add_argument(
        "--dataset",
        metavar="NAME[:CONFIG]",
        help="a data set instead of files: a directory that `save_to_disk` wrote, or one of the "
        "Hugging Face hub, which is asked for it",
    )
    group.add_argument("--split", help="of the data set (default: test)")
    group.add_argument(
        "--text-field", metavar="FIELD", default="text", help="that holds the text (default: text)"
    )
    group.add_argument(
        "--lines", action="store_true", help="every line of a text file is a text of its own"
    )
    # Nothing of what is measured is kept: a corpus would push out what an editor needs.
    parser.set_defaults(no_cache=True, cache_dir=None)
    return parser


def read_texts(
    arguments: argparse.Namespace, session: Session, prompt_field: str | None = None
) -> "Iterator[EvaluatedText]":
    """Yield the texts that the arguments name, in order.

    What can not be read is reported, and the rest goes on; a field that the first record lacks is
    taken for a wrong name. Raises EngineError.
    """
    from ppl_engine.evaluation.texts import EvaluatedText  # noqa: PLC0415 - imports numpy
    from ppl_engine.records import FieldError, text_field  # noqa: PLC0415

    is_first = True
    for record in _records(arguments, session):
        try:
            text = text_field(record, arguments.text_field)
            prompt = text_field(record, prompt_field) if prompt_field else ""
        except FieldError as error:
            if is_first:
                raise EngineError(f"{record.place}: {error}") from error
            session.fail(f"{record.place}: {error}")
            continue
        is_first = False
        yield EvaluatedText(_name(record, arguments), text, prompt)


def check_sources(arguments: argparse.Namespace) -> None:
    """Raise EngineError unless there are either paths or a data set."""
    if arguments.dataset is not None and arguments.paths:
        raise EngineError("Give either paths or --dataset, not both.")
    if arguments.dataset is None and not arguments.paths:
        raise EngineError("Give paths, - for standard input, or --dataset.")
    if arguments.dataset is None and arguments.split is not None:
        raise EngineError("--split belongs to --dataset.")


def _records(arguments: argparse.Namespace, session: Session) -> "Iterator[Record]":
    from ppl_engine.records import RECORD_SUFFIXES, read_records  # noqa: PLC0415

    if arguments.dataset is not None:
        from ppl_engine.records.dataset import read_dataset  # noqa: PLC0415

        return read_dataset(arguments.dataset, arguments.split)

    def set_aside(bad: "BadRecord") -> None:
        session.fail(f"{bad.place}: {bad.reason}")

    files = find_files(arguments.paths, RECORD_SUFFIXES, session)
    return read_records(files, on_bad=set_aside, lines=arguments.lines)


def _name(record: "Record", arguments: argparse.Namespace) -> str:
    """Return how a text is called: by its file if it is the whole of it."""
    from ppl_engine.records import Form, form_of  # noqa: PLC0415

    is_whole_file = arguments.dataset is None and (
        form_of(record.path, lines=arguments.lines) is Form.TEXT
    )
    return record.path if is_whole_file else record.place
