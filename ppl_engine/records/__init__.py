"""Records of text in files: JSON Lines, Parquet, text; plain or compressed; as streams.

`reading` is the entry, `record` what comes out of it. What can not be read is an item of its own
with its place and the reason, so that the rest goes on and nothing is lost silently.
"""

from ppl_engine.records.reading import (
    RECORD_SUFFIXES,
    Form,
    form_of,
    read_items,
    read_records,
)
from ppl_engine.records.record import TEXT_FIELD, BadRecord, FieldError, Record, text_field

__all__ = [
    "RECORD_SUFFIXES",
    "TEXT_FIELD",
    "BadRecord",
    "FieldError",
    "Form",
    "Record",
    "form_of",
    "read_items",
    "read_records",
    "text_field",
]
