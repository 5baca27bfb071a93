"""What every test has: folders of its own, and threads that do not take cores from others."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Timing is for benchmarks: a busy machine is no reason for a test to fail.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # tests may import torch before we do


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep scores in a directory of the test's own, in the processes that it starts too."""
    directory = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("PPL_CACHE_DIR", str(directory))
    return directory


@pytest.fixture(autouse=True)
def user_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a user without words of their own."""
    directory = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("PPL_CONFIG_DIR", str(directory))
    return directory
