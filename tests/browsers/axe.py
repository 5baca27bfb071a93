"""Accessibility by the rules of axe-core, which comes with the client's development packages."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

_SCRIPT: Final = Path(__file__).parents[2] / "client/node_modules/axe-core/axe.min.js"

_RUN: Final = """() => axe
  .run(document, { preload: false, resultTypes: ['violations'] })
  .then(({ violations, passes }) => ({
    nPassed: passes.length,
    found: violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
  }))"""


@cache
def _script() -> str:
    if not _SCRIPT.is_file():
        pytest.skip("axe-core is not there: npm --prefix client ci")
    return _SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what breaks a rule, each with its elements."""
    page.evaluate(_script())  # not as an element: the policy of our pages lets in no other script
    result: Any = page.evaluate(_RUN)
    assert result["nPassed"] > 10
    return result["found"]
