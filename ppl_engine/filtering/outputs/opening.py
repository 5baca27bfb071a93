"""The files that a filter writes, which appear together when all is written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ppl_engine.errors import EngineError
from ppl_engine.filtering.items import Source
from ppl_engine.filtering.outputs import parquet
from ppl_engine.filtering.outputs.json_lines import bad_line
from ppl_engine.filtering.outputs.sinks import (
    STDOUT,
    TEXT_SUFFIX,
    LineSink,
    Sink,
    replacing,
    suffix_of,
    text_line,
)
from ppl_engine.filtering.passes import SCORE_FIELDS
from ppl_engine.records import BadRecord, Form, Record, form_of
from ppl_engine.records.reading import PARQUET_SUFFIX


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be written, and where."""

    kept: str | None
    rejected: str | None
    bad: str | None
    has_scores: bool

    def check(self, source: Source) -> None:
        """Raise EngineError for what can not be written, before anything is read."""
        forms = _forms(source)
        for path in self._named():
            if Path(path).resolve() in {Path(file).resolve() for file in source.files}:
                raise EngineError(f"{path} is read: write to another file.")
            if not Path(path).resolve().parent.is_dir():
                raise EngineError(f"{path}: there is no such directory to write to.")
        for path in filter(None, (self.kept, self.rejected)):
            if suffix_of(path) == TEXT_SUFFIX and (self.has_scores or set(forms) - {Form.LINES}):
                raise EngineError(
                    f"{path}: only lines of text can be written as text, without scores "
                    "(--lines reads lines); end the name in .jsonl."
                )

    def needs_schema(self) -> bool:
        """Whether all records have to be seen before the first can be written."""
        return any(suffix_of(path) == PARQUET_SUFFIX for path in (self.kept, self.rejected) if path)

    def _named(self) -> Iterator[str]:
        yield from (p for p in (self.kept, self.rejected, self.bad) if p and p != STDOUT)


@dataclass(slots=True)
class OpenOutputs:
    """Targets that are open."""

    kept: Sink | None
    rejected: Sink | None
    has_scores: bool
    tell: Callable[[BadRecord], None]
    _open_bad: Callable[[], BinaryIO] | None
    _bad_file: BinaryIO | None = field(default=None)

    def bad(self, record: BadRecord) -> None:
        """Write a bad record to the file of these, which is made for the first one."""
        self.tell(record)
        if self._open_bad is None:
            return
        if self._bad_file is None:
            self._bad_file = self._open_bad()
        self._bad_file.write(bad_line(record))


def open_outputs(
    targets: Targets, source: Source, tell: Callable[[BadRecord], None], stack: ExitStack
) -> OpenOutputs:
    """Open all targets until `stack` is closed; what is kept appears last.

    Raises OSError, EngineError.
    """
    schema = _schema(targets, source) if targets.needs_schema() else None

    def opened(path: str | None) -> Sink | None:
        if path is None:
            return None
        file = stack.enter_context(replacing(path))
        match suffix_of(path):
            case suffix if suffix == PARQUET_SUFFIX and schema is not None:
                return stack.enter_context(parquet.parquet_sink(file, schema))
            case suffix if suffix == TEXT_SUFFIX:
                return LineSink(file, text_line)
            case _:
                return LineSink(file)

    bad = targets.bad
    return OpenOutputs(
        opened(targets.kept),
        opened(targets.rejected),
        targets.has_scores,
        tell,
        None if bad is None else lambda: stack.enter_context(replacing(bad)),
    )


def _forms(source: Source) -> Sequence[Form]:
    return [source.form or form_of(path, lines=source.lines) for path in source.files]


def _schema(targets: Targets, source: Source) -> parquet.Schema:
    if parquet.is_all_parquet(_forms(source)):
        schema = parquet.schema_of_files(source.files)
    else:
        schema = parquet.schema_of_records(_records(source))
    return schema.with_columns(SCORE_FIELDS) if targets.has_scores else schema


def _records(source: Source) -> Iterable[Record]:
    for item in source.items():
        if isinstance(item.record, Record):
            yield item.record
