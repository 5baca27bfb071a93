"""What kept values depend on, as keys: whoever differs in any of it never finds the value.

    window       model · ids of the window
    prediction   model · window · row in it · how many
    judgment     model · block with what in it is suspicious · list of words · the code that finds
    document     model · text · language · thresholds · sources · the code that finds
    calibration  model · the code and the data that find
    choice       files of the model · device and precision asked for · machine

A model is its revision, precision, device, policies, and the code that runs it.
"""

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import ModelChoice
from ppl_engine.scoring.anchors import SegmentPolicy
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.text.languages import GRAMMAR_LIBRARIES

_PACKAGE: Final = Path(__file__).parents[1]
_SCORING_CODE: Final = ("models/**/*.py",)
_FINDING_CODE: Final = (
    "*.py",
    "text/**/*.py",
    "scoring/**/*.py",
    *_SCORING_CODE,
    "findings/**/*.py",
    "grounding/**/*.py",
    "english/**/*.py",
)
_DATA: Final = ("english/*.xz", "models/embedded/calibration.json")
"""What findings depend on besides code."""
_SCORING_LIBRARIES: Final = ("torch", "transformers", "tokenizers")
_FINDING_LIBRARIES: Final = (
    *_SCORING_LIBRARIES,
    "regex",
    "rapidfuzz",
    "tree-sitter",
    *GRAMMAR_LIBRARIES,
)
_CPU_INFO: Final = Path("/proc/cpuinfo")
_CPU_INFO_BYTES: Final = 4096
_GPU_VARIABLES: Final = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")


def model_identity(model: ModelInfo) -> bytes:
    """Return a digest of all that the scores of a window depend on, but its ids."""
    return _model_identity(replace(model, name="", notices=()))


def window_key(identity: bytes, window: bytes) -> bytes:
    """Return the key of a window's scores; `window` is `Window.key`."""
    return _digest(b"window", identity, window)


def prediction_key(identity: bytes, place: bytes, n: int) -> bytes:
    """Return the key of the `n` most probable tokens at a place."""
    return _digest(b"prediction", identity, place, str(n).encode())


def judgment_key(identity: bytes, block: bytes) -> bytes:
    """Return the key of what came of the suspicious words of a block; `block` is `Block.key`."""
    return _digest(b"judgment", identity, _finding_version(), block)


def document_key(
    identity: bytes,
    text: str,
    language: str,
    thresholds: Thresholds,
    sources: Sequence[str] = (),
) -> bytes:
    """Return the key of what is found in a text that was made from some sources."""
    texts = [one.encode("utf-8", errors="surrogatepass") for one in (text, *sources)]
    settings = repr((language, astuple(thresholds))).encode()
    return _digest(b"document", identity, _finding_version(), settings, *texts)


def calibration_key(identity: bytes) -> bytes:
    """Return the key of how a model reads clean prose."""
    return _digest(b"calibration", identity, _finding_version())


def choice_key(revision: str, choice: ModelChoice) -> bytes:
    """Return the key of what a choice of model came to on a machine like this one."""
    asked = repr((revision, choice.device, choice.precision)).encode()
    return _digest(b"choice", asked, _scoring_version(), _machine())


@cache
def _model_identity(model: ModelInfo) -> bytes:
    policy = SegmentPolicy.for_context(model.context)
    return _digest(b"model", repr((astuple(model), policy)).encode(), _scoring_version())


@cache
def _scoring_version() -> bytes:
    return _code_version(_SCORING_CODE, _SCORING_LIBRARIES)


@cache
def _finding_version() -> bytes:
    data = [path.read_bytes() for pattern in _DATA for path in sorted(_PACKAGE.glob(pattern))]
    return _digest(_code_version(_FINDING_CODE, _FINDING_LIBRARIES), *data)


def _code_version(patterns: tuple[str, ...], libraries: tuple[str, ...]) -> bytes:
    """Digest source files and the versions of libraries: what they compute may change with them."""
    files = [file for pattern in patterns for file in sorted(_PACKAGE.glob(pattern))]
    sources = [
        item
        for file in files
        for item in (file.relative_to(_PACKAGE).as_posix().encode(), file.read_bytes())
    ]
    return _digest(*sources, *(_version(name).encode() for name in ("ppl-lsp", *libraries)))


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _machine() -> bytes:
    """Describe what `auto` goes by: the kind of CPU, and whether there is a GPU."""
    cpu = platform.processor() or platform.machine()
    if _CPU_INFO.is_file():
        with _CPU_INFO.open("rb") as file:
            head = file.read(_CPU_INFO_BYTES).decode("ascii", errors="replace")
        kept = ("model name", "flags", "Features", "CPU part")
        cpu = "\n".join(line for line in head.split("\n") if line.startswith(kept))
    devices = Path("/dev")
    gpus = sorted(path.name for kind in ("nvidia*", "kfd") for path in devices.glob(kind))
    variables = [os.environ.get(name) for name in _GPU_VARIABLES]
    return repr((sys.platform, platform.machine(), cpu, gpus, variables)).encode()


def _digest(*parts: bytes) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.digest()
