"""The calibration that ships with the embedded model, as a file beside its weights."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.findings.calibration import Calibration, Tail

NAME: Final = "calibration.json"
_DIGITS: Final = 3


def read_calibration(model: Path) -> Calibration | None:
    """Return how the model in a directory reads clean prose, if that was written down there."""
    path = model / NAME
    if not path.is_file():
        return None
    fields = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    tails = {
        name: Tail(value["n_words"], tuple(value["strengths"]))
        for name, value in fields.items()
        if isinstance(value, dict)
    }
    return Calibration(suspicion_bits=fields["suspicion_bits"], **tails)


def write_calibration(calibration: Calibration, model: Path) -> None:
    """Write down how the model in a directory reads clean prose."""
    rounded = json.loads(json.dumps(asdict(calibration)), parse_float=_rounded)
    (model / NAME).write_text(json.dumps(rounded) + "\n", encoding="utf-8")


def _rounded(number: str) -> float:
    return round(float(number), _DIGITS)
