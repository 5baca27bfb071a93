"""`ppl rank`: which of some contexts explains a text best."""

import argparse
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.options import add_run_options, new_command
from ppl_engine.cli.output import Part, on_terminal, open_output
from ppl_engine.cli.places import Lines
from ppl_engine.cli.reports import Json, number, write_json, write_json_lines, write_text
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.cli.sources import STDIN, read_sources

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.grounding.ranking import Ranked

_SUMMARY: Final = "rank contexts by how much better a text is predicted after them"
_ABOUT: Final = """\
Rank contexts by the bits that they save of a text: log2 p(text | context) - log2 p(text). One that
the text was made from saves many; one that has nothing to do with it saves few, or costs some.
That is how to judge passages that were retrieved for an answer, or to find the source of a text.

A context that does not fit into the model's window is cut into passages, and the best one counts.

examples:
  ppl rank --text answer.txt --contexts passages/      files of a directory
  ppl rank --text "It retries twice." --contexts a.md b.py
  git log -1 --format=%B | ppl rank --text - --contexts docs/ --format jsonl"""

_N_QUOTED: Final = 60


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = new_command(commands, "rank", summary=_SUMMARY, about=_ABOUT)
    parser.add_argument(
        "--text",
        required=True,
        metavar="TEXT|FILE",
        help="a file, - for standard input, or the text itself",
    )
    parser.add_argument(
        "--contexts",
        required=True,
        nargs="+",
        metavar="PATH",
        help="files, or directories with documents and programs",
    )
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Rank the contexts; 0, or 2 on failure."""
    # Sources need numpy, which takes longer to import than the help takes to print.
    from ppl_engine.cli.check.at_hand import read_contexts  # noqa: PLC0415

    session = Session.of(arguments, models)
    with session.reporting_failures(), open_output(arguments.output) as output:
        text = _text(arguments.text, session)
        contexts = read_contexts(arguments.contexts, session) if text is not None else ()
        if text is not None and not text.strip():
            session.fail("--text: there is nothing in it to be explained; name another text")
        elif text is not None and not contexts:
            session.fail("--contexts: there is no context that can be read; name others")
        elif text is not None:
            ranked = session.finish("contexts", session.engine.rank(text, contexts))
            if ranked is not None:
                match arguments.format:
                    case "json":
                        write_json(output, [_text_object(text, ranked)], lambda: session.model)
                    case "jsonl":
                        write_json_lines(output, [_context_objects(ranked)])
                    case _:
                        write_text(output, [_table(text, ranked)])
    return ExitCode.FAILED if session.has_failed else ExitCode.CLEAN


def _text(given: str, session: Session) -> str | None:
    """Return the text that is meant: of a file where there is one, else the argument itself."""
    if given == STDIN or os.path.exists(given):  # noqa: PTH110 - Path raises for a NUL
        return next((one.text for one in read_sources([given], frozenset(), session)), None)
    return given


def _text_object(text: str, ranked: "Sequence[Ranked]") -> Json:
    return {
        "text": text,
        "n_bytes": ranked[0].n_bytes,
        "bits_without": number(ranked[0].bits_without),
        "contexts": list(_context_objects(ranked)),
    }


def _context_objects(ranked: "Sequence[Ranked]") -> Iterator[Json]:
    for place, one in enumerate(ranked, start=1):
        lines = Lines(one.context.text)
        yield {
            "rank": place,
            "path": one.context.name,
            "bits_saved": number(one.bits_saved),
            "bits_saved_per_byte": number(one.bits_saved_per_byte),
            "is_whole": one.is_whole,
            "start": one.passage.start,
            "end": one.passage.end,
            "first_line": lines.line_at(one.passage.start) + 1,
            "last_line": lines.line_at(max(one.passage.start, one.passage.end - 1)) + 1,
        }


def _table(text: str, ranked: "Sequence[Ranked]") -> Iterator[Part]:
    quoted = " ".join(text.split())
    quoted = quoted if len(quoted) <= _N_QUOTED else f"{quoted[:_N_QUOTED]}…"
    yield f"“{on_terminal(quoted)}”: {ranked[0].bits_without:,.1f} bits without a context\n\n"
    yield (f"{'bits saved':>12}  {'per byte':>8}  context\n", "bold")
    for one in ranked:
        lines = Lines(one.context.text)
        first = lines.line_at(one.passage.start) + 1
        last = lines.line_at(max(one.passage.start, one.passage.end - 1)) + 1
        place = "" if one.is_whole else f":{first}-{last}"
        yield f"{one.bits_saved:>12,.1f}  {one.bits_saved_per_byte:>8.3f}  "
        yield f"{on_terminal(one.context.name)}{place}\n"
