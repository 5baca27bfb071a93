"""What stands at the top of a report adds up."""

import pytest

from ppl_engine.report.overview import distribution
from ppl_engine.report.values import Reported, Row, Total
from ppl_engine.text.spans import Span
from tests.report.samples import analyzed, finding, page, parsed

TEXTS = ("the wild zebra", "a cow", "", "zebra zebra zebra zebra", "one", "the cow ran on", "x y")


def reported(number: int, text: str) -> Reported:
    findings = [finding(Span(0, 1), "x", "repetition")] * (number % 2)
    return Reported(f"{number}.md", analyzed(text), findings, n_ignored=number)


def rows() -> list[Row]:
    return [Row.of(reported(k, text), f"d{k}") for k, text in enumerate(TEXTS, start=1)]


def test_totals_are_those_of_all_texts_together() -> None:
    total = Total.of(rows())
    summaries = [analyzed(text).summary for text in TEXTS]
    assert total.n_words == sum(one.n_words for one in summaries)
    assert (total.n_documents, total.n_findings, total.n_ignored) == (7, 4, 28)
    # Of every text, all tokens but the first cost 1 bit, and a zebra 40.
    bits = [1 + 40, 1, 0, 3 * 40, 0, 3, 1]
    n_bytes = sum(len(text) for text, cost in zip(TEXTS, bits, strict=True) if cost)
    assert total.bits_per_byte == pytest.approx(sum(bits) / n_bytes)
    assert total.perplexity == pytest.approx(2 ** (sum(bits) / 10))


def test_totals_of_nothing_are_no_numbers() -> None:
    total = Total.of([])
    assert (total.n_documents, total.bits_per_byte, total.perplexity) == (0, None, None)


def test_the_distribution_counts_every_document_that_has_a_figure() -> None:
    root = parsed("".join(distribution(rows() * 2)))
    numbers = [int(one.text.rpartition(": ")[2].split()[0]) for one in root.all("title")]
    assert sum(numbers) == 2 * 5
    heights = [float(one.attributes["height"]) for one in root.all("rect")]
    assert heights == pytest.approx([100 * n / max(numbers) for n in numbers], abs=0.06)


def test_few_documents_have_no_distribution() -> None:
    assert "".join(distribution(rows()[:3])) == ""


def test_the_table_can_be_sorted_by_its_numbers() -> None:
    root = parsed(page(*(reported(k, text) for k, text in enumerate(TEXTS, start=1))))
    table = root.one("table")
    heads = [one.text for one in table.one("thead").all("th")]
    assert heads[:5] == ["Document", "Words", "Perplexity", "Bits per byte", "Findings"]
    lines = table.one("tbody").all("tr")
    assert [line.one("a").attributes["href"] for line in lines] == [
        f"#d{number}" for number in range(1, 8)
    ]
    cells = [[one.attributes["data-v"] for one in line.all("td")] for line in lines]
    assert [line[0] for line in cells] == ["3", "2", "0", "4", "1", "4", "2"]
    assert cells[2][1:3] == ["-1", "-1"]
    assert [line[-1] for line in cells] == ["1", "0"] * 3 + ["1"]
