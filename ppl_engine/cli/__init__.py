"""The command line: a file or folder per subcommand. It parses, calls the engine, prints.

`command_line` is the entry, `options` what the commands share, `sources` reads files, `session`
holds the engine, `output`, `reports` and `meter` write, `check.formats` and `score.formats` say in
what form. A subcommand joins by one line in `command_line`.
"""

from ppl_engine.cli.command_line import main

__all__ = ["main"]
