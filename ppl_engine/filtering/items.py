"""The input as texts, in groups that are scored together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ppl_engine.grouping import in_groups
from ppl_engine.records import BadRecord, FieldError, Form, Record, read_items, text_field


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in a file, and its text."""

    record: Record | BadRecord
    text: str | None
    """None for a bad record."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which files are read, and how."""

    files: Sequence[str]
    field: str
    lines: bool = False
    form: Form | None = None

    def items(self, *, skip: int = 0) -> Iterator[Item]:
        """Yield what stands in the files, without the first `skip`.

        A record without the field is a bad one; but if the very first is, nobody meant that field:
        FieldError, with its place.
        """
        items = read_items(self.files, lines=self.lines, form=self.form, skip=skip)
        # Nothing is known of those that are skipped, except that they were read before.
        is_field_known = skip > 0
        for item in items:
            if isinstance(item, BadRecord):
                yield Item(item, None)
                continue
            try:
                text = text_field(item, self.field)
            except FieldError as error:
                if not is_field_known:
                    raise FieldError(f"{item.place}: {error}.") from error
                yield Item(BadRecord(item.path, item.number, str(error), item.raw), None)
                continue
            is_field_known = True
            yield Item(item, text)


def grouped(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield the items in groups that depend on the items alone."""
    return in_groups(items, lambda item: len(item.text or ""))
