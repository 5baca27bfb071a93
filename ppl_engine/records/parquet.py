"""Parquet: a record a row, read a batch at a time."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ppl_engine.errors import EngineError
from ppl_engine.records.record import BadRecord, Record

if TYPE_CHECKING:
    from types import ModuleType

_ROWS_AT_ONCE: Final = 1024


def pyarrow() -> "ModuleType":
    """Return the package with its Parquet part. Raises EngineError where it is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to import
        import pyarrow.parquet as _  # noqa: PLC0415, F401
    except ImportError as error:
        raise EngineError("Parquet needs a package: pip install 'ppl-lsp[data]'.") from error
    return pa


def unread_rows(path: str) -> Iterator[Callable[[], Record | BadRecord]]:
    """Yield for each row a function that reads it. Raises OSError, EngineError."""
    # pyarrow has no types: `Any` where its values pass through.
    pa: Any = pyarrow()
    number = 0
    try:
        with pa.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for idx in range(len(batch)):
                    yield _Row(path, number + idx + 1, batch, idx).read
                number += len(batch)
    except pa.ArrowException as error:
        reason = f"not Parquet that can be read: {' '.join(str(error).split())}"
        yield lambda: BadRecord(path, number, reason)


class _Row:
    """A row of a batch, not taken out of it yet."""

    def __init__(self, path: str, number: int, batch: Any, idx: int) -> None:
        self._path = path
        self._number = number
        self._batch = batch
        self._idx = idx

    def read(self) -> Record | BadRecord:
        """Take the row out as values of Python."""
        try:
            fields: dict[str, object] = {
                name: column[self._idx].as_py()
                for name, column in zip(self._batch.schema.names, self._batch.columns, strict=True)
            }
        except (ValueError, OverflowError) as error:
            return BadRecord(self._path, self._number, f"a value can not be read: {error}")
        return Record(self._path, self._number, fields)
