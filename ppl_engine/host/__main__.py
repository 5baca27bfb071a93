"""`python -m ppl_engine.host CHOICE STEM IDENTITY`: the engine process; `launch` starts it."""

import sys

from ppl_engine.host.process import main

if __name__ == "__main__":
    main(sys.argv[1:])
