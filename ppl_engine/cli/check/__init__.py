"""`ppl check`.

`command` has the options and runs it; `checking` yields documents with what is said of them,
`selection` says which kinds of findings are wanted, `gates` what a document must keep to;
`reporting` hands every document to the reports that are asked for, one file each in `formats`.
"""

from ppl_engine.cli.check.command import add_to

__all__ = ["add_to"]
