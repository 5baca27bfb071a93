"""`python -m ppl_engine.pretraining STEP`: the recipe of the embedded model."""

import argparse
import sys
from pathlib import Path
from typing import Final

import torch

from ppl_engine.errors import EngineError
from ppl_engine.models.device import resolve_device
from ppl_engine.pretraining import steps
from ppl_engine.pretraining.malloc import keep_freed_memory
from ppl_engine.pretraining.model import Shape
from ppl_engine.pretraining.progress import Progress
from ppl_engine.pretraining.training import Plan
from ppl_engine.pretraining.workplace import Workplace

_STEPS: Final = {
    "tokenizer": "learn the vocabulary",
    "tokens": "turn the corpus into streams of token ids",
    "sizes": "train several sizes for a short while and fit loss against compute",
    "train": "train; goes on where a run of this name stopped",
    "evaluate": "judge a run by the test splits and by WikiText-2",
    "export": "put a run with its card where it ships from",
    "lexicon": "count the words of the training split and list those of English",
    "calibrate": "measure how the exported model reads clean prose",
    "clean-prose": "choose the excerpts that other models are calibrated on; not part of all",
    "all": "tokenizer, tokens, train, evaluate, export, calibrate",
}
_COMPARED: Final = {
    "cpu": ((128, 4), (192, 6), (256, 8), (384, 8)),
    "cuda": ((192, 6), (256, 8), (384, 8), (512, 11)),
}
"""Width and layers: what a few minutes can teach depends on the device."""


def main(argv: list[str] | None = None) -> int:
    """Run a step; returns the exit code: 0 done, 2 could not."""
    arguments = _parser().parse_args(argv)
    keep_freed_memory()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    try:
        _run(arguments)
    except EngineError as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    return 0


def _run(arguments: argparse.Namespace) -> None:
    work, progress = Workplace(arguments.work), Progress()
    corpus, wikitext = arguments.corpus, arguments.wikitext
    chosen = ("tokenizer", "tokens", "train", "evaluate", "export", "calibrate")
    for step in chosen if arguments.step == "all" else (arguments.step,):
        match step:
            case "tokenizer":
                steps.make_tokenizer(
                    work, corpus, wikitext, vocab_size=arguments.vocab_size, progress=progress
                )
            case "tokens":
                steps.make_tokens(work, corpus, wikitext, progress=progress)
            case "sizes":
                plans = [_plan(arguments, work, w, n) for w, n in _sizes(arguments)]
                found = steps.compare_sizes(work, plans, name=arguments.name, progress=progress)
                progress.say(found.markdown())
            case "train":
                plan = _plan(arguments, work, arguments.width, arguments.layers)
                steps.train(work, arguments.name, plan, progress=progress)
            case "evaluate":
                steps.export(work, arguments.name)
                steps.evaluate(work, corpus, wikitext, device=arguments.device, progress=progress)
            case "clean-prose":
                steps.make_clean_prose(work, corpus, progress=progress)
            case "calibrate":
                steps.calibrate(corpus, arguments.to, device=arguments.device, progress=progress)
            case "lexicon":
                steps.make_lexicon(work, corpus, progress=progress)
            case _:
                steps.publish(work, arguments.name, corpus, arguments.to)


def _plan(arguments: argparse.Namespace, work: Workplace, width: int, n_layers: int) -> Plan:
    shape = Shape(
        vocab_size=work.tokenizer().get_vocab_size(),
        width=width,
        n_layers=n_layers,
        context=arguments.context,
    )
    device = resolve_device(arguments.device)
    return Plan.for_device(shape, minutes=arguments.minutes, device=device, seed=arguments.seed)


def _sizes(arguments: argparse.Namespace) -> list[tuple[int, int]]:
    """Return (width, layers) of the sizes to compare."""
    device = resolve_device(arguments.device).type
    return arguments.sizes or list(_COMPARED["cuda" if device == "cuda" else "cpu"])


def _size(text: str) -> tuple[int, int]:
    """Read one size, such as 256x8."""
    width, _, n_layers = text.partition("x")
    if not (width.isdecimal() and n_layers.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write WIDTHxLAYERS, as in 256x8")
    return int(width), int(n_layers)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ppl_engine.pretraining",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="steps:\n" + "\n".join(f"  {name:10} {what}" for name, what in _STEPS.items()),
    )
    add = parser.add_argument
    add("step", choices=tuple(_STEPS), metavar="STEP", help="one of those below")
    add("--work", type=Path, default=Path("pretraining"), help="folder for all that is made")
    add("--corpus", type=Path, required=True, help="folder of shards (.jsonl.zst) or text files")
    add("--wikitext", type=Path, help="wiki.test.raw[.xz]: held out and judged by")
    add("--vocab-size", type=int, default=16_384, help="tokens (default %(default)s)")
    add("--name", default="main", help="of the run (default %(default)s)")
    add("--minutes", type=float, default=90.0, help="wall clock to train for (%(default)s)")
    add("--width", type=int, default=256, help="of the model, a multiple of 64 (%(default)s)")
    add("--layers", type=int, default=8, help="(default %(default)s)")
    add("--sizes", type=_size, nargs="+", metavar="WxL", help="to compare, such as 192x6 256x8")
    add("--context", type=int, default=1024, help="longest row in tokens (%(default)s)")
    add("--device", default="auto", help="cuda, cpu or auto")
    add("--threads", type=int, help="CPU threads")
    add("--seed", type=int, default=0, help="(default %(default)s)")
    add("--to", type=Path, default=Path("embedded"), help="where export puts the model")
    return parser


if __name__ == "__main__":
    sys.exit(main())
