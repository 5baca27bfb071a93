"""The parts of a filter by themselves."""

import json
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.filtering.histogram import Histogram
from ppl_engine.filtering.identity import Identity
from ppl_engine.filtering.limits import Limits, Measure, Quantiles, Range, cut
from ppl_engine.filtering.outputs.json_lines import bad_line, dumps, json_line
from ppl_engine.filtering.rows import Rows, perplexity, rows_of
from ppl_engine.filtering.score_file import ResumeError, ScoreFile
from ppl_engine.filtering.selection import kth_smallest
from ppl_engine.records import BadRecord, Record
from ppl_engine.scoring.lines import LineScore

IDENTITY: Identity = {
    "version": 1,
    "inputs": [{"path": "/a.jsonl", "n_bytes": 3, "changed_ns": 4}],
    "field": "text",
    "form": "by suffix",
    "model": "1 exact",
}
numbers = st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 1.0, math.inf])


@given(st.lists(st.lists(numbers, max_size=5), min_size=1, max_size=5), st.data())
def test_selection_is_that_of_sorting(chunks: list[list[float]], data: st.DataObject) -> None:
    values = sorted(value for chunk in chunks for value in chunk)
    if not values:
        return
    k = data.draw(st.integers(0, len(values) - 1))
    arrays = [np.array([*chunk, math.nan], np.float64) for chunk in chunks]
    assert kth_smallest(lambda: arrays, k) == values[k]


@given(
    st.lists(st.integers(0, 30).map(float), min_size=1, max_size=40),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_quantile_keeps_its_share(values: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    array = np.array(values)
    found = cut(Quantiles(Measure.PERPLEXITY, low, high), lambda: [array])
    kept = found.holds(array)
    ordered = sorted(values)
    wanted = ordered[math.floor(low * len(values)) : math.ceil(high * len(values))]
    # Equals stay together, so that more may be kept, but nothing beyond them.
    assert set(wanted) <= set(array[kept])
    assert int(kept.sum()) >= len(wanted)


def test_a_quantile_of_nothing_keeps_nothing() -> None:
    found = cut(Quantiles(Measure.PERPLEXITY, 0, 1), lambda: [np.array([math.nan])])
    assert not found.holds(np.array([1.0, math.nan])).any()


def test_what_has_no_score_is_kept_only_without_limits() -> None:
    rows = rows_of([LineScore(0.0, 0, 0, 0, 0), LineScore(-2.0, 2, 2, 1, 4)])
    assert np.isnan(perplexity(rows)[0])
    assert perplexity(rows)[1] == pytest.approx(math.e)
    assert Limits().keeps(rows).tolist() == [True, True]
    assert Limits(perplexity=Range(most=1000.0)).keeps(rows).tolist() == [False, True]
    assert Limits(bits_per_byte=Range(least=0.0)).keeps(rows).tolist() == [False, True]


@given(st.lists(st.floats(0, 1e300) | st.just(math.nan), max_size=60), st.integers(1, 20))
def test_a_histogram_counts_everything_once(values: list[float], n_most: int) -> None:
    array = np.array(values, np.float64)
    is_kept = array < 10
    histogram = Histogram()
    histogram.add(array[:7], is_kept[:7])
    histogram.add(array[7:], is_kept[7:])
    bars = histogram.bars(n_most)
    assert len(bars) <= max(2, n_most)
    assert sum(bar.n_kept for bar in bars) == int(is_kept.sum())
    assert sum(bar.n_rejected for bar in bars) == int((array >= 10).sum())
    assert all(a.high == b.low for a, b in pairwise(bars))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.sampled_from([None, 2]))
def test_scores_are_added_to_a_line_as_it_stands(
    fields: dict[str, object], indent: int | None
) -> None:
    raw = json.dumps(fields, indent=indent).replace("\n", "").encode()
    record = Record("a.jsonl", 1, fields, raw)
    assert json_line(record, {}) == raw + b"\n"
    line = json_line(record, {"perplexity": 2.5, "n_tokens": None})
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    found = json.loads(line)
    assert json.dumps(found) == json.dumps({**fields, "perplexity": 2.5, "n_tokens": None})


def test_a_field_that_is_there_is_replaced() -> None:
    record = Record("a.jsonl", 1, {"perplexity": 1, "b": 2}, b'{"perplexity": 1, "b": 2}')
    assert json_line(record, {"perplexity": 3.0}) == b'{"perplexity": 3.0, "b": 2}\n'


@given(st.binary())
def test_bytes_that_are_bad_can_be_had_back(raw: bytes) -> None:
    row = json.loads(bad_line(BadRecord("a.jsonl", 3, "why", raw)))
    assert row["raw"].encode("utf-8", errors="surrogateescape") == raw
    assert (row["path"], row["line"], row["reason"]) == ("a.jsonl", 3, "why")


@given(json_values)
def test_any_value_becomes_json(value: object) -> None:
    json.loads(dumps({"a": value}), parse_constant=pytest.fail)


def rows_from(start: int, n: int) -> Rows:
    return rows_of([LineScore(-float(k), k, k, k, k) for k in range(start, start + n)])


def counted(file: ScoreFile) -> Iterator[int]:
    for rows in file.chunks():
        yield from rows["n_tokens"].tolist()


@given(
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    n_bytes=st.integers(0, 2000),
    rubbish=st.binary(max_size=40),
)
def test_a_journal_that_was_torn_anywhere_goes_on_after_a_whole_block(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], n_bytes: int, rubbish: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "scores"
    ends, n_rows = [0], 0
    file = ScoreFile.open(path, IDENTITY)
    edges = [path.stat().st_size]
    for size in sizes:
        file.append(rows_from(n_rows, size))
        n_rows += size
        ends.append(n_rows)
        edges.append(path.stat().st_size)
    file.close()
    whole = path.read_bytes()
    n_kept = min(len(whole), n_bytes)
    header = whole[: edges[0]]
    # A torn header is followed by nothing: it was synchronized before the first block.
    path.write_bytes(whole[:n_kept] + (rubbish if n_kept >= edges[0] else b""))
    resumed = ScoreFile.open(path, IDENTITY)
    # What follows the cut may by chance be what stood there.
    n_least = max((end for end, edge in zip(ends, edges, strict=True) if edge <= n_kept), default=0)
    assert resumed.n_rows in ends
    assert resumed.n_rows >= n_least
    resumed.append(rows_from(resumed.n_rows, 2))
    assert list(counted(resumed)) == list(range(resumed.n_rows))
    resumed.close()
    assert path.read_bytes().startswith(header)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"field": "body"}, "the text was in the field 'text', now 'body'"),
        ({"model": "2 bf16"}, "the model was another one (1 exact, now 2 bf16)"),
        ({"version": 2}, "another version of ppl made them"),
        ({"form": "lines"}, "the records were read otherwise (by suffix, now lines)"),
        (
            {"inputs": [{"path": "/a.jsonl", "n_bytes": 3, "changed_ns": 5}]},
            "/a.jsonl has changed since",
        ),
        ({"inputs": []}, "the files that are read were others"),
    ],
)
def test_scores_of_something_else_are_refused(tmp_path: Path, change: Identity, said: str) -> None:
    path = tmp_path / "scores"
    ScoreFile.open(path, IDENTITY).close()
    before = path.read_bytes()
    with pytest.raises(ResumeError) as caught:
        ScoreFile.open(path, {**IDENTITY, **change})
    assert str(caught.value) == (
        f"{path} holds scores of an earlier run, and {said}. "
        "To score again from the beginning, add --restart."
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"hello\n", b"hello", b"[1]\n", b'{"a": 1}\n', b"\x00" * 99])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scores"
    path.write_bytes(content)
    with pytest.raises(ResumeError, match="is no file of scores"):
        ScoreFile.open(path, IDENTITY)
    assert path.read_bytes() == content


def test_two_runs_do_not_share_a_journal(tmp_path: Path) -> None:
    first = ScoreFile.open(tmp_path / "scores", IDENTITY)
    with pytest.raises(ResumeError, match="another run"):
        ScoreFile.open(tmp_path / "scores", IDENTITY)
    first.close()
    ScoreFile.open(tmp_path / "scores", IDENTITY).close()
