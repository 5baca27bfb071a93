"""`ppl cache`: what is kept of earlier runs, and emptying it."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.options import add_cache_directory, new_command
from ppl_engine.cli.output import Output, Part, on_terminal, open_output
from ppl_engine.cli.reports import VERSION
from ppl_engine.cli.session import ExitCode, Models, note
from ppl_engine.errors import EngineError
from ppl_engine.store.place import Place, cache_place

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers
    from ppl_engine.store.upkeep import Contents, ModelContents

_SUMMARY: Final = "show or clear what is kept of earlier runs"
_ABOUT: Final = """\
Show what is kept of earlier runs, or clear it.

Scores, predictions, what came of judging suspicious words, and findings are kept by content in the
user's cache directory, shared by editors and the command line, so that what did not change costs
nothing. What was used longest ago goes first when the space is used up. PPL_CACHE_DIR names another
directory, PPL_CACHE_MIB another size than 1024 MiB.

examples:
  ppl cache                          where it is, how large, of which models
  ppl cache clear                    forget everything
  ppl cache clear --model embedded   forget what one model said"""
_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = new_command(commands, "cache", summary=_SUMMARY, about=_ABOUT)
    parser.add_argument(
        "action", nargs="?", choices=("show", "clear"), default="show", help="default: show"
    )
    parser.add_argument(
        "--model", metavar="NAME", help="clear: only models of this name, or of this revision"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_cache_directory(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:  # noqa: ARG001 - no model is needed
    """Show or clear the cache; 0, or 2 on failure."""
    try:
        if arguments.action == "clear":
            _clear(arguments)
        elif arguments.model is not None:
            raise EngineError("--model goes with clear: ppl cache clear --model NAME")
        else:
            _show(arguments)
    except EngineError as error:
        note(str(error))
        return ExitCode.FAILED
    return ExitCode.CLEAN


def _show(arguments: argparse.Namespace) -> None:
    # SQLite and numpy take longer to import than the help takes to print.
    from ppl_engine.store.upkeep import contents  # noqa: PLC0415

    place = cache_place(arguments.cache_dir)
    found = contents(place)
    with open_output(None) as output:
        if arguments.format == "json":
            _write_json(output, _object(place, found))
        else:
            output.write(*_parts(place, found))


def _clear(arguments: argparse.Namespace) -> None:
    from ppl_engine.store.upkeep import clear  # noqa: PLC0415

    place = cache_place(arguments.cache_dir)
    n_cleared = clear(place, arguments.model)
    with open_output(None) as output:
        if arguments.format == "json":
            cleared = {"version": VERSION, "path": str(place.path), "n_cleared": n_cleared}
            _write_json(output, cleared)
        else:
            output.write(f"{n_cleared:,} values cleared from {on_terminal(str(place.path))}\n")


def _write_json(output: Output, value: object) -> None:
    output.write(json.dumps(value, indent=2), "\n")


def _object(place: Place, found: "Contents") -> dict[str, object]:
    return {
        "version": VERSION,
        "path": str(place.path),
        "n_bytes": found.n_bytes,
        "n_bytes_on_disk": found.n_bytes_on_disk,
        "max_bytes": place.max_bytes,
        "n_found": found.n_found,
        "n_missed": found.n_missed,
        "models": [
            {key: value for key, value in asdict(model).items() if key != "identity"}
            for model in found.models
        ],
    }


def _parts(place: Place, found: "Contents") -> Iterator[Part]:
    yield f"file     {on_terminal(str(place.path))}\n"
    yield f"size     {_size(found.n_bytes)} of at most {_size(place.max_bytes)}"
    yield f", {_size(found.n_bytes_on_disk)} on disk\n"
    n_lookups = found.n_found + found.n_missed
    if n_lookups:
        yield f"lookups  {n_lookups:,}, {100 * found.n_found / n_lookups:.0f} % found\n"
    for model in found.models:
        yield from _model_parts(model)
    if not found.models:
        yield "nothing is kept yet\n"


def _model_parts(model: "ModelContents") -> Iterator[Part]:
    used = datetime.fromtimestamp(model.last_used).astimezone().isoformat(" ", "minutes")
    yield (f"\n{on_terminal(model.name)}", "bold")
    yield f"  {model.revision}, {model.precision} on {model.device}\n"
    yield f"         {model.n_windows:,} windows, {model.n_predictions:,} predictions, "
    yield f"{model.n_blocks:,} blocks judged, {model.n_documents:,} documents: "
    yield f"{_size(model.n_bytes)}, last used {used[:16]}\n"


def _size(n_bytes: int) -> str:
    value, unit = float(n_bytes), 0
    while value >= 1024 and unit + 1 < len(_UNITS):  # noqa: PLR2004 - KiB in a MiB
        value, unit = value / 1024, unit + 1
    return f"{n_bytes:,} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"
