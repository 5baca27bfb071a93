"""`ppl playground`: a page in the browser to try it all in.

The page speaks to a language server, of which the engine and this command know nothing: it is
started as a process.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.options import add_model, model_choice, new_command
from ppl_engine.cli.session import ExitCode, Models, note

if TYPE_CHECKING:
    from ppl_engine.cli.options import Subparsers

SERVER: Final = (sys.executable, "-P", "-m", "ppl_lsp", "--playground")
"""With -P, no folder that happens to be the current one is looked into for modules."""

_LAST_WORDS_S: Final = 5.0
_SUMMARY: Final = "try it in the browser: type, and see"
_ABOUT: Final = """\
Open a page in the browser with an editor in it that speaks to the real language server: findings
with their fixes, hovers, the heat map, the profile. A sample text is loaded.

The page is served on this machine for you alone: on a loopback address with a random port and a
secret, which is printed. Nothing is written, and nothing is sent anywhere. It ends when the page is
closed, or with Ctrl-C.

examples:
  ppl playground                     with the embedded model
  ppl playground --no-browser        print the address and open nothing
  ppl playground --model ./my-model  with another model"""


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    parser = new_command(commands, "playground", summary=_SUMMARY, about=_ABOUT)
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address and open no browser"
    )
    add_model(parser)
    parser.set_defaults(run=run)


def run(
    arguments: argparse.Namespace,
    models: Models,  # noqa: ARG001 - the server has its own
    *,
    server: Sequence[str] = SERVER,
) -> int:
    """Serve until the page is closed; 0, or 2 if the server can not be started."""
    choice = model_choice(arguments)
    command = [*server, "--model", choice.model, "--device", choice.device]
    command += ["--precision", choice.precision, "--clientProcessId", str(os.getpid())]
    if not arguments.no_browser:
        command.append("--browser")
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        note(f"the server can not be started: {error}")
        return ExitCode.FAILED
    return ExitCode.FAILED if _wait(process) else ExitCode.CLEAN


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end; Ctrl-C is heard by the server too, and is no failure."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LAST_WORDS_S)
        process.kill()
        return 0
