import pytest

import ppl_engine


@pytest.mark.parametrize("name", ppl_engine.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert name == getattr(ppl_engine, name).__name__


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        ppl_engine.nonsense  # noqa: B018


def test_names_and_homes_are_listed_once_each() -> None:
    assert sorted(ppl_engine._HOMES) == sorted(ppl_engine.__all__)
