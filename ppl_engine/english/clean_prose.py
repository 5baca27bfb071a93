"""Clean prose, to see once for each model what it takes for surprising where nothing is wrong."""

import json
import lzma
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from ppl_engine.findings.calibration import Sample

PATH: Final = Path(__file__).with_name("clean_prose.jsonl.xz")


@cache
def clean_prose() -> tuple[Sample, ...]:
    """Return the samples that ship."""
    lines = lzma.decompress(PATH.read_bytes()).decode("utf-8").splitlines()
    return tuple(Sample(**json.loads(line)) for line in lines)


def write_clean_prose(samples: Iterable[Sample], path: Path) -> None:
    """Write samples as `clean_prose` reads them."""
    lines = [json.dumps({"text": s.text, "language": s.language}) + "\n" for s in samples]
    path.write_bytes(lzma.compress("".join(lines).encode(), preset=9))
