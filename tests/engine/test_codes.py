from pathlib import Path

import pytest

from ppl_engine.findings import mistakes, surprising
from ppl_engine.findings.codes import CODES, WORD_CODES
from ppl_engine.findings.stretches import passages, repetition
from ppl_engine.grounding import ungrounded

PAGES = Path(__file__).parents[2] / "docs" / "findings"


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_its_page(code: str) -> None:
    page = PAGES / f"{code}.md"
    assert page.read_text(encoding="utf-8").startswith(f"# {code}\n")


def test_there_is_no_page_and_no_kind_of_findings_without_a_code() -> None:
    assert {page.stem for page in PAGES.iterdir()} <= set(CODES)
    modules = (mistakes, passages, repetition, surprising, ungrounded)
    kinds = {module.CODE for module in modules}
    assert kinds == set(CODES)
    assert set(CODES) > WORD_CODES
