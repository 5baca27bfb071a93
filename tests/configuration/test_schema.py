import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.configuration.globs import Globs
from ppl_engine.configuration.schema import KEYS, Configuration, parsed
from ppl_engine.findings.codes import CODES
from ppl_engine.findings.thresholds import Thresholds
from tests.texts import texts

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(CODES),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "paths", "off", "a"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_a_whole_file_is_understood() -> None:
    configuration, complaints = parsed(
        tomllib.loads("""
            include = ["docs/**"]
            exclude = ["vendor/", "*.gen.md"]
            ignore = ["repetition"]
            severity = { likely-mistake = "hint" }
            words = ["quokka"]
            dictionaries = ["words.txt"]
            baseline = "accepted.json"
            learn-terms = false

            [thresholds]
            n-cold-tokens = 4

            [[per-path]]
            paths = ["CHANGELOG.md"]
            ignore = ["surprising-word"]
            severity = { likely-mistake = "off" }
        """)
    )
    assert complaints == ()
    assert configuration.thresholds == {"n_cold_tokens": 4}
    assert configuration.exclude.match("vendor/a/b.md")
    assert configuration.ignore == {"repetition"}
    assert configuration.per_path[0].severity == {"likely-mistake": "off"}
    assert configuration.per_path[0].paths.match("sub/CHANGELOG.md")


def test_every_key_is_read_and_every_threshold_can_be_set() -> None:
    assert {key.replace("-", "_") for key in KEYS} == {slot.name for slot in fields(Configuration)}
    wanted = {slot.name: slot.type(1) for slot in fields(Thresholds) if callable(slot.type)}
    table = {name.replace("_", "-"): number for name, number in wanted.items()}
    assert parsed({"thresholds": table})[0].thresholds == wanted


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("exclude = 3", "exclude: expected a list of strings, not 3."),
        ("words = ['a', 3]", "words: expected a list of strings, not ['a', 3]."),
        ("exclude = ['!']", "exclude: expected patterns as in .gitignore (Invalid git pattern: "
         "'!'), not ['!']."),
        ("exclude = ['*a*a*a*a*a']", "exclude: expected patterns as in .gitignore (more than 4 "
         "stars in one name of '*a*a*a*a*a'), not ['*a*a*a*a*a']."),
        ("exclud = []", "exclud: there is no such key; did you mean exclude?"),
        ("per_path = []", "per_path: there is no such key; did you mean per-path?"),
        ("xyz = 1", f"xyz: there is no such key; there are {', '.join(KEYS)}."),
        ("ignore = ['likely-mistakes']", "ignore: 'likely-mistakes' is no kind of finding; "
         "did you mean likely-mistake?"),
        ("severity = {repetition = 'loud'}", "severity.repetition: expected one of warning, "
         "information, hint, off, not 'loud'."),
        ("severity = 'hint'", "severity: expected a table, not 'hint'."),
        ("learn-terms = 1", "learn-terms: expected true or false, not 1."),
        ("baseline = ''", "baseline: expected the path of a file, not ''."),
        ("thresholds = {n-cold-tokens = 1.5}", "thresholds.n-cold-tokens: expected a whole number "
         "from 0 on, not 1.5."),
        ("thresholds = {n-cold-tokens = true}", "thresholds.n-cold-tokens: expected a whole "
         "number from 0 on, not True."),
        ("thresholds = {n-cold-token = 1}", "thresholds.n-cold-token: there is no such key; "
         "did you mean n-cold-tokens?"),
        ("per-path = {}", "per-path: expected tables that begin with [[per-path]], not {}."),
        ("per-path = [{ignore = []}]", "per-path: a table without paths holds nowhere."),
        ("per-path = [{paths = ['a'], path = 'a'}]", "per-path.path: there is no such key; "
         "did you mean paths?"),
        ("model = 'x'", "model: a workspace can not choose what is run or where text is sent; "
         "this belongs to your editor's settings or the command line."),
        ("api_key = 'x'", "api_key: a workspace can not choose what is run or where text is sent; "
         "this belongs to your editor's settings or the command line."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_left_out(toml: str, complaint: str) -> None:
    configuration, complaints = parsed(tomllib.loads(toml + "\nzzz = 1"))
    assert complaints[0] == complaint
    assert len(complaints) == 2
    rest, _ = parsed(tomllib.loads("words = ['a']\n" + toml if "words" not in toml else "zzz=1"))
    assert rest.words in {("a",), ()}
    assert configuration.words == ()


@given(st.dictionaries(st.sampled_from([*KEYS, "model", "a"]), values, max_size=4))
def test_no_content_raises(table: dict[str, object]) -> None:
    configuration, complaints = parsed(table)
    assert isinstance(configuration, Configuration)
    assert all(complaint.endswith((".", "?")) for complaint in complaints)


@given(st.lists(texts.filter(str.strip), max_size=3), texts)
def test_patterns_are_refused_or_work(patterns: list[str], path: str) -> None:
    try:
        globs = Globs.of(patterns)
    except ValueError:
        return
    assert globs.match(path) in {True, False}


def test_the_page_has_every_key_and_its_example_is_right() -> None:
    page = (Path(__file__).parents[2] / "docs/ignoring.md").read_text(encoding="utf-8")
    table = page[page.index("| key | value |") :]
    assert re.findall(r"^\| `([a-z-]+)` \| ", table, flags=re.MULTILINE) == list(KEYS)
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert parsed(tomllib.loads(example))[1] == ()


def test_every_page_about_findings_is_about_a_code() -> None:
    pages = (Path(__file__).parents[2] / "docs/findings").glob("*.md")
    assert {page.stem for page in pages} <= set(CODES)
