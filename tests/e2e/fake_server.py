"""The command `ppl-lsp` with the fake engine in the place of the real one."""

from ppl_lsp.__main__ import main
from tests.host.fake_host import COMMAND
from tests.server.fake_engine import load_fake_engine

if __name__ == "__main__":
    main(command=COMMAND, load=load_fake_engine)
