"""What may stand in `ppl.toml`, and what is wrong with what does. Pure."""

import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import inf
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from ppl_engine.configuration.gates import Gates
from ppl_engine.configuration.globs import Globs
from ppl_engine.findings.codes import CODES
from ppl_engine.findings.finding import Severity
from ppl_engine.findings.thresholds import Thresholds

Shown: TypeAlias = Severity | Literal["off"]

SEVERITIES: Final = (*get_args(Severity), "off")

# What a workspace might wish to say, and must not: it would start something or send texts away.
_REFUSED: Final = frozenset(
    {
        *("model", "device", "precision", "interpreter", "python", "command", "args", "server"),
        *("executable", "shell", "plugins", "env", "environment", "url", "remote", "endpoint"),
        *("host", "port", "proxy", "backend", "api-key", "token"),
    }
)
_NO_GLOBS: Final = Globs.of(())
_NO_GATES: Final = Gates()


@dataclass(frozen=True, slots=True)
class PathRule:
    """What holds for some paths beside what holds for all."""

    paths: Globs
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Shown] = field(default_factory=dict[str, Shown])


@dataclass(frozen=True, slots=True)
class GroundingRule:
    """Which documents are made from which sources."""

    documents: Globs
    sources: Globs


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a workspace wants."""

    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    """Those it sets, by the names of the fields of `Thresholds`."""

    include: Globs = _NO_GLOBS
    """Where there are any, the only files that are wanted."""

    exclude: Globs = _NO_GLOBS
    ignore: frozenset[str] = frozenset()
    """Codes."""

    severity: Mapping[str, Shown] = field(default_factory=dict[str, Shown])
    words: tuple[str, ...] = ()
    dictionaries: tuple[str, ...] = (".ppl/words.txt",)
    """Paths from the root; words are added to the first."""

    baseline: str = ".ppl/accepted.json"
    """A path from the root."""

    learn_terms: bool = True
    gates: Gates = _NO_GATES
    per_path: tuple[PathRule, ...] = ()
    grounding: tuple[GroundingRule, ...] = ()


def parsed(table: Mapping[str, object]) -> tuple[Configuration, tuple[str, ...]]:
    """Return what a table comes to, and a sentence for each thing in it that is wrong.

    What is wrong is left out; the rest holds.
    """
    complaints: list[str] = []
    accepted: dict[str, Any] = {}
    for key, read, value in _known(table, _READERS, "", complaints):
        try:
            accepted[key.replace("-", "_")] = read(key, value, complaints)
        except _WrongError as wrong:
            complaints.append(str(wrong))
    return Configuration(**accepted), tuple(complaints)


_Read: TypeAlias = Callable[[str, object, list[str]], object]


class _WrongError(ValueError):
    """A value is not what its key takes."""

    def __init__(self, key: str, expected: str, value: object) -> None:
        super().__init__(f"{key}: expected {expected}, not {reprlib.repr(value)}.")


def _known(
    table: Mapping[str, object], readers: Mapping[str, _Read], where: str, complaints: list[str]
) -> Iterator[tuple[str, _Read, object]]:
    """Yield the keys that are known, and complain about the others."""
    for key, value in table.items():
        if key in readers:
            yield key, readers[key], value
        elif key.replace("_", "-").lower() in _REFUSED:
            complaints.append(
                f"{where}{key}: a workspace can not choose what is run or where text is sent; "
                "this belongs to your editor's settings or the command line."
            )
        else:
            near = get_close_matches(key[:40].replace("_", "-"), readers, n=1)
            instead = f"did you mean {near[0]}?" if near else f"there are {', '.join(readers)}."
            complaints.append(f"{where}{key}: there is no such key; {instead}")


def _strings(key: str, value: object, complaints: list[str]) -> tuple[str, ...]:
    del complaints
    listed = cast(list[object], value) if isinstance(value, list) else [None]
    found = tuple(one for one in listed if isinstance(one, str) and one.strip())
    if len(found) < len(listed):
        raise _WrongError(key, "a list of strings", cast(object, value))
    return found


def _globs(key: str, value: object, complaints: list[str]) -> Globs:
    try:
        return Globs.of(_strings(key, value, complaints))
    except ValueError as error:
        if isinstance(error, _WrongError):
            raise
        raise _WrongError(key, f"patterns as in .gitignore ({error})", value) from error


def _codes(key: str, value: object, complaints: list[str]) -> frozenset[str]:
    named = _strings(key, value, complaints)
    complaints.extend(f"{key}: {no_such_code(name)}" for name in named if name not in CODES)
    return frozenset(named) & frozenset(CODES)


def _severities(key: str, value: object, complaints: list[str]) -> Mapping[str, Shown]:
    found: dict[str, Shown] = {}
    for code, severity in _table(key, value).items():
        if code not in CODES:
            complaints.append(f"{key}: {no_such_code(code)}")
        elif severity not in SEVERITIES:
            expected = f"one of {', '.join(SEVERITIES)}"
            complaints.append(str(_WrongError(f"{key}.{code}", expected, severity)))
        else:
            found[code] = cast(Shown, severity)
    return found


def _thresholds(key: str, value: object, complaints: list[str]) -> Mapping[str, float]:
    return _amounts(Thresholds, key, value, complaints)


def _gates(key: str, value: object, complaints: list[str]) -> Gates:
    found: dict[str, Any] = _amounts(Gates, key, value, complaints)
    return Gates(**found)


def _amounts(
    of: type[Thresholds | Gates], key: str, value: object, complaints: list[str]
) -> dict[str, float]:
    """Return the numbers of a table whose keys are the fields of a class."""
    readers = {
        slot.name.replace("_", "-"): _whole_number if is_whole(slot.type) else _number
        for slot in fields(of)
    }
    found: dict[str, float] = {}
    for name, read, number in _known(_table(key, value), readers, f"{key}.", complaints):
        try:
            amount = read(f"{key}.{name}", number, complaints)
        except _WrongError as wrong:
            complaints.append(str(wrong))
        else:
            found[name.replace("-", "_")] = cast(float, amount)
    return found


def is_whole(annotation: object) -> bool:
    """Whether a field of this type holds whole numbers, if anything."""
    return annotation is int or int in get_args(annotation)


def _number(key: str, value: object, complaints: list[str]) -> float:
    del complaints
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
        raise _WrongError(key, "a number from 0 on", value)
    return float(value)


def _whole_number(key: str, value: object, complaints: list[str]) -> int:
    del complaints
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _WrongError(key, "a whole number from 0 on", value)
    return value


def _boolean(key: str, value: object, complaints: list[str]) -> bool:
    del complaints
    if not isinstance(value, bool):
        raise _WrongError(key, "true or false", value)
    return value


def _path(key: str, value: object, complaints: list[str]) -> str:
    del complaints
    if not isinstance(value, str) or not value.strip():
        raise _WrongError(key, "the path of a file", value)
    return value


def _path_rules(key: str, value: object, complaints: list[str]) -> tuple[PathRule, ...]:
    rules: list[PathRule] = []
    for accepted in _tables(key, value, _PATH_READERS, complaints):
        if "paths" in accepted:
            rules.append(PathRule(**accepted))
        else:
            complaints.append(f"{key}: a table without paths holds nowhere.")
    return tuple(rules)


def _grounding(key: str, value: object, complaints: list[str]) -> tuple[GroundingRule, ...]:
    rules: list[GroundingRule] = []
    for accepted in _tables(key, value, _GROUNDING_READERS, complaints):
        if len(accepted) == len(_GROUNDING_READERS):
            rules.append(GroundingRule(**accepted))
        else:
            complaints.append(f"{key}: a table needs both documents and sources.")
    return tuple(rules)


def _tables(
    key: str, value: object, readers: Mapping[str, _Read], complaints: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield what each table of a list comes to."""
    if not isinstance(value, list):
        raise _WrongError(key, f"tables that begin with [[{key}]]", value)
    for table in cast(list[object], value):
        known = _known(_table(key, table), readers, f"{key}.", complaints)
        yield {name: read(f"{key}.{name}", one, complaints) for name, read, one in known}


def _table(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _WrongError(key, "a table", value)
    return cast(Mapping[str, object], value)


def no_such_code(name: str) -> str:
    """Return a sentence that says so, with what may have been meant."""
    near = get_close_matches(name[:40], CODES, n=1)
    instead = f"did you mean {near[0]}?" if near else f"there are {', '.join(CODES)}."
    return f"{reprlib.repr(name)} is no kind of finding; {instead}"


_PATH_READERS: Final[Mapping[str, _Read]] = {
    "paths": _globs,
    "ignore": _codes,
    "severity": _severities,
}
_GROUNDING_READERS: Final[Mapping[str, _Read]] = {"documents": _globs, "sources": _globs}
_READERS: Final[Mapping[str, _Read]] = {
    "thresholds": _thresholds,
    "include": _globs,
    "exclude": _globs,
    "ignore": _codes,
    "severity": _severities,
    "words": _strings,
    "dictionaries": _strings,
    "baseline": _path,
    "learn-terms": _boolean,
    "gates": _gates,
    "per-path": _path_rules,
    "grounding": _grounding,
}

KEYS: Final = tuple(_READERS)
"""Every key of the file, as it is spelled there."""
