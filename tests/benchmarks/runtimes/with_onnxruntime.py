"""ONNX Runtime: a Llama as a graph, out of the fused operators that ONNX Runtime has for the CPU.

Every layer is six matrix products, `GroupQueryAttention` with rotary positions inside, and norms
joined with the sums before them; an exporter gives fifty operators a layer and leaves it to the
runtime to find these again.
"""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.runtimes.model import Array, Model, Sizes

_OURS: Final = "com.microsoft"
_OPSET: Final = 21


class _Graph:
    """Nodes and constants as they come."""

    def __init__(self) -> None:
        self._onnx: Any = import_module("onnx")
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []

    def constant(self, name: str, value: Array) -> str:
        self.constants.append(self._onnx.numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> str:
        made = self._onnx.helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes)
        self.nodes.append(made)
        return outputs[0]

    def input(self, name: str, kind: str, shape: list[str | int]) -> str:
        tensor = self._onnx.helper.make_tensor_value_info
        self.inputs.append(tensor(name, getattr(self._onnx.TensorProto, kind), shape))
        return name

    def output(self, name: str, shape: list[str | int]) -> None:
        tensor = self._onnx.helper.make_tensor_value_info
        self.outputs.append(tensor(name, self._onnx.TensorProto.FLOAT, shape))

    def save(self, path: Path) -> None:
        helper = self._onnx.helper
        graph = helper.make_graph(
            self.nodes, "llama", self.inputs, self.outputs, initializer=self.constants
        )
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OURS, 1)]
        self._onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=10), path)


def save_onnx(model: Model, path: Path, *, kind: str) -> None:
    """Write ids (B, T) → hidden states, logits, or (`more`) hidden states after a past."""
    graph, sizes = _Graph(), model.sizes
    graph.input("ids", "INT64", ["B", "T"])
    graph.input("last", "INT32", ["B"])  # of each row, its last position
    graph.input("total", "INT32", [1])  # tokens with those of the past
    cosines, sines = model.turns()
    graph.constant("cosines", cosines)
    graph.constant("sines", sines)
    embedding = graph.constant("embedding", model.weights["model.embed_tokens.weight"])
    x = graph.node("Gather", [embedding, "ids"], ["x"])
    y = graph.node(
        "SimplifiedLayerNormalization",
        [x, graph.constant("gain", model.weights["model.layers.0.input_layernorm.weight"])],
        ["normed"],
        epsilon=sizes.norm_eps,
        axis=-1,
        stash_type=1,
    )
    if kind == "logits":
        graph.output("logits", ["B", "T", "V"])
    else:
        graph.output("hidden", ["B", "T", sizes.width])
    for idx in range(sizes.n_layers):
        x, y = _layer(graph, model, idx, (x, y), goes_on=kind == "more")
    if kind == "logits":
        head = graph.constant("head_weight", model.matrix("model.embed_tokens.weight"))
        graph.node("MatMul", [y, head], ["logits"])
    else:
        graph.node("Identity", [y], ["hidden"])
    graph.save(path)


def _layer(
    graph: _Graph, model: Model, idx: int, x_y: tuple[str, str], *, goes_on: bool
) -> tuple[str, str]:
    """Add a layer that takes the sum so far and its norm, and gives the next of both."""
    sizes, name, (x, y) = model.sizes, f"model.layers.{idx}.", x_y
    last = idx == sizes.n_layers - 1

    def product(left: str, weight: str) -> str:
        matrix = graph.constant(f"{weight}#{idx}", model.matrix(f"{name}{weight}.weight"))
        return graph.node("MatMul", [left, matrix], [f"{weight}_{idx}"])

    def summed(left: str, right: str, gain: str) -> tuple[str, str]:
        outputs = [f"normed_{gain}", "", "", f"sum_{gain}"]
        gain = graph.constant(gain, model.weights[gain])
        inputs = [left, right, gain]
        kind = "SkipSimplifiedLayerNormalization"
        graph.node(kind, inputs, outputs, domain=_OURS, epsilon=sizes.norm_eps)
        return outputs[3], outputs[0]

    joined = np.concatenate([model.matrix(f"{name}self_attn.{n}_proj.weight") for n in "qkv"], 1)
    graph.constant(f"qkv#{idx}", joined)
    qkv = graph.node("MatMul", [y, f"qkv#{idx}"], [f"qkv_{idx}"])
    past = ["", ""]
    present = [f"present_{part}_{idx}" for part in ("keys", "values")]
    if goes_on:
        before: list[str | int] = ["B", sizes.n_heads, "P", sizes.head_dim]
        past = [graph.input(f"{part}_{idx}", "FLOAT", before) for part in ("keys", "values")]
    for one in present if goes_on else []:
        graph.output(one, ["B", sizes.n_heads, "N", sizes.head_dim])
    mixed = graph.node(
        "GroupQueryAttention",
        [qkv, "", "", *past, "last", "total", "cosines", "sines"],
        [f"mixed_{idx}", *present],
        domain=_OURS,
        num_heads=sizes.n_heads,
        kv_num_heads=sizes.n_heads,
        do_rotary=1,
        rotary_interleaved=0,
    )
    projected = product(mixed, "self_attn.o_proj")
    x, y = summed(x, projected, f"{name}post_attention_layernorm.weight")
    gate = product(y, "mlp.gate_proj")
    # x · sigmoid(α x) with α = 1 is SiLU.
    active = graph.node("QuickGelu", [gate], [f"active_{idx}"], domain=_OURS, alpha=1.0)
    product_of = graph.node("Mul", [active, product(y, "mlp.up_proj")], [f"gated_{idx}"])
    down = product(product_of, "mlp.down_proj")
    gain = "model.norm.weight" if last else f"model.layers.{idx + 1}.input_layernorm.weight"
    return summed(x, down, gain)


def quantize(source: Path, target: Path) -> None:
    """Write a graph with its matrices, but for the head, in int8 with a scale for each output."""
    quantization: Any = import_module("onnxruntime.quantization")
    quantization.quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=quantization.QuantType.QInt8,
        nodes_to_exclude=["logits"],
        extra_options={"DefaultTensorType": import_module("onnx").TensorProto.FLOAT},
    )


class OnnxRuntime:
    """ONNX Runtime on its CPU provider."""

    def __init__(self, directory: Path, precision: str) -> None:
        self._runtime: Any = import_module("onnxruntime")
        self._directory, self._precision = directory, precision
        self._sessions: dict[str, Any] = {}
        self._sizes = Sizes(**json.loads((directory / "sizes.json").read_text(encoding="utf-8")))

    def load(self, kind: str) -> Any:
        if kind not in self._sessions:
            options = self._runtime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            path = self._directory / f"{kind}-{self._precision}.onnx"
            providers = ["CPUExecutionProvider"]
            self._sessions[kind] = self._runtime.InferenceSession(path, options, providers)
        return self._sessions[kind]

    def _run(self, kind: str, ids: Array, total: int, **past: Array) -> list[Array]:
        last = np.full(len(ids), total - 1, np.int32)
        inputs = {"ids": ids, "last": last, "total": np.array([total], np.int32), **past}
        return self.load(kind).run(None, inputs)

    def body(self, ids: Array) -> Array:
        return self._run("body", ids, ids.shape[1])[0]

    def logits(self, ids: Array) -> Array:
        return self._run("logits", ids, ids.shape[1])[0]

    def after(self, ids: Array, n_new: int) -> Callable[[], object]:
        n_before = ids.shape[1] - n_new
        empty = np.zeros((1, self._sizes.n_heads, 0, self._sizes.head_dim), np.float32)
        names = [f"{n}_{k}" for k in range(self._sizes.n_layers) for n in ("keys", "values")]
        past = dict.fromkeys(names, empty)
        found = self._run("more", ids[:, :n_before], n_before, **past)[1:]
        past = dict(zip(names, found, strict=True))
        return lambda: self._run("more", ids[:, n_before:], ids.shape[1], **past)[0]

    @staticmethod
    def make(model: Model, directory: Path, kind: str, precision: str) -> None:
        """Write a graph in a precision; the one in fp32 is what int8 is made of."""
        plain = directory / f"{kind}-fp32.onnx"
        if not plain.exists():
            save_onnx(model, plain, kind=kind)
        if precision == "int8":
            quantize(plain, directory / f"{kind}-int8.onnx")
