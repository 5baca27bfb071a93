"""`ppl filter`: `options` says what is asked for, `command` runs it, `report` shows what it did."""

from ppl_engine.cli.filter.command import add_to

__all__ = ["add_to"]
