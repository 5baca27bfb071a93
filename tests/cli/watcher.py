"""`ppl` as a process of its own, with the fake model."""

import sys

from ppl_engine.cli import main
from tests.cli.fake_scorer import fake_models

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], models=fake_models()))
