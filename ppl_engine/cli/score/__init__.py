"""`ppl score`: `command` has the options and runs it, `formats` has its forms."""

from ppl_engine.cli.score.command import add_to

__all__ = ["add_to"]
