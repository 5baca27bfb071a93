from pathlib import Path

import pytest

from tests.cli.running import Terminal


@pytest.fixture
def terminal(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    monkeypatch.setenv("PPL_CONFIG_DIR", str(tmp_path_factory.mktemp("user")))
    return Terminal(tmp_path, monkeypatch, capsys)
