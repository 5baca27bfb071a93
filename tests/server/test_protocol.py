import re
from pathlib import Path
from typing import get_args

from lsprotocol import types

from ppl_lsp import protocol
from ppl_lsp.protocol import HeatBand, HeatMap, HeatMapParams, StatusParams

PAGE = (Path(__file__).parents[2] / "docs/protocol.md").read_text(encoding="utf-8")
BAND = HeatBand(types.Range(types.Position(0, 1), types.Position(0, 3)), 2, 11.5)


def test_every_payload_is_documented_field_by_field() -> None:
    documented = {
        name: re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
        for name, table in re.findall(r"`(\w+)`:\n\n((?:\|.*\n)+)", PAGE)
    }
    declared = {
        payload.__name__: [protocol.wire_name(field) for field in payload.__dataclass_fields__]
        for payload in protocol.PAYLOADS
    }
    assert documented == declared


def test_every_method_and_state_is_documented() -> None:
    assert re.findall(r"^## \w+ `(ppl/\w+)`$", PAGE, flags=re.MULTILINE) == [
        protocol.STATUS,
        protocol.HEAT_MAP,
        protocol.PROFILE,
    ]
    assert all(f'`"{state}"`' in PAGE for state in get_args(protocol.State))


def test_payloads_are_camel_case_on_the_wire() -> None:
    sent = protocol.converter().unstructure(HeatMap(3, is_scored=True, message="", bands=(BAND,)))
    assert sent["isScored"] is True
    assert sent["bands"][0]["surprisalBits"] == 11.5
    assert sent["bands"][0]["range"]["start"] == {"line": 0, "character": 1}


def test_payloads_survive_the_wire() -> None:
    converter = protocol.converter()
    for payload in (
        BAND,
        StatusParams("ready", "ppl 23.4", "embedded", "cpu", "bf16"),
        HeatMapParams(types.TextDocumentIdentifier("file:///a"), range=BAND.range),
        HeatMapParams(types.TextDocumentIdentifier("file:///a")),
    ):
        assert converter.structure(converter.unstructure(payload), type(payload)) == payload
