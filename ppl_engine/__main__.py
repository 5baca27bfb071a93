"""`python -m ppl_engine` is `ppl`."""

import sys

from ppl_engine.cli import main

if __name__ == "__main__":
    sys.exit(main())
