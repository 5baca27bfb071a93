"""One runtime at work, in an environment of its own: see __main__.py.

    python -m tests.benchmarks.runtimes.peer make NAME DIRECTORY
    python -m tests.benchmarks.runtimes.peer run NAME DIRECTORY

`make` writes the files that the runtime loads. `run` says a line of JSON when it has imported and
loaded, then answers each line on standard input, a task, with a line: the seconds that took.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.runtimes.model import Model
from tests.benchmarks.runtimes.ours import Ours
from tests.benchmarks.runtimes.with_onnxruntime import OnnxRuntime
from tests.benchmarks.runtimes.with_openvino import OpenVino

KINDS: Final = ("body", "logits", "more")


@dataclass(frozen=True, slots=True)
class Peer:
    """A runtime in a precision."""

    runtime: type[Any]
    package: str
    precision: str


PEERS: Final[Mapping[str, Peer]] = {
    "ours fp32": Peer(Ours, "torch", "exact"),
    "ours bf16": Peer(Ours, "torch", "bf16"),
    "ours int8": Peer(Ours, "torch", "int8"),
    "onnxruntime fp32": Peer(OnnxRuntime, "onnxruntime", "fp32"),
    "onnxruntime int8": Peer(OnnxRuntime, "onnxruntime", "int8"),
    "openvino fp32": Peer(OpenVino, "openvino", "fp32"),
    "openvino bf16": Peer(OpenVino, "openvino", "bf16"),
    "openvino int8": Peer(OpenVino, "openvino", "int8"),
}


def make(peer: Peer, directory: Path) -> None:
    """Write the files that a runtime loads, but for those that another precision has written."""
    model = Model.read(directory)
    for kind in KINDS:
        peer.runtime.make(model, directory, kind, peer.precision)


def resident_mb() -> float:
    """Return the memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def run(peer: Peer, directory: Path) -> None:
    """Answer tasks: {"kind", "ids": the name of an array in ids.npz, "save": a file or nothing}."""
    clock = time.process_time
    start = clock()
    package = import_module(peer.package)
    is_ours = peer.package == "torch"
    if is_ours:
        import_module("ppl_engine.models.loading")
    imported = clock() - start
    n_before = resident_mb()
    start = clock()
    runtime: Any = peer.runtime(directory, peer.precision)
    if not is_ours:
        runtime.load("body")
    loaded = clock() - start
    said = {"import_s": imported, "load_s": loaded, "imported_mb": n_before, "mb": resident_mb()}
    _say({**said, "version": package.__version__.split("-")[0]})
    with np.load(directory / "ids.npz") as file:
        ids = {name: file[name] for name in file.files}
    going_on: dict[str, Callable[[], object]] = {}
    for line in sys.stdin:
        task = json.loads(line)
        named = ids[task["ids"]]
        if task["kind"] == "more":
            if task["ids"] not in going_on:
                going_on[task["ids"]] = runtime.after(named, task["n_new"])
            timed = going_on[task["ids"]]
        else:
            timed = partial(getattr(runtime, task["kind"]), named)
        start = clock()
        found: Any = timed()
        seconds = clock() - start
        if task.get("save"):
            np.save(task["save"], found.float() if is_ours else found)
        del found
        _say({"seconds": seconds, "mb": resident_mb()})


def _say(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"make": make, "run": run}[sys.argv[1]](PEERS[sys.argv[2]], Path(sys.argv[3]))
