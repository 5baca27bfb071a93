import stat
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ppl_engine.cli.fixing.edits import disjoint, fixed_text
from ppl_engine.cli.fixing.unified import unified_diff
from ppl_engine.cli.fixing.writing import NotWrittenError, write_fixed
from ppl_engine.cli.session import Models
from ppl_engine.engine import Engine, Knowledge, Store
from ppl_engine.findings.calibration import Tail
from ppl_engine.findings.correction.lexicon import Lexicon
from ppl_engine.findings.correction.slips import Slip
from ppl_engine.findings.finding import Alternative
from ppl_engine.findings.mistakes import likely_mistakes
from ppl_engine.findings.rereading.values import Judged
from ppl_engine.findings.sureness import Fix, sure_fixes
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.scores import Ints
from ppl_engine.text.spans import Span
from tests.calibrations import always, calibration
from tests.cli.fake_scorer import FakeScorer
from tests.cli.repositories import Repository
from tests.cli.running import ANY_WORD, Result, Terminal
from tests.cli.test_sources import nobody

LEXICON = Lexicon.of(
    f"{word}\t9" for word in ("the", "server", "starts", "then", "stops", "with", "it")
)
MISSPELLED = {"teh": "the", "serevr": "server", "wiht": "with"}


class Speller(FakeScorer):
    """Misspelled words cost 40 bits, too."""

    def _bits(self, ids: Ints) -> NDArray[np.float64]:
        tokens = [self._vocabulary[idx].strip() for idx in ids]
        dear = {"zebra", *MISSPELLED}
        return np.array([40.0 if token in dear else 1.0 for token in tokens], np.float64)


def _loaded(choice: ModelChoice, store: Store | None) -> Engine:
    del choice
    known = Knowledge(lexicon=LEXICON, calibration=calibration(mistake_bits=2.0, surprise_bits=8.0))
    return Engine(Speller(), knowledge=known, store=store)


MODELS = Models(_loaded, lambda name: name)


def check(terminal: Terminal, *argv: str, stdin: bytes = b"") -> Result:
    return terminal.ppl("check", *ANY_WORD, *argv, stdin=stdin, models=MODELS)


def test_sure_fixes_are_written_and_what_remains_is_shown(terminal: Terminal) -> None:
    terminal.write("a.md", "It starts teh server.\n\nThen a wild zebra stops wiht it.\n")
    terminal.write("b.md", "It starts teh server.\n")
    terminal.write("c.md", "It stops.\n")
    result = check(terminal, "--fix", "--format", "jsonl", ".")
    assert (terminal.directory / "a.md").read_text() == (
        "It starts the server.\n\nThen a wild zebra stops with it.\n"
    )
    assert [[one["text"] for one in file["findings"]] for file in result.lines] == [
        ["zebra"],
        [],
        [],
    ]
    assert result.err == (
        "ppl: ./a.md:1:11: “teh” is now “the”\n"
        "ppl: ./a.md:3:25: “wiht” is now “with”\n"
        "ppl: ./b.md:1:11: “teh” is now “the”\n"
        "ppl: 3 mistakes fixed in 2 files\n"
    )
    assert result.code == 1
    assert check(terminal, "--fix", "b.md", "c.md").code == 0
    assert not list(terminal.directory.rglob("*.part"))


def test_all_else_stays_byte_for_byte(terminal: Terminal) -> None:
    before = (
        b"\xef\xbb\xbfIt\tstarts teh server.\r\n\xc3\xa9\xe2\x80\xa8\x0c A\rB \n\n\r\nteh serevr"
    )
    terminal.write("real.md", before)
    path = terminal.directory / "real.md"
    path.chmod(0o640)
    (terminal.directory / "link.md").symlink_to("real.md")
    assert check(terminal, "--fix", "link.md").code == 0
    assert path.read_bytes() == before.replace(b"teh", b"the").replace(b"serevr", b"server")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert (terminal.directory / "link.md").is_symlink()


def test_what_a_person_has_ignored_stays(terminal: Terminal) -> None:
    text = "It starts teh server.\n"
    terminal.write("a.md", text)
    for options in (
        ("--ignore", "likely-mistake"),
        ("--select", "surprising-word"),
        ("--mistakes-per-1000-words", "0"),
    ):
        assert check(terminal, "--fix", *options, "a.md").err == "ppl: 0 mistakes fixed\n"
    terminal.write("ppl.toml", "words = ['teh']")
    check(terminal, "--fix", "a.md")
    terminal.write("ppl.toml", "")
    assert check(terminal, "--update-baseline", "a.md").code == 0
    assert check(terminal, "--fix", "a.md").code == 0
    assert (terminal.directory / "a.md").read_text() == text


def test_only_what_changed_is_fixed(terminal: Terminal) -> None:
    repository = Repository(terminal.directory)
    terminal.write("a.md", "It starts teh server.\n\nIt stops.\n")
    repository.commit()
    terminal.write("a.md", "It starts teh server.\n\nIt stops wiht it.\n")
    check(terminal, "--fix", "--changed-since", "HEAD")
    assert (terminal.directory / "a.md").read_text() == (
        "It starts teh server.\n\nIt stops with it.\n"
    )


def test_what_would_be_fixed_is_shown_and_nothing_is_written(terminal: Terminal) -> None:
    terminal.write("a.md", "It starts teh server.\n")
    result = check(terminal, "--fix", "--diff", "a.md")
    assert result.out == (
        "--- a/a.md\n+++ b/a.md\n@@ -1,1 +1,1 @@\n-It starts teh server.\n+It starts the server.\n"
    )
    assert (result.code, result.err) == (1, "ppl: 1 mistake to be fixed in 1 file\n")
    assert check(terminal, "--diff", "--fix", "-", stdin=b"It starts teh").out.startswith(
        "--- a/-\n"
    )
    assert check(terminal, "--fix", "--diff", "-o", "x.patch").code == 1
    assert (terminal.directory / "x.patch").read_text() == result.out
    assert (terminal.directory / "a.md").read_text() == "It starts teh server.\n"
    check(terminal, "--fix", "a.md")
    result = check(terminal, "--fix", "--diff")
    assert (result.code, result.out) == (0, "")


words = st.sampled_from(
    ["teh", "serevr", "wiht", "starts", "then", "é", "\u2028", "", "zebra", "`"]
)
line_ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n"])
documents = st.tuples(
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.lists(st.tuples(st.lists(words, max_size=4).map(" ".join), line_ends), max_size=20),
    st.sampled_from(["", "teh", "it"]),
).map(lambda parts: parts[0] + ("".join(a + b for a, b in parts[1]) + parts[2]).encode())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents, st.sampled_from(["a.md", "a b.md", 'x"é\\.md']))
def test_the_diff_makes_what_a_fix_writes(terminal: Terminal, data: bytes, name: str) -> None:
    terminal.write(name, data)
    path = terminal.directory / name
    check(terminal, "--fix", "--diff", "-o", "x.patch", name)
    assert path.read_bytes() == data
    assert check(terminal, "--fix", name).code in {0, 1}
    fixed = path.read_bytes()
    assert (fixed == data) == (not (terminal.directory / "x.patch").read_bytes())
    if fixed != data:
        for program in (
            ["git", "apply", "-p1", "x.patch"],
            ["patch", "-s", "--binary", "-p1", "-i", "x.patch"],
        ):
            path.write_bytes(data)
            subprocess.run(program, cwd=terminal.directory, check=True, capture_output=True)
            assert path.read_bytes() == fixed
    # Fixed is what holds nothing more to fix.
    assert check(terminal, "--fix", "--diff", name).out == ""
    path.unlink()


@settings(max_examples=60, deadline=None)
@given(
    old=st.lists(st.binary(max_size=4).map(lambda line: line.replace(b"\n", b"")), max_size=40),
    changed=st.lists(st.booleans(), min_size=40, max_size=40),
    has_end=st.booleans(),
)
def test_git_makes_of_a_diff_what_it_was_made_of(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    old: list[bytes],
    changed: list[bool],
    has_end: bool,
) -> None:
    new = [
        line + b"!" if is_changed else line for line, is_changed in zip(old, changed, strict=False)
    ]
    before, after = (b"\n".join(lines) + b"\n" * has_end for lines in (old, new))
    if has_end or (old and old[-1]):
        diff = unified_diff("a", before, after)
        assert (diff == b"") == (before == after)
        if diff:
            directory = tmp_path_factory.mktemp("diff")
            (directory / "a").write_bytes(before)
            done = subprocess.run(
                ["git", "apply", "-"], cwd=directory, input=diff, capture_output=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, b"") or b"warning" in done.stderr
            assert (directory / "a").read_bytes() == after


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=8))
def test_of_fixes_that_overlap_one_is_applied(places: list[tuple[int, int]]) -> None:
    text = "abcdefghij" * 4
    fixes = [Fix(Span(at, at + n), text[at : at + n], "XY") for at, n in places]
    kept = disjoint(fixes)
    taken = [k for fix in kept for k in range(fix.span.start, fix.span.end + 1)]
    assert len(set(taken)) == len(taken)
    assert bool(kept) == bool(fixes)
    by_hand = text
    for fix in reversed(kept):
        by_hand = by_hand[: fix.span.start] + "XY" + by_hand[fix.span.end :]
    assert fixed_text(text, kept) == by_hand


def test_what_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    for data in (b"other", b"\xff"):
        path.write_bytes(data)
        with pytest.raises(NotWrittenError, match="changed meanwhile"):
            write_fixed(str(path), "teh", "the")
        assert path.read_bytes() == data
    path.unlink()
    with pytest.raises(NotWrittenError, match="no such file"):
        write_fixed(str(path), "teh", "the")


def test_what_may_not_be_written_is_left_alone() -> None:
    with TemporaryDirectory() as name:  # those of pytest are closed to others
        directory, path = Path(name), Path(name) / "a.md"
        path.write_text("teh", encoding="utf-8")
        path.chmod(0o444)
        directory.chmod(0o777)
        with nobody(), pytest.raises(NotWrittenError, match="may not be written to"):
            write_fixed(str(path), "teh", "the")
        path.chmod(0o666)
        directory.chmod(0o555)
        with nobody(), pytest.raises(NotWrittenError, match="permission denied"):
            write_fixed(str(path), "teh", "the")
        directory.chmod(0o777)
        assert [one.read_text(encoding="utf-8") for one in directory.iterdir()] == ["teh"]


def judged(slip: Slip, net: float, text: str, *gains: tuple[str, float]) -> Judged:
    alternatives = tuple(Alternative(one, 0.5, gain) for one, gain in gains)
    return Judged(0, Span(0, len(text)), text, alternatives, slip, net, 30.0)


@pytest.mark.parametrize(
    ("one", "is_sure"),
    [
        (judged(Slip.SPELLING, 9.0, "teh", ("the", 15.0)), True),
        (judged(Slip.SPELLING, 9.0, "teh", ("the", 15.0), ("ten", 10.0)), True),
        (judged(Slip.SPELLING, 9.0, "teh", ("the", 15.0), ("ten", 10.1)), False),
        (judged(Slip.SPELLING, 7.9, "teh", ("the", 15.0)), False),
        (judged(Slip.DOUBLED, 16.0, "the the", ("the", 10.0)), True),
        (judged(Slip.DOUBLED, 12.0, "had had", ("had", 15.0)), False),
        (judged(Slip.DOUBLED, 16.0, "the\nthe", ("the", 10.0)), False),
        (judged(Slip.AGREEMENT, 16.0, "used", ("be used", 20.0)), False),
    ],
)
def test_sure_is_what_nothing_speaks_against(one: Judged, *, is_sure: bool) -> None:
    tails: dict[str, Tail] = {slip: always(8.0) for slip in Slip}
    found = likely_mistakes([one], tails, Thresholds().mistakes_per_1000_words)
    assert bool(list(sure_fixes(found))) == is_sure
