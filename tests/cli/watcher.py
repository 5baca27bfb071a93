"""`ppl` as a process of its own, with the fake model."""

import signal
import sys

from ppl_engine.cli import main
from tests.cli.fake_scorer import fake_models

if __name__ == "__main__":
    # Where the tests run in the background of a shell, this signal would be ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:], models=fake_models()))
