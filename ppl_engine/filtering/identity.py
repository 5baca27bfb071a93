"""What scores are of: the input as it was, how it was read, the model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias, cast

from ppl_engine.errors import EngineError
from ppl_engine.scoring.scorer import ModelInfo

VERSION: Final = 1
"""Of the file of scores: raised when it has another form, or when the same is scored otherwise."""

Identity: TypeAlias = dict[str, object]


def identity_of(files: Sequence[str], *, field: str, form: str, model: ModelInfo) -> Identity:
    """Return what to compare before scores are taken for those of these files.

    Raises EngineError if a file is not there.
    """
    return {
        "version": VERSION,
        "inputs": [_file(path) for path in files],
        "field": field,
        "form": form,
        "model": f"{model.revision} {model.precision}",
    }


def difference(found: Identity, wanted: Identity) -> str | None:
    """Say in words what makes the scores that were found others than those wanted, if anything."""
    for key, words in _DIFFERENCES.items():
        if found.get(key) != wanted[key]:
            return words.format(found.get(key), wanted[key])
    before = cast("list[dict[str, object]]", found.get("inputs"))
    now = cast("list[dict[str, object]]", wanted["inputs"])
    if [file["path"] for file in before] != [file["path"] for file in now]:
        return "the files that are read were others"
    for old, new in zip(before, now, strict=True):
        if old != new:
            return f"{new['path']} has changed since"
    return None


_DIFFERENCES: Final = {
    "version": "another version of ppl made them",
    "field": "the text was in the field {!r}, now {!r}",
    "form": "the records were read otherwise ({}, now {})",
    "model": "the model was another one ({}, now {})",
}


def _file(path: str) -> dict[str, object]:
    try:
        status = Path(path).stat()
    except OSError as error:
        raise EngineError(f"{path}: {(error.strerror or str(error)).lower()}.") from error
    return {
        "path": str(Path(path).resolve()),
        "n_bytes": status.st_size,
        "changed_ns": status.st_mtime_ns,
    }
