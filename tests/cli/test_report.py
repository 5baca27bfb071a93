"""`ppl report` writes one page for all documents."""

import sys
from collections.abc import Iterator, Sequence

import pytest

from ppl_engine.errors import ModelNotFoundError
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scores import WindowScores
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer
from tests.cli.running import Result, Terminal
from tests.report.samples import Element, parsed

ANY_WORD = "[thresholds]\nn-cold-tokens = 0\nmax-per-1000-words = 1000\n"


@pytest.fixture(autouse=True)
def _documents(terminal: Terminal) -> None:
    terminal.write("ppl.toml", ANY_WORD)
    terminal.write("docs/a.md", "# A b\nThe wild zebra ran on.\n")
    terminal.write("docs/b.md", "A cow. <!-- ppl: ignore-next --> A zebra.\n")


def report(terminal: Terminal, *argv: str) -> tuple[Result, Element]:
    result = terminal.ppl("report", *argv, "-o", "out.html")
    return result, written(terminal)


def written(terminal: Terminal) -> Element:
    return parsed((terminal.directory / "out.html").read_text(encoding="utf-8"))


def paths(page: Element) -> list[str]:
    return [one.one("h3").text for one in page.all("details")]


def test_documents_are_reported_with_their_findings(terminal: Terminal) -> None:
    result, page = report(terminal, "docs", "--title", "All <docs>")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert page.one("h1").text == "All <docs>"
    assert paths(page) == ["docs/a.md", "docs/b.md"]
    first, second = page.all("details")
    assert [one.text for one in first.all("mark")][-1] == "zebra"
    assert "zebra" in first.one(of_class="message").text
    assert first.one(of_class="kind").text.endswith("line 2")
    assert second.all("mark") == []
    assert "1 finding ignored." in second.text


def test_findings_are_those_of_check(terminal: Terminal) -> None:
    found = terminal.ppl("check", "docs", "--format", "json").json
    _, page = report(terminal, "docs")
    messages = [one.text for one in page.all(of_class="message")]
    assert messages == [one["message"] for file in found["files"] for one in file["findings"]]
    terminal.write("ppl.toml", "words = ['zebra']\n" + ANY_WORD)
    _, page = report(terminal, "docs")
    assert page.all(of_class="message") == []
    _, page = report(terminal, "docs", "--no-config")
    assert page.all(of_class="message") == []  # the first tokens are cold again


def test_the_page_says_what_it_was_made_with(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    _, page = report(terminal, "docs", "--model", "some/model", "--no-cache")
    made = page.one(of_class="made").text
    assert made.startswith("model some/model 1 · exact on cpu · 2023-11-14 22:13 UTC · ppl ")


def test_it_is_the_same_from_the_cache(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    _, first = report(terminal, "docs")
    _, second = report(terminal, "docs")
    assert first == second


def test_standard_output_gets_the_page_and_a_terminal_does_not(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = terminal.ppl("report", "docs/a.md")
    assert (result.code, paths(parsed(result.out))) == (0, ["docs/a.md"])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    refused = terminal.ppl("report", "docs/a.md")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "ppl: the page is a file: name it, as in `-o report.html`\n"


def test_standard_input_is_a_document(terminal: Terminal) -> None:
    result = terminal.ppl("report", "-", stdin=b"the wild zebra")
    assert paths(parsed(result.out)) == ["-"]


def test_other_models_read_the_same_texts(terminal: Terminal) -> None:
    result, page = report(terminal, "docs", "--compare", "one", "--compare", "a/two")
    assert result.code == 0
    heads = [one.text for one in page.all("table", "sortable")[1].one("thead").all("th")]
    assert heads == ["Document", "embedded (exact)", "one (exact)", "two (exact)"]
    rows = page.all("table", "models")[0].one("tbody").all("tr")
    assert len({row.all("td")[0].text for row in rows}) == 1


def test_a_model_that_can_not_be_had_is_told_and_nothing_is_written(terminal: Terminal) -> None:
    for argv in (["--model", "missing"], ["--compare", "missing"]):
        result = terminal.ppl("report", "docs", *argv, "-o", "out.html")
        assert result.code == 2
        assert result.err == "ppl: There is no model missing here.\n"
        assert not (terminal.directory / "out.html").exists()


def test_what_can_not_be_read_is_told_and_the_rest_is_reported(terminal: Terminal) -> None:
    terminal.write("docs/c.md", b"caf\xe9")
    result, page = report(terminal, "docs")
    assert result.code == 2
    assert "docs/c.md: is not UTF-8" in result.err
    assert paths(page) == ["docs/a.md", "docs/b.md"]
    assert "missing" in page.one(of_class="notice").text


def test_an_interruption_leaves_a_page_of_what_was_finished(terminal: Terminal) -> None:
    class Interrupted(FakeScorer):
        def score_windows(
            self, windows: Sequence[Window]
        ) -> Iterator[Sequence[tuple[int, WindowScores]]]:
            if any("cow" in self._vocabulary[idx] for idx in windows[0].ids.tolist()):
                raise KeyboardInterrupt
            return super().score_windows(windows)

    result = terminal.ppl("report", "docs", "-o", "out.html", load=lambda _: Interrupted())
    assert result.code == 130
    page = written(terminal)
    assert paths(page) == ["docs/a.md"]
    assert "interrupted" in page.one(of_class="notice").text


def test_a_place_that_can_not_be_written_is_told(terminal: Terminal) -> None:
    result = terminal.ppl("report", "docs", "-o", "nowhere/out.html")
    assert result.code == 2
    assert "nowhere/out.html" in result.err


def test_baselines_are_read_and_not_written(terminal: Terminal) -> None:
    assert terminal.ppl("check", "docs", "--update-baseline").code == 0
    kept = (terminal.directory / ".ppl" / "accepted.json").read_bytes()
    _, page = report(terminal, "docs")
    assert page.all(of_class="message") == []
    assert (terminal.directory / ".ppl" / "accepted.json").read_bytes() == kept
    assert "there is no option" in terminal.usage_error(["report", "docs", "--update-baseline"])


def test_no_model_is_asked_for_before_there_is_a_document(terminal: Terminal) -> None:
    def refuse(_: ModelChoice) -> FakeScorer:
        raise ModelNotFoundError("asked for")

    result = terminal.ppl("report", "nowhere.md", "-o", "out.html", load=refuse)
    assert result.code == 2
    assert result.err == "ppl: nowhere.md: no such file or directory\n"
    assert paths(written(terminal)) == []
