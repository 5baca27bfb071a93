"""The language server: what an editor asks and shows, translated to and from the engine.

Reading order: `server` (who answers what), `features` (one file per surface), `documents` and
`line_index` (the text as the client has it), `analyses` and `scheduler` (when and where the engine
works), `protocol` (the wire).
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("ppl-lsp")
except PackageNotFoundError:  # a checkout that is on the path but not installed
    __version__ = "0"
