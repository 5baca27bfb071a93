"""Records as Parquet, whatever they come from."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, cast

from ppl_engine.filtering.outputs.json_lines import dumps
from ppl_engine.records import Form, Record
from ppl_engine.records.parquet import pyarrow

_ROWS_AT_ONCE: Final = 1024

Values = Mapping[str, object]


class Schema:
    """The columns of a Parquet file. What has no one type is written as JSON."""

    def __init__(self, types: Mapping[str, Any], as_json: frozenset[str] = frozenset()) -> None:
        self._pa: Any = pyarrow()
        self.types = dict(types)
        self.as_json = as_json

    def with_columns(self, added: Mapping[str, type]) -> "Schema":
        """Return this schema with columns of numbers added."""
        of = {int: self._pa.int64(), float: self._pa.float64()}
        types = {**self.types, **{name: of[kind] for name, kind in added.items()}}
        return Schema(types, self.as_json - added.keys())

    def batch(self, rows: list[Values]) -> Any:
        """Return rows as a record batch; what a row does not have is null."""
        columns = [self._column(name, [row.get(name) for row in rows]) for name in self.types]
        return self._pa.record_batch(columns, schema=self.arrow)

    @property
    def arrow(self) -> Any:
        """The schema as pyarrow has it."""
        return self._pa.schema(list(self.types.items()))

    def _column(self, name: str, values: list[object]) -> Any:
        if name in self.as_json:
            values = [None if value is None else dumps(value).decode() for value in values]
        try:
            return self._pa.array(values, self.types[name])
        except UnicodeEncodeError:
            # Parquet holds UTF-8, in which there is no lone surrogate.
            return self._pa.array([_encodable(value) for value in values], self.types[name])


def schema_of_files(paths: Iterable[str]) -> Schema:
    """Return the columns that Parquet files have together. Raises OSError, EngineError."""
    pa: Any = pyarrow()
    found = [pa.parquet.read_schema(path).remove_metadata() for path in paths]
    together = pa.unify_schemas(found, promote_options="permissive")
    return Schema({field.name: field.type for field in together})


def schema_of_records(records: Iterable[Record]) -> Schema:
    """Return the columns that fit all records, which takes a look at each of them."""
    pa: Any = pyarrow()
    types: dict[str, Any] = {}
    as_json: set[str] = set()
    for rows in _batches(record.fields for record in records):
        for name in dict.fromkeys(name for row in rows for name in row):
            if name not in as_json:
                joined = _joined(types.get(name, pa.null()), [row.get(name) for row in rows])
                types[name] = pa.string() if joined is None else joined
                as_json |= {name} if joined is None else set()
    types = {name: pa.string() if kind == pa.null() else kind for name, kind in types.items()}
    return Schema(types, frozenset(as_json))


class ParquetSink:
    """Writes row groups of a fixed number of rows."""

    def __init__(self, schema: Schema, writer: Any) -> None:
        self._schema = schema
        self._writer = writer
        self._rows: list[Values] = []

    def write(self, record: Record, added: Values) -> None:
        """Write a record. Raises OSError."""
        self._rows.append({**record.fields, **added})
        if len(self._rows) >= _ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is held back."""
        if self._rows:
            self._writer.write_batch(self._schema.batch(self._rows))
            self._rows = []


@contextmanager
def parquet_sink(file: BinaryIO, schema: Schema) -> Generator[ParquetSink, None, None]:
    """Open a sink that writes Parquet into a file."""
    pa: Any = pyarrow()
    with pa.parquet.ParquetWriter(file, schema.arrow, compression="zstd") as writer:
        sink = ParquetSink(schema, writer)
        yield sink
        sink.flush()


def is_all_parquet(forms: Iterable[Form]) -> bool:
    """Whether the schema can be had from the files alone."""
    return all(form is Form.PARQUET for form in forms)


def _joined(known: Any, values: list[object]) -> Any:
    """Return the type of values and those of the type known so far; None if there is none."""
    pa: Any = pyarrow()
    try:
        kind = pa.array([_encodable(value) for value in values]).type
        fields = [pa.schema([("", known)]), pa.schema([("", kind)])]
        return pa.unify_schemas(fields, promote_options="permissive").field(0).type
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        return None


def _batches(rows: Iterable[Values]) -> Generator[list[Values], None, None]:
    batch: list[Values] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", errors="surrogatepass").decode("utf-8", errors="replace")
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: _encodable(item) for key, item in entries.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in cast("list[object]", value)]
    return value
