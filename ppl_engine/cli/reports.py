"""The three forms of a report, whatever it is about. Each file is handed on when it is finished."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from ppl_engine.cli.output import Output, Part

if TYPE_CHECKING:
    from ppl_engine.scoring.scorer import ModelInfo

VERSION: Final = 1
"""Of the JSON contract in docs/output.md; raised when something in it changes its meaning."""

_PARTS_AT_ONCE: Final = 256
"""A file may be a stream, of which no more than this is held back."""

Json: TypeAlias = Mapping[str, object]


class JsonDocument:
    """One document with an object for each file, complete wherever it ends."""

    def __init__(self, output: Output, model: "Callable[[], ModelInfo | None]") -> None:
        """Take a function for the model, since it is not known before there is a file."""
        self._output = output
        self._model = model
        self._n_written = 0

    def add(self, file: Json) -> None:
        """Write the object of a file, and hand it on."""
        self._output.write(",\n" if self._n_written else _head(self._model()), dumps(file))
        self._output.flush()
        self._n_written += 1

    def end(self, totals: Json | None = None) -> None:
        """Write what is to be said of all files, and close the document."""
        said = "".join(f", {dumps(key)}: {dumps(value)}" for key, value in (totals or {}).items())
        head = "\n" if self._n_written else _head(self._model())
        self._output.write(f"{head}]{said}}}\n")


def write_json(
    output: Output, files: Iterable[Json], model: "Callable[[], ModelInfo | None]"
) -> None:
    """Write one document, complete even where the work is interrupted."""
    document = JsonDocument(output, model)
    try:
        for file in files:
            document.add(file)
    finally:
        document.end()


def write_json_lines(output: Output, files: Iterable[Iterable[Json]]) -> None:
    """Write an object a line."""
    for file in files:
        for item in file:
            output.write(dumps(item), "\n")
        output.flush()


def write_text(output: Output, files: Iterable[Iterable[Part]]) -> None:
    """Write what is meant for people."""
    for file in files:
        parts = iter(file)
        while some := list(islice(parts, _PARTS_AT_ONCE)):
            output.write(*some)
        output.flush()


def program_version() -> str | None:
    """Return the version of this program; None where it runs without being installed."""
    try:
        return version("ppl-lsp")
    except PackageNotFoundError:
        return None


def number(value: float) -> float | None:
    """Return a number as JSON can say it: NaN, for what is not scored, is null."""
    return None if math.isnan(value) else float(f"{value:.9g}")  # all there is in 32 bits


def _head(model: "ModelInfo | None") -> str:
    described = None
    if model is not None:
        described = {
            "name": model.name,
            "revision": model.revision,
            "device": model.device,
            "precision": model.precision,
        }
    return f'{{"version": {VERSION}, "model": {dumps(described)}, "files": [\n'


def dumps(value: object) -> str:
    """Return a value as JSON in ASCII, on one line."""
    # ASCII alone passes through any terminal and file, and can say lone surrogates.
    return json.dumps(value, allow_nan=False)
