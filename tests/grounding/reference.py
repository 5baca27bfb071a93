"""API references as programs generate them, from modules of the standard library, and damaged ones.

What is planted is known by its place: an invented parameter, another number, another default,
another name; nothing that the source holds. Nothing of the engine is used.
"""

import importlib
import inspect
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Final

_INVENTED: Final = (
    *("retries", "backoff", "dry_run", "verbosity", "max_workers", "use_cache", "n_jobs"),
    *("threshold", "pool_size", "on_error", "strategy", "prefetch", "compression_level", "shards"),
)
_NAMES: Final = ("fetch", "merge", "publish", "resolve", "transform", "dispatch", "refresh")
_VALUES: Final = ("auto", "lenient", "latin9", "eager", "inherit", "nearest", "bounded")
# In blocks of code and at their prompts nothing is looked for.
_NUMBER: Final = re.compile(
    r"(?m)^(?! {4}|>>>|- |#).*?(?<![\w.`/-])(?P<changed>\d{2,4})(?![\w.%/-])"
)
_DEFAULT: Final = re.compile(r"It is `(?P<changed>[^`]+)` unless given\.")
_PARAMETER: Final = re.compile(r"(?m)^- `(?P<changed>\w+)`")
_HEADING: Final = re.compile(r"(?m)^## `[\w.]*?(?P<changed>\w+)\(")
_MOST_OF_A_KIND: Final = 3


@dataclass(frozen=True, slots=True)
class Planted:
    """What is wrong, and where it stands in the damaged text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A generated page with the source that it was generated from."""

    name: str
    text: str
    source: str


def reference(name: str) -> Reference:
    """Generate the page of a module from its signatures and docstrings."""
    module = importlib.import_module(name)
    entries = [_entry(f"{name}.{called}", function) for called, function in _public(module)]
    return Reference(name, "\n".join([f"# {name}\n", *entries]), inspect.getsource(module))


def _public(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    for called, value in sorted(vars(module).items()):
        if called.startswith("_") or getattr(value, "__module__", "") != module.__name__:
            continue
        if isinstance(value, FunctionType) and value.__doc__:
            yield called, value
        elif isinstance(value, type):
            for method, function in sorted(vars(value).items()):
                if isinstance(function, FunctionType) and function.__doc__ and method[0] != "_":
                    yield f"{called}.{method}", function


def _entry(name: str, function: FunctionType) -> str:
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
    heading = f"## `{name}({', '.join(p.name for p in parameters)})`\n"
    lines = [heading, f"{inspect.getdoc(function)}\n"]
    for parameter in parameters:
        default = str(parameter.default)
        is_plain = isinstance(parameter.default, int | str | float) and default.isprintable()
        shown = is_plain and default.strip() and "`" not in default
        lines.append(f"- `{parameter.name}`" + (f": It is `{default}` unless given." * bool(shown)))
    return "\n".join(lines) + "\n"


def damaged(made: Reference, seed: int = 0) -> tuple[str, tuple[Planted, ...]]:
    """Return the text with up to three things of each kind wrong, and where they are."""
    dice = random.Random(f"{made.name} {seed}")
    edits: list[tuple[int, int, str, str]] = []  # start, end, instead, kind
    kinds: Sequence[tuple[str, re.Pattern[str], Callable[[str], Sequence[str]]]] = (
        ("default", _DEFAULT, _other_values),
        ("number", _NUMBER, _other_numbers),
        ("name", _HEADING, lambda _: _NAMES),
        ("parameter", _PARAMETER, lambda _: _INVENTED),
    )
    for kind, pattern, choices in kinds:
        found = list(pattern.finditer(made.text))
        for match in dice.sample(found, min(_MOST_OF_A_KIND, len(found))):
            start, end = match.span("changed")
            if all(end <= low or high <= start for low, high, _, _ in edits):
                unheard = [one for one in choices(match["changed"]) if not _holds(made.source, one)]
                edits.append((start, end, dice.choice(unheard), kind))
    return _edited(made.text, sorted(edits))


def _other_numbers(number: str) -> list[str]:
    return [str(int(number) + step) for step in range(-9, 60) if int(number) + step > 0]


def _other_values(value: str) -> Sequence[str]:
    return _other_numbers(value) if value.isdecimal() else _VALUES


def _holds(source: str, word: str) -> bool:
    return re.search(rf"(?i)(?<![a-z0-9]){word}(?![a-z0-9])", source) is not None


def _edited(
    text: str, edits: Sequence[tuple[int, int, str, str]]
) -> tuple[str, tuple[Planted, ...]]:
    planted: list[Planted] = []
    shift = 0
    for start, end, instead, kind in edits:
        text = text[: start + shift] + instead + text[end + shift :]
        planted.append(Planted(kind, start + shift, start + shift + len(instead)))
        shift += len(instead) - (end - start)
    return text, tuple(planted)
