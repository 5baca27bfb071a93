import json
import math
import re
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.findings.thresholds import Thresholds
from ppl_lsp.settings import CLIENT_ONLY, SECTION, Settings, declared_settings

ROOT = Path(__file__).parents[2]
CLIENT_SETTINGS = {"ppl.heatMap", "ppl.server.path", "ppl.trace.server"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
names = st.sampled_from([setting.name for setting, _ in declared_settings()])


@given(st.dictionaries(names | st.text(max_size=8), json_values) | json_values)
def test_no_content_raises(sent: object) -> None:
    settings, complaints = Settings().updated(sent)
    assert settings.thresholds.mistakes_per_1000_words >= 0
    assert settings.model_choice
    assert all(complaint.endswith(".") for complaint in complaints)


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({"enabled": "yes"}, "ppl.enabled must be true or false, not 'yes'."),
        ({"model": 3}, "ppl.model must be a string that is not empty, not 3."),
        ({"model": ""}, "ppl.model must be a string that is not empty, not ''."),
        ({"model": " "}, "ppl.model must be a string that is not empty, not ' '."),
        ({"device": "gpu"}, "ppl.device must be one of auto, cpu, cuda, mps, not 'gpu'."),
        ({"debounceMs": -1}, "ppl.debounceMs must be a whole number from 0 to 10000, not -1."),
        ({"debounceMs": 1.5}, "ppl.debounceMs must be a whole number from 0 to 10000, not 1.5."),
        ({"debounceMs": True}, "ppl.debounceMs must be a whole number from 0 to 10000, not True."),
        (
            {"mistakesPer1000Words": "8"},
            "ppl.mistakesPer1000Words must be a number from 0 to 100, not '8'.",
        ),
        (
            {"mistakesPer1000Words": math.nan},
            "ppl.mistakesPer1000Words must be a number from 0 to 100, not nan.",
        ),
        ({"surprise": 1}, "ppl.surprise is not a setting."),
        ([1], "The settings of ppl are an object, not [1]."),
        ({"ppl": 1}, "The settings of ppl are an object, not {'ppl': 1}."),
    ],
)
def test_a_wrong_value_is_named_and_the_default_kept(sent: object, complaint: str) -> None:
    assert Settings().updated(sent) == (Settings(), (complaint,))


def test_right_values_beside_wrong_ones_are_taken() -> None:
    settings, complaints = Settings().updated({"severity": "hint", "surprisesPer1000Words": "much"})
    assert settings == Settings(severity="hint")
    assert len(complaints) == 1


@pytest.mark.parametrize(
    "sent", [{"passagesPer1000Words": 3}, {"ppl": {"passagesPer1000Words": 3}}]
)
def test_a_section_comes_bare_or_under_its_name(sent: object) -> None:
    assert Settings().updated(sent) == (Settings(passages_per_1000_words=3), ())


def test_a_null_leaves_what_holds() -> None:
    base = Settings(severity="hint")
    assert base.updated({"severity": None}) == (base, ())
    assert base.updated(None) == (base, ())


def test_what_only_a_client_reads_is_no_complaint() -> None:
    assert Settings().updated({"server": {"path": "x"}, "trace": {}}) == (Settings(), ())


def test_defaults_of_thresholds_are_those_of_the_engine() -> None:
    assert Settings().thresholds == Thresholds()


def test_the_documentation_lists_every_setting_as_declared() -> None:
    rows = re.findall(
        r"^\| `ppl\.(\w+)` \| (.+?) \| `(.+?)` \| (.+) \|$",
        (ROOT / "docs/settings.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    declared = [
        (setting.name, _type_in_words(setting.name), json.dumps(default), setting.description)
        for setting, default in declared_settings()
    ]
    assert rows == declared


def test_the_vs_code_client_declares_every_setting_alike() -> None:
    properties = _client_properties()
    declared = {f"{SECTION}.{setting.name}" for setting, _ in declared_settings()}
    assert set(properties) - CLIENT_SETTINGS == declared
    for setting, default in declared_settings():
        schema = properties[f"{SECTION}.{setting.name}"]
        assert schema["type"] == setting.kind
        assert schema["default"] == default
        assert tuple(schema.get("enum", ())) == setting.choices
        if setting.kind in ("integer", "number"):
            assert (schema["minimum"], schema["maximum"]) == (setting.least, setting.most)
        assert schema["scope"] == setting.scope


def test_settings_of_the_client_alone_are_known_to_the_server() -> None:
    assert {name.split(".")[1] for name in CLIENT_SETTINGS} == CLIENT_ONLY


def _client_properties() -> dict[str, dict[str, Any]]:
    package = json.loads((ROOT / "client/package.json").read_text(encoding="utf-8"))
    return cast(dict[str, dict[str, Any]], package["contributes"]["configuration"]["properties"])


def _type_in_words(name: str) -> str:
    setting = next(setting for setting, _ in declared_settings() if setting.name == name)
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    if setting.kind in ("integer", "number"):
        return f"{setting.kind}, {setting.least:g} to {setting.most:g}"
    return setting.kind
