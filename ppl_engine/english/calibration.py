"""The calibration that ships with the embedded model, as a file beside its weights."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ppl_engine.findings.calibration import Calibration, Tail

NAME: Final = "calibration.json"
_DIGITS: Final = 3


def read_calibration(model: Path) -> Calibration | None:
    """Return how the model in a directory reads clean prose, if that was written down there.

    A file that does not say so is as none: it is then measured.
    """
    try:
        return _calibration(json.loads((model / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _calibration(fields: Any) -> Calibration:
    """Build what was written down; raises whatever comes of fields that are missing or others."""
    return Calibration(
        suspicion_bits=float(fields["suspicion_bits"]),
        mistakes={slip: _tail(tail) for slip, tail in fields["mistakes"].items()},
        surprises=_tail(fields["surprises"]),
        passages=_tail(fields["passages"]),
    )


def _tail(fields: Any) -> Tail:
    return Tail.of((float(bits) for bits in fields["strengths"]), int(fields["n_words"]))


def write_calibration(calibration: Calibration, model: Path) -> None:
    """Write down how the model in a directory reads clean prose."""
    rounded = json.loads(json.dumps(asdict(calibration)), parse_float=_rounded)
    (model / NAME).write_text(json.dumps(rounded) + "\n", encoding="utf-8")


def _rounded(number: str) -> float:
    return round(float(number), _DIGITS)
