"""The command `ppl-lsp`: arguments, logging, and the wiring of server and engine."""

import argparse
import asyncio
import functools
import ipaddress
import logging
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from ppl_engine.host.launch import COMMAND
from ppl_engine.models.choice import DEVICES, PRECISIONS, ModelChoice
from ppl_lsp import __version__
from ppl_lsp.engine import Processes, Threads, Way
from ppl_lsp.settings import Settings
from ppl_lsp.wire.process import end, leave_the_workspace, take_standard_streams, watch_process

if TYPE_CHECKING:
    from ppl_engine.host.worker import Engine
    from ppl_lsp.server import PplServer

logger = logging.getLogger(__name__)


def load_engine(choice: ModelChoice) -> "Engine":
    """Load the real engine into this process."""
    # Imports torch, which takes seconds: on the engine's thread, after `initialize` was answered.
    from ppl_engine.models.loading import load_engine as load  # noqa: PLC0415
    from ppl_engine.store.score_store import open_store  # noqa: PLC0415

    return load(choice, store=open_store())


def main(
    argv: Sequence[str] | None = None,
    *,
    command: Sequence[str] = COMMAND,
    load: "Callable[[ModelChoice], Engine]" = load_engine,
) -> None:
    """Run the language server; ends the process.

    `command` starts the engine process, `load` loads the engine where there is to be none.
    """
    parser = _parser()
    options, unknown = parser.parse_known_args(argv)
    if options.playground and options.in_process:
        parser.error("--playground needs the process that all pages share, not --in-process")
    # Before anything is loaded that might print.
    streams = None if options.tcp or options.playground else take_standard_streams()
    _log_to_stderr(options.log_level)
    if unknown:
        logger.warning("Ignored arguments that are not known: %s", " ".join(unknown))
    watch = functools.partial(watch_process, on_end=functools.partial(end, 1))
    if options.clientProcessId:
        watch(options.clientProcessId)
    model = _absolute(options.model)
    leave_the_workspace()
    settings = Settings(
        model=model,
        device=options.device,
        precision=options.precision,
        workspace_files=not options.playground,
    )
    way = Threads(load) if options.in_process else Processes(command)
    # While it imports torch, we import what we speak the protocol with.
    way.prepare(settings.model_choice)
    if options.playground:
        end(_play(functools.partial(_server, way, settings, watch), options))
    end(_serve(options, streams, functools.partial(_server, way, settings, watch)))


def _server(way: Way, settings: Settings, watch: Callable[[int], object]) -> "PplServer":
    from ppl_lsp.server import PplServer  # noqa: PLC0415

    return PplServer(way, settings, watch=watch)


def _serve(
    options: argparse.Namespace,
    streams: tuple[BinaryIO, BinaryIO] | None,
    server: Callable[[], "PplServer"],
) -> int:
    from ppl_lsp.wire.transport import serve_streams, serve_tcp  # noqa: PLC0415

    served = serve_streams(server(), *streams) if streams else serve_tcp(server(), *options.tcp)
    try:
        return asyncio.new_event_loop().run_until_complete(served)
    except KeyboardInterrupt:
        return 130


def _play(server: "Callable[[], PplServer]", options: argparse.Namespace) -> int:
    from ppl_lsp.playground.serving import serve_playground  # noqa: PLC0415

    def announce(address: str) -> None:
        sys.stdout.write(f"{address}\nIt ends when the page is closed, or with Ctrl-C.\n")
        sys.stdout.flush()

    try:
        asyncio.run(serve_playground(server, announce, with_browser=options.browser))
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    return 0


def _absolute(model: str) -> str:
    """Return the name of a model; `./folder` on the command line counts from where it was given.

    A name without a dot before it is not looked for there: it may be a hub id, and a workspace
    could hold a folder of that name.
    """
    return str(Path(model).resolve()) if model.startswith(".") else model


def _parser() -> argparse.ArgumentParser:
    defaults = Settings()
    parser = argparse.ArgumentParser(
        prog="ppl-lsp",
        description="Language server that shows where text surprises a language model. "
        "Editors start it; by default it speaks over standard input and output.",
        allow_abbrev=False,
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stdio", action="store_true", help="speak over standard streams (default)")
    way.add_argument(
        "--tcp",
        metavar="HOST:PORT",
        type=_loopback,
        help="wait for one client on a loopback address; port 0 takes a free one",
    )
    way.add_argument(
        "--playground",
        action="store_true",
        help="serve a page with an editor in it, on a loopback address that is printed",
    )
    for transport in ("--pipe", "--socket", "--node-ipc"):
        way.add_argument(transport, type=_unsupported, nargs="?", help=argparse.SUPPRESS)
    parser.add_argument(
        "--browser", action="store_true", help="with --playground: open the page in the browser"
    )
    parser.add_argument(
        "--clientProcessId", metavar="PID", type=int, help="end when this process ends"
    )
    parser.add_argument(
        "--log-level",
        default="warning",
        choices=("debug", "info", "warning", "error"),
        help="how much to write to standard error; `debug` includes the texts",
    )
    model = parser.add_argument_group("model", "what holds where the editor's settings say nothing")
    model.add_argument("--model", default=defaults.model, help="`embedded`, a folder, or a hub id")
    model.add_argument("--device", default=defaults.device, choices=DEVICES)
    model.add_argument("--precision", default=defaults.precision, choices=PRECISIONS)
    parser.add_argument(
        "--in-process",
        action="store_true",
        help="run the model in this process instead of one that all editor windows share",
    )
    parser.add_argument("--version", action="version", version=f"ppl-lsp {__version__}")
    return parser


def _loopback(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the highest port there is
        raise argparse.ArgumentTypeError(f"{address!r} does not end in a port from 0 to 65535")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise argparse.ArgumentTypeError(
            f"{host!r} is not a loopback address: texts must not leave the machine"
        )
    return host, int(port)


def _unsupported(_: str) -> NoReturn:
    raise argparse.ArgumentTypeError("this transport is not supported; use --stdio or --tcp")


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if level != "debug":
        # Below warnings it logs every message, texts included.
        logging.getLogger("pygls").setLevel(logging.WARNING)
    # Python 3.14 deprecates what pygls uses; nobody who reads an editor's log can do anything.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"pygls\.")


if __name__ == "__main__":
    main()
