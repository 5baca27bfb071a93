"""Our conventions next to the programs that they are named after, on one model and one text.

    python -m tests.benchmarks.conventions model DIR
    python -m tests.benchmarks.conventions compare --model DIR --text FILE \\
        [--python VENV/bin/python] [--llama-perplexity PROGRAM --gguf FILE]

`model` writes the embedded model with the pre-tokenizer of GPT-2 in place of its own, which
llama.cpp does not have; `--bos` lets its tokenizer put BOS before texts, as that of Llama does. For
llama.cpp it is converted with `convert_hf_to_gguf.py --outtype f32` of the same source, whose
`get_vocab_base_pre` has to be told "gpt-2". `--python` is an environment with torch, transformers,
lm_eval and evaluate, in which `convention_peers.py` runs.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ppl_engine.evaluation.conventions import convention
from ppl_engine.evaluation.evaluating import Evaluated, evaluate
from ppl_engine.evaluation.tally import Tally, total
from ppl_engine.evaluation.texts import EvaluatedText
from ppl_engine.models.choice import EMBEDDED, ModelChoice
from ppl_engine.models.files.directory import find_model
from ppl_engine.models.loading import load_scorer
from ppl_engine.scoring.scorer import Scorer

_STRIDES = (512, 1024)
_BOS = "<|endoftext|>"


def main() -> None:
    """Write a model, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("model")
    making.add_argument("directory", type=Path)
    making.add_argument("--bos", action="store_true")
    making.set_defaults(run=_make)
    comparing = commands.add_parser("compare")
    comparing.add_argument("--model", required=True)
    comparing.add_argument("--text", required=True, type=Path)
    comparing.add_argument("--python")
    comparing.add_argument("--llama-perplexity")
    comparing.add_argument("--gguf")
    comparing.set_defaults(run=_compare)
    arguments = parser.parse_args()
    arguments.run(arguments)


def _make(arguments: argparse.Namespace) -> None:
    source, target = find_model(EMBEDDED).directory, arguments.directory
    target.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "tokenizer_config.json"):
        shutil.copy(source / name, target / name)
    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["pre_tokenizer"] = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": True,
    }
    if arguments.bos:
        text = [{"Sequence": {"id": "A", "type_id": 0}}]
        tokenizer["post_processor"] = {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": _BOS, "type_id": 0}}, *text],
            "pair": [*text, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {_BOS: {"id": _BOS, "ids": [0], "tokens": [_BOS]}},
        }
    (target / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")


def _compare(arguments: argparse.Namespace) -> None:
    rows: list[tuple[str, float | None, float | None]] = []
    text = arguments.text.read_text(encoding="utf-8")
    scorer = load_scorer(ModelChoice(arguments.model, "cpu", "exact"))
    theirs: dict[str, Any] = _peers(arguments) if arguments.python else {}
    for stride in _STRIDES:
        tally = _measured(scorer, text, "hf", stride=stride)
        rows.append(
            (f"hf, stride {stride}", tally.perplexity, theirs.get("guide", {}).get(str(stride)))
        )
    tally = _measured(scorer, text, "lm-eval")
    of_harness = theirs.get("lm_eval", {})
    rows += [
        (f"lm-eval, {name}", getattr(tally, name), of_harness.get(name))
        for name in ("word_perplexity", "byte_perplexity", "bits_per_byte")
    ]
    for n_ctx in (512, scorer.model.context):
        tally = _measured(scorer, text, "llama.cpp", max_length=n_ctx)
        rows.append((f"llama.cpp, n_ctx {n_ctx}", tally.perplexity, _llama_cpp(arguments, n_ctx)))
    sys.stdout.write(f"versions: {theirs.get('versions')}\n| convention | ours | theirs | |\n")
    for name, ours, other in rows:
        deviation = "" if ours is None or other is None else f"{ours / other - 1:+.5%}"
        sys.stdout.write(f"| {name} | {ours} | {other} | {deviation} |\n")


def _measured(
    scorer: Scorer,
    text: str,
    name: str,
    *,
    max_length: int | None = None,
    stride: int | None = None,
) -> Tally:
    chosen = convention(name, scorer, max_length=max_length, stride=stride)
    found = evaluate([EvaluatedText("text", text)], chosen, scorer)
    return total([one.tally for one in found if isinstance(one, Evaluated)])


def _peers(arguments: argparse.Namespace) -> dict[str, Any]:
    script = Path(__file__).parent / "convention_peers.py"
    strides = [word for stride in _STRIDES for word in ("--stride", str(stride))]
    command = [arguments.python, script, "--model", arguments.model, "--text", arguments.text]
    done = subprocess.run([*command, *strides], check=True, capture_output=True, text=True)
    lines = [line for line in done.stdout.split("\n") if line.startswith("{")]
    return {key: value for line in lines for key, value in json.loads(line).items()}


def _llama_cpp(arguments: argparse.Namespace, n_ctx: int) -> float | None:
    if arguments.llama_perplexity is None:
        return None
    done = subprocess.run(
        [arguments.llama_perplexity, "-m", arguments.gguf, "-f", arguments.text, "-c", str(n_ctx)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Final estimate: PPL = ([0-9.]+)", done.stdout + done.stderr)
    return None if found is None else float(found[1])


if __name__ == "__main__":
    main()
