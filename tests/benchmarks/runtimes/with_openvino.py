"""OpenVINO: a Llama as a model of its own, in the forms that its CPU plugin fuses.

Norms, rotary positions and attention are written as its transformations expect them, which turn
them into operators of their own.
"""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.runtimes.model import Array, Model, Sizes

_LEAST_SCALE: Final = 1e-8


class _Graph:
    """Short forms of what OpenVINO calls operators."""

    def __init__(self, *, is_int8: bool) -> None:
        self.op: Any = import_module("openvino.opset13")
        self._is_int8 = is_int8

    def constant(self, value: Array | list[int] | float | int) -> Any:
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        return self.op.constant(array)

    def product(self, x: Any, weight: Array, *, may_round: bool = True) -> Any:
        """Multiply by a weight (out, in), kept in int8 with a scale for each output if wanted."""
        matrix = self.constant(weight)
        if self._is_int8 and may_round:
            scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True), _LEAST_SCALE) / 127.0
            rounded = np.round(weight / scale).astype(np.int8)
            matrix = self.op.multiply(
                self.op.convert(self.op.constant(rounded), "f32"), self.constant(scale)
            )
        return self.op.matmul(x, matrix, transpose_a=False, transpose_b=True)

    def normed(self, x: Any, gain: Array, eps: float) -> Any:
        square = self.op.power(x, self.constant(2.0))
        mean = self.op.reduce_mean(square, self.constant([-1]), keep_dims=True)
        root = self.op.sqrt(self.op.add(mean, self.constant(eps)))
        scaled = self.op.multiply(x, self.op.divide(self.constant(1.0), root))
        return self.op.multiply(self.constant(gain), scaled)

    def turned(self, x: Any, cosines: Any, sines: Any, head_dim: int) -> Any:
        """Turn (B, heads, T, head_dim) by the two halves of each head."""
        half, one, axis = head_dim // 2, self.constant([1]), self.constant([3])
        end = self.constant([np.iinfo(np.int64).max])
        second = self.op.slice(x, self.constant([half]), end, one, axis)
        first = self.op.slice(x, self.constant([0]), self.constant([half]), one, axis)
        rotated = self.op.concat([self.op.multiply(second, self.constant(-1.0)), first], -1)
        return self.op.add(self.op.multiply(x, cosines), self.op.multiply(rotated, sines))


def save_openvino(model: Model, path: Path, *, kind: str, is_int8: bool) -> None:
    """Write ids (B, T) → hidden states, logits, or (`more`) hidden states after a past."""
    openvino: Any = import_module("openvino")
    graph, sizes, weights = _Graph(is_int8=is_int8), model.sizes, model.weights
    op, goes_on = graph.op, kind == "more"
    ids = op.parameter([-1, -1], np.int64, name="ids")
    positions = op.parameter([-1], np.int64, name="positions")
    parameters, results = [ids, positions], []
    mask = None
    if goes_on:
        mask = op.parameter([1, 1, -1, -1], np.float32, name="mask")
        parameters.append(mask)
    cosines, sines = (
        op.unsqueeze(
            op.gather(graph.constant(np.tile(table, 2)), positions, graph.constant(0)),
            graph.constant([0, 1]),
        )
        for table in model.turns()
    )
    embedding = graph.constant(weights["model.embed_tokens.weight"])
    x = op.gather(embedding, ids, graph.constant(0))
    for idx in range(sizes.n_layers):
        name = f"model.layers.{idx}."
        y = graph.normed(x, weights[f"{name}input_layernorm.weight"], sizes.norm_eps)
        q, k, v = (_heads(graph, model, y, f"{name}self_attn.{n}_proj.weight") for n in "qkv")
        q, k = (graph.turned(part, cosines, sines, sizes.head_dim) for part in (q, k))
        if goes_on:
            before = [
                op.parameter([-1, sizes.n_heads, -1, sizes.head_dim], np.float32, name=n)
                for n in (f"keys_{idx}", f"values_{idx}")
            ]
            parameters += before
            k, v = (op.concat([p, now], 2) for p, now in zip(before, (k, v), strict=True))
            results += [k, v]
        attended = op.scaled_dot_product_attention(q, k, v, mask, causal=mask is None)
        flat = op.reshape(
            op.transpose(attended, graph.constant([0, 2, 1, 3])),
            graph.constant([0, 0, -1]),
            special_zero=True,
        )
        x = op.add(x, graph.product(flat, weights[f"{name}self_attn.o_proj.weight"]))
        y = graph.normed(x, weights[f"{name}post_attention_layernorm.weight"], sizes.norm_eps)
        gate = op.swish(graph.product(y, weights[f"{name}mlp.gate_proj.weight"]))
        gated = op.multiply(gate, graph.product(y, weights[f"{name}mlp.up_proj.weight"]))
        x = op.add(x, graph.product(gated, weights[f"{name}mlp.down_proj.weight"]))
    found = graph.normed(x, weights["model.norm.weight"], sizes.norm_eps)
    if kind == "logits":
        found = graph.product(found, weights["model.embed_tokens.weight"], may_round=False)
    made = openvino.Model([found, *results], parameters, "llama")
    openvino.save_model(made, path, compress_to_fp16=False)


def _heads(graph: _Graph, model: Model, y: Any, weight: str) -> Any:
    """Return (B, heads, T, head_dim)."""
    split = graph.constant([0, 0, model.sizes.n_heads, model.sizes.head_dim])
    rows = graph.op.reshape(graph.product(y, model.weights[weight]), split, special_zero=True)
    return graph.op.transpose(rows, graph.constant([0, 2, 1, 3]))


def _path(directory: Path, kind: str, precision: str) -> Path:
    """Return the file of a model, which is the same in bf16 and fp32."""
    return directory / f"{kind}-{'int8' if precision == 'int8' else 'fp32'}.xml"


class OpenVino:
    """OpenVINO on its CPU plugin."""

    def __init__(self, directory: Path, precision: str) -> None:
        self._openvino: Any = import_module("openvino")
        self._core = self._openvino.Core()
        self._directory, self._precision = directory, precision
        self._compiled: dict[str, Any] = {}
        self._sizes = Sizes(**json.loads((directory / "sizes.json").read_text(encoding="utf-8")))

    def load(self, kind: str) -> Any:
        if kind not in self._compiled:
            made = self._core.read_model(_path(self._directory, kind, self._precision))
            if kind == "more" and self._precision != "fp32":
                made = self._with_bf16_past(made)
            properties = {
                "INFERENCE_PRECISION_HINT": "f32" if self._precision == "fp32" else "bf16",
                "INFERENCE_NUM_THREADS": 1,
                "NUM_STREAMS": 1,
                "ENABLE_CPU_PINNING": False,
            }
            compiled = self._core.compile_model(made, "CPU", properties)
            self._compiled[kind] = compiled.create_infer_request()
        return self._compiled[kind]

    def _with_bf16_past(self, made: Any) -> Any:
        """Let keys and values go in and out as they are computed.

        In fp32 they take half as long again.
        """
        processor = self._openvino.preprocess.PrePostProcessor(made)
        for idx in range(3, len(made.inputs)):
            processor.input(idx).tensor().set_element_type(self._openvino.Type.bf16)
        for idx in range(1, len(made.outputs)):
            processor.output(idx).tensor().set_element_type(self._openvino.Type.bf16)
        return processor.build()

    def _run(self, kind: str, ids: Array, *others: Any, n_before: int = 0) -> Any:
        """Run with inputs in the order of the graph's parameters; return the request."""
        positions = np.arange(n_before, n_before + ids.shape[1])
        request = self.load(kind)
        for idx, value in enumerate((np.ascontiguousarray(ids), positions, *others)):
            is_array = isinstance(value, np.ndarray)
            request.set_input_tensor(idx, self._openvino.Tensor(value) if is_array else value)
        request.infer()
        return request

    def body(self, ids: Array) -> Array:
        return self._run("body", ids).get_output_tensor(0).data

    def logits(self, ids: Array) -> Array:
        return self._run("logits", ids).get_output_tensor(0).data

    def after(self, ids: Array, n_new: int) -> Callable[[], object]:
        n_before = ids.shape[1] - n_new
        mask = np.triu(np.full((1, 1, ids.shape[1], ids.shape[1]), -np.inf, np.float32), 1)
        first = np.ascontiguousarray(mask[:, :, :n_before, :n_before])
        second = np.ascontiguousarray(mask[:, :, n_before:])
        kind = self.load("more").get_input_tensor(3).element_type
        empty = self._openvino.Tensor(kind, [1, self._sizes.n_heads, 0, self._sizes.head_dim])
        n_parts = 2 * self._sizes.n_layers
        request = self._run("more", ids[:, :n_before], first, *[empty] * n_parts)
        past: list[Any] = []
        for idx in range(1, n_parts + 1):
            found = request.get_output_tensor(idx)
            past.append(self._openvino.Tensor(kind, found.shape))
            found.copy_to(past[-1])

        def run() -> object:
            request = self._run("more", ids[:, n_before:], second, *past, n_before=n_before)
            return request.get_output_tensor(0).data

        return run

    @staticmethod
    def make(model: Model, directory: Path, kind: str, precision: str) -> None:
        """Write a model in a precision."""
        path = _path(directory, kind, precision)
        if not path.exists():
            save_openvino(model, path, kind=kind, is_int8=precision == "int8")
