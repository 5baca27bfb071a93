from collections.abc import AsyncGenerator

import pytest

from tests.server.fake_editor import Editor


@pytest.fixture(autouse=True)
async def _tidy() -> AsyncGenerator[None]:
    yield
    await Editor.end_all()
