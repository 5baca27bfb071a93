"""Records of every form are read in order, and what is none is told with its place."""

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.records import (
    BadRecord,
    FieldError,
    Form,
    Record,
    form_of,
    read_items,
    read_records,
    text_field,
)
from ppl_engine.records.raw_lines import raw_lines

BOM = b"\xef\xbb\xbf"


def read(path: Path, content: bytes, **options: object) -> list[Record | BadRecord]:
    path.write_bytes(content)
    return list(read_items([str(path)], **options))  # type: ignore[arg-type]


def texts(items: list[Record | BadRecord]) -> list[tuple[int, object]]:
    return [
        (item.number, item.fields["text"] if isinstance(item, Record) else item.reason)
        for item in items
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"text": "a"}\n{"text": "b"}\n', [(1, "a"), (2, "b")]),
        (b'{"text": "a"}\n{"text": "b"}', [(1, "a"), (2, "b")]),
        (b'{"text": "a"}\r\n\r\n  \n{"text": "b"}\r\n', [(1, "a"), (4, "b")]),
        (BOM + b'{"text": "a"}\n', [(1, "a")]),
        (b"", []),
        (b"\n \n", []),
        (b'{"text": "\\ud800"}', [(1, "\ud800")]),
        (b'{"text": "a\\u0000b"}', [(1, "a\0b")]),
        (b'{"text": "a", "text": "b"}', [(1, "b")]),
        (b'{"text": NaN}', [(1, pytest.approx(float("nan"), nan_ok=True))]),
        ('{"text": "\u2028\x85"}'.encode(), [(1, "\u2028\x85")]),
        (
            b'{"text": "a"\n{"text": "b"}\n',
            [(1, "not JSON: expecting ',' delimiter at column 13"), (2, "b")],
        ),
        (b"[1]\n", [(1, "is a list, not an object")]),
        (b'"a"\n', [(1, "is text, not an object")]),
        (b'{"text": "\xff"}', [(1, "not UTF-8 (byte 0xFF at column 11)")]),
        (b'{"text": "a\0"}', [(1, "not JSON: invalid control character at column 12")]),
        ('{"text": "a"}'.encode("utf-16"), [(0, "is UTF-16, not UTF-8")]),
        (
            b'[\n {"text": "a"}\n]\n',
            [(0, "one document of JSON, not JSON Lines; `jq -c '.[]'` makes lines of it")],
        ),
    ],
)
def test_json_lines(tmp_path: Path, content: bytes, expected: list[tuple[int, object]]) -> None:
    assert texts(read(tmp_path / "a.jsonl", content)) == expected


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"text": ' + b"9" * 5000 + b"}"])
def test_what_the_parser_gives_up_on_is_a_bad_record(tmp_path: Path, line: bytes) -> None:
    first, second = read(tmp_path / "a.jsonl", line + b'\n{"text": "b"}\n')
    assert isinstance(first, BadRecord)
    assert first.reason.startswith("not JSON that can be read: ")
    assert texts([second]) == [(2, "b")]


def test_a_line_of_many_megabytes_is_a_record(tmp_path: Path) -> None:
    text = "word " * 2_000_000
    assert texts(read(tmp_path / "a.jsonl", json.dumps({"text": text}).encode())) == [(1, text)]


@given(
    lines=st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=8),
    limit=st.integers(1, 12),
)
def test_lines_are_bounded(lines: list[bytes], limit: int) -> None:
    found = list(raw_lines(io.BytesIO(b"\n".join(lines)), max_line_bytes=limit))
    kept = lines if lines and lines[-1] else lines[:-1]
    for number, (line, whole) in enumerate(zip(found, kept, strict=True), 1):
        assert line.number == number
        assert line.is_too_long == (limit < len(whole))
        assert whole.removesuffix(b"\r").startswith(line.data.removesuffix(b"\r"))


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress)],
)
def test_compression(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    lines = [json.dumps({"text": f"{k} " * 50}).encode() + b"\n" for k in range(3000)]
    # Two members, as `cat` makes of two files.
    packed = pack(b"".join(lines[:1000])) + pack(b"".join(lines[1000:]))
    items = read(tmp_path / f"a.jsonl{suffix}", packed)
    assert texts(items) == [(k + 1, f"{k} " * 50) for k in range(3000)]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
@pytest.mark.parametrize("damage", ["cut", "zeroed", "foreign"])
def test_damage_is_told_and_the_next_file_follows(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes], damage: str
) -> None:
    packed = pack(b"".join(json.dumps({"text": str(k)}).encode() + b"\n" for k in range(20_000)))
    half = len(packed) // 2
    content = {
        "cut": packed[:half],
        "zeroed": packed[:half] + bytes(len(packed) - half),
        "foreign": b"hello",
    }[damage]
    (tmp_path / f"a.jsonl{suffix}").write_bytes(content)
    (tmp_path / "b.jsonl").write_bytes(b'{"text": "b"}')
    paths = [str(tmp_path / f"a.jsonl{suffix}"), str(tmp_path / "b.jsonl")]
    bad: list[BadRecord] = []
    records = list(read_records(paths, on_bad=bad.append))
    *before, last = records
    assert last.fields == {"text": "b"}
    if damage == "cut":
        assert [record.fields["text"] for record in before] == [str(k) for k in range(len(before))]
    assert bad[-1].reason.startswith(f"damaged after record {len(before) + len(bad) - 1}: ")


def test_text_is_a_record_a_file_or_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    (whole,) = read(path, BOM + b"one\r\n\ntwo\x0c")
    assert isinstance(whole, Record)
    assert whole.fields == {"path": str(path), "text": "one\r\n\ntwo\x0c"}
    assert texts(read(path, BOM + b"one\r\n\ntwo\x0c", lines=True)) == [(1, "one"), (3, "two\x0c")]


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"a\0b", "is binary, not text"), ("a".encode("utf-16"), "is UTF-16, not UTF-8")],
)
def test_what_is_no_text(tmp_path: Path, content: bytes, reason: str, *, lines: bool) -> None:
    assert texts(read(tmp_path / "a.txt", content, lines=lines)) == [(0, reason)]


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    assert texts(read(tmp_path / "a.txt", b"a\xff\nb")) == [(0, "not UTF-8 (byte 0xFF)")]
    assert texts(read(tmp_path / "a.txt", b"a\xff\nb", lines=True)) == [
        (1, "not UTF-8 (byte 0xFF at column 2)"),
        (2, "b"),
    ]


def test_parquet_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"text": f"t{k}", "meta": {"k": k}, "n": None if k % 2 else k} for k in range(2500)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=700)
    items = list(read_items([str(path)]))
    assert [item.fields for item in items if isinstance(item, Record)] == rows
    assert [item.number for item in items] == list(range(1, 2501))
    assert list(read_items([str(path)], skip=2498)) == items[2498:]


def test_what_is_no_parquet(tmp_path: Path) -> None:
    (bad,) = read(tmp_path / "a.parquet", b"hello hello hello")
    assert isinstance(bad, BadRecord)
    assert bad.reason.startswith("not Parquet that can be read: ")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (bad,) = read_items([str(tmp_path / "a.jsonl")])
    assert isinstance(bad, BadRecord)
    assert bad.reason == "can not be read: no such file or directory"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b'{"text": "a"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert texts(list(read_items(["-"]))) == [(1, "a")]


@given(
    st.lists(
        st.one_of(
            st.just(b"\n"),
            st.just(b"{\n"),
            st.text(max_size=5).map(lambda text: json.dumps({"text": text}).encode() + b"\n"),
        ),
        max_size=12,
    ),
    st.integers(0, 14),
)
def test_what_is_skipped_changes_nothing_of_the_rest(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], skip: int
) -> None:
    paths = [tmp_path_factory.mktemp("skip") / name for name in ("a.jsonl", "b.jsonl")]
    half = len(lines) // 2
    paths[0].write_bytes(b"".join(lines[:half]))
    paths[1].write_bytes(b"".join(lines[half:]))
    names = [str(path) for path in paths]
    assert list(read_items(names, skip=skip)) == list(read_items(names))[skip:]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("text", "a"),
        ("meta.title", "b"),
        ("x.y", "c"),
        ("body", 'there is no field "body"; the fields are "text", "meta", "x.y", "n"'),
        ("meta.body", 'there is no field "meta.body"; the fields in "meta" are "title"'),
        ("text.body", 'the field "text" is text, so that there is no "text.body"'),
        ("n", 'the field "n" is null, not text'),
        ("meta", 'the field "meta" is an object, not text'),
    ],
)
def test_fields(name: str, expected: str) -> None:
    fields = {"text": "a", "meta": {"title": "b"}, "x.y": "c", "n": None}
    record = Record("a.jsonl", 1, fields)
    try:
        found = text_field(record, name)
    except FieldError as error:
        found = str(error)
    assert found == expected


@pytest.mark.parametrize(
    ("path", "form", "by_lines"),
    [
        ("a.JSONL.GZ", Form.JSON_LINES, Form.JSON_LINES),
        ("a.ndjson.zst", Form.JSON_LINES, Form.JSON_LINES),
        ("a.parquet", Form.PARQUET, Form.PARQUET),
        ("a.txt.gz", Form.TEXT, Form.LINES),
        ("a", Form.TEXT, Form.LINES),
        ("-", Form.JSON_LINES, Form.LINES),
    ],
)
def test_the_suffix_tells_the_form(path: str, form: Form, by_lines: Form) -> None:
    assert (form_of(path), form_of(path, lines=True)) == (form, by_lines)
