"""Data sets of the `datasets` package: saved to disk, or of the Hugging Face hub where named."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.errors import EngineError
from ppl_engine.records.record import Record

DEFAULT_SPLIT: Final = "test"

_IS_SAVED: Final = ("dataset_dict.json", "state.json")


def read_dataset(name: str, split: str | None = None) -> Iterator[Record]:
    """Yield the rows of a data set in order.

    `name` is a directory that `save_to_disk` wrote, or that of a data set on the hub, with its
    configuration after a colon: `NAME:CONFIG`. Rows of the hub are a stream. Raises EngineError.
    """
    rows = _saved(name, split) if Path(name).exists() else _of_hub(name, split)
    for number, fields in enumerate(rows, 1):
        yield Record(name, number, fields)


def _saved(name: str, split: str | None) -> Iterable[Mapping[str, object]]:
    directory = Path(name)
    if not any((directory / marker).is_file() for marker in _IS_SAVED):
        raise EngineError(
            f"{name} is no saved data set: `Dataset.save_to_disk` writes one. Files of records "
            "are named as paths, without --dataset."
        )
    try:
        found = _datasets().load_from_disk(name)
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(f"The data set in {name} can not be read: {_one_line(error)}") from error
    if not isinstance(found, dict):
        return cast("Iterable[Mapping[str, object]]", found)
    splits = cast("dict[str, Iterable[Mapping[str, object]]]", found)
    wanted = split or DEFAULT_SPLIT
    if wanted not in splits:
        raise EngineError(
            f"The data set in {name} has no split {wanted}; choose one of {', '.join(splits)} "
            "with --split."
        )
    return splits[wanted]


def _of_hub(name: str, split: str | None) -> Iterable[Mapping[str, object]]:
    repository, _, configuration = name.partition(":")
    try:
        return cast(
            "Iterable[Mapping[str, object]]",
            _datasets().load_dataset(
                repository, configuration or None, split=split or DEFAULT_SPLIT, streaming=True
            ),
        )
    except EngineError:
        raise
    except Exception as error:  # whatever the hub, its clients or a data set's files can raise
        raise EngineError(
            f"There is no data set {name} here, and it can not be had from the hub: "
            f"{_one_line(error)}"
        ) from error


def _datasets() -> Any:
    try:
        import datasets  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise EngineError("Data sets need a package: pip install 'ppl-lsp[data]'.") from error
    return datasets


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
