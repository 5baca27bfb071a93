"""The engine process with the fake engine in the place of the real one."""

import sys

from ppl_engine.host.process import main
from ppl_engine.host.vigil import Limits
from tests.server.fake_engine import load_fake_engine

COMMAND = (sys.executable, "-P", "-m", "tests.host.fake_host")

if __name__ == "__main__":
    main(sys.argv[1:], load=load_fake_engine, limits=Limits(linger_s=0.5))
