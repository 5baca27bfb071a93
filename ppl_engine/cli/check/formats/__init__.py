"""The forms of a report of `ppl check`, a module each; `registry` names them."""

from typing import Final

NAMES: Final = ("text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")
"""As they are asked for by `--format`. Here, since `registry` imports numpy."""
