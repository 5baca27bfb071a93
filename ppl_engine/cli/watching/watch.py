"""Going round: look, show, wait."""

import argparse
import sys
from typing import NoReturn

from ppl_engine.cli.output import open_output
from ppl_engine.cli.session import ExitCode, Models, note
from ppl_engine.cli.watching.folders import Folders
from ppl_engine.cli.watching.rounds import Rounds
from ppl_engine.cli.watching.screen import CollectingSession, Screen


def watch(arguments: argparse.Namespace, models: Models) -> ExitCode:
    """Check again whenever something changes, until somebody interrupts or it can not go on."""
    session = CollectingSession.of(arguments, models)
    try:
        with session.reporting_failures(), open_output(None) as output:
            _go_round(
                Rounds(session, arguments),
                Screen(sys.stdout, has_color=output.has_color),
                session,
            )
    except KeyboardInterrupt:
        note("no longer watching")
        return ExitCode.INTERRUPTED
    for message in session.taken_messages():
        note(message)
    return ExitCode.FAILED


def _go_round(rounds: Rounds, screen: Screen, session: CollectingSession) -> NoReturn:
    folders = Folders()
    said: list[str] | None = None
    try:
        while True:
            found = rounds.next()
            messages = session.taken_messages()
            if found.changed or found.gone or messages != said:
                screen.show(found, messages)
            said = messages
            # What changed before it was watched is seen when all is looked at once more.
            if found.folders != folders.watched:
                folders.watch(found.folders)
            else:
                folders.wait()
    finally:
        folders.close()
