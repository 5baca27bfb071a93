"""A model directory before it is loaded: whether all is there, and how large it is.

Everything that can be told without torch is told here, with a sentence that says what to do.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Any, Final, cast

from safetensors import SafetensorError, safe_open

from ppl_engine.errors import ModelLoadError, ModelNotFoundError
from ppl_engine.models.choice import EMBEDDED
from ppl_engine.models.files.quantization import check_quantization

_EMBEDDED_DIRECTORY: Final = Path(__file__).parent.parent / "embedded"
_INDEX: Final = "model.safetensors.index.json"
_PICKLES: Final = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_CAUSAL_ENDINGS: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
_HUB_FILES: Final = ("*.json", "*.safetensors", "*.model", "*.txt")
_OWN_ATTENTION: Final = (None, "eager", "sdpa")
_SAMPLE_BYTES: Final = 4096
_GGUF: Final = ".gguf"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A complete model directory."""

    name: str
    """As the user named it."""

    directory: Path
    config: dict[str, Any]
    weights: tuple[Path, ...]
    n_parameters: int
    revision: str
    """A digest of configuration, tokenizer and weights."""

    special_tokens: dict[str, str]
    """Such as `bos_token`, as far as the tokenizer's configuration names them."""

    gguf: str | None = None
    """The name of the one file that holds everything, in the format of llama.cpp."""

    @property
    def n_head_parameters(self) -> int:
        """Of the last layer, vocabulary by width; 0 where the configuration does not say."""
        inner = cast("dict[str, Any]", self.config.get("text_config") or {})
        merged = {**self.config, **inner}
        size = merged.get("vocab_size")
        width = merged.get("hidden_size", merged.get("n_embd"))
        return size * width if isinstance(size, int) and isinstance(width, int) else 0


def find_model(name: str) -> ModelFiles:
    """Return the checked files of `embedded`, of a directory, or of a hub id.

    Or of a GGUF file. Raises ModelNotFoundError or ModelLoadError.
    """
    if name.lower().endswith(_GGUF) and Path(name).expanduser().is_file():
        from ppl_engine.models.files.gguf import find_gguf  # noqa: PLC0415 - an extra

        return find_gguf(name)
    directory = _locate(name)
    config = _read_config(directory)
    _check_causal(directory, config)
    _check_attention(directory, config)
    check_quantization(directory, config)
    weights = _weight_files(directory)
    return ModelFiles(
        name=name,
        directory=directory,
        config=config,
        weights=weights,
        n_parameters=sum(_count_parameters(path) for path in weights),
        revision=_revision(directory, weights),
        special_tokens=_special_tokens(directory),
    )


def _locate(name: str) -> Path:
    if name == EMBEDDED:
        return _EMBEDDED_DIRECTORY
    path = Path(name).expanduser()
    if not name.strip():
        raise ModelNotFoundError("No model is named; `embedded` is the one that comes along.")
    if path.is_dir():
        return path
    if path.exists():
        raise ModelNotFoundError(
            f"{name} is a file; name the directory that holds config.json and the weights."
        )
    is_hub_id = name.count("/") <= 1 and not name.startswith((".", "/", "~", "\\"))
    if not is_hub_id:
        raise ModelNotFoundError(f"There is no model directory {name!r}.")
    return _from_hub(name)


def _from_hub(name: str) -> Path:
    from huggingface_hub import (  # noqa: PLC0415 - only hub ids need it
        snapshot_download,  # pyright: ignore[reportUnknownVariableType]
    )

    patterns: list[str] = list(_HUB_FILES)
    try:
        try:
            cached = Path(snapshot_download(name, allow_patterns=patterns, local_files_only=True))
        except OSError:
            cached = None
        # A snapshot may hold no more than what another program needed of the model.
        if cached and (cached / "config.json").is_file() and any(cached.glob("*.safetensors")):
            return cached
        return Path(snapshot_download(name, allow_patterns=patterns))
    except (OSError, ValueError) as exc:
        raise ModelNotFoundError(
            f"There is no directory {name!r}, and no model of this name could be had from the "
            f"Hugging Face hub ({_first_line(exc)}). Check the spelling and the network, or "
            "name a local directory."
        ) from exc


def _read_config(directory: Path) -> dict[str, Any]:
    path = directory / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ModelLoadError(
            f"{directory} holds no config.json: it is not a model in Hugging Face format."
        ) from exc
    except (OSError, ValueError) as exc:
        raise ModelLoadError(f"{path} can not be read: {_first_line(exc)}.") from exc
    if not isinstance(config, dict):
        raise ModelLoadError(f"{path} does not hold a JSON object.")
    return cast("dict[str, Any]", config)


def _check_causal(directory: Path, config: dict[str, Any]) -> None:
    named = cast("object", config.get("architectures") or [])
    listed = cast("list[object]", named) if isinstance(named, list) else [named]
    architectures = [str(name) for name in listed]
    if architectures and not any(name.endswith(_CAUSAL_ENDINGS) for name in architectures):
        raise ModelLoadError(
            f"{directory} holds a {architectures[0]}, which is not a causal language model: it "
            "does not predict the next token. Choose a model whose architecture ends in "
            "ForCausalLM or LMHeadModel."
        )


def _check_attention(directory: Path, config: dict[str, Any]) -> None:
    """Refuse implementations that transformers might fetch as native code from the hub."""
    inner = cast("dict[str, Any]", config.get("text_config") or {})
    for key in ("attn_implementation", "_attn_implementation"):
        for value in (config.get(key), inner.get(key)):
            if value not in _OWN_ATTENTION:
                raise ModelLoadError(
                    f"{directory / 'config.json'} asks for the attention {value!r}, which may "
                    f"run code from elsewhere. Remove {key} from the file."
                )


def _special_tokens(directory: Path) -> dict[str, str]:
    """Read the names of special tokens; a tokenizer without such a file has none to name."""
    try:
        config = json.loads((directory / "tokenizer_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(config, dict):
        return {}
    found: dict[str, str] = {}
    for key, value in cast("dict[str, Any]", config).items():
        # Older files describe a token by a table, newer ones name it.
        content = cast("dict[str, Any]", value).get("content") if isinstance(value, dict) else value
        if isinstance(content, str):
            found[key] = content
    return found


def _weight_files(directory: Path) -> tuple[Path, ...]:
    index = directory / _INDEX
    if index.is_file():
        return _indexed_weights(index)
    found = tuple(sorted(directory.glob("*.safetensors")))
    if found:
        return found
    if any(path for pattern in _PICKLES for path in directory.glob(pattern)):
        raise ModelLoadError(
            f"{directory} holds its weights only as pickled files, which can run code when they "
            "are read. Convert them to safetensors first (model.save_pretrained does)."
        )
    raise ModelLoadError(f"{directory} holds no weights: no *.safetensors file is there.")


def _indexed_weights(index: Path) -> tuple[Path, ...]:
    try:
        weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        names = {str(name) for name in weight_map.values()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as exc:
        raise ModelLoadError(f"{index} can not be read: {_first_line(exc)}.") from exc
    paths = tuple(index.parent / name for name in sorted(names))
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise ModelLoadError(
            f"{index.parent} is incomplete: {', '.join(missing)} is missing. Download it again."
        )
    return paths


def _count_parameters(path: Path) -> int:
    try:
        with cast("Any", safe_open(path, framework="numpy")) as tensors:
            names = cast("list[str]", tensors.keys())
            return sum(prod(tensors.get_slice(name).get_shape()) for name in names)
    except (SafetensorError, OSError) as exc:
        raise ModelLoadError(
            f"{path} is truncated or damaged ({_first_line(exc)}). Copy or download it again."
        ) from exc


def _revision(directory: Path, weights: tuple[Path, ...]) -> str:
    """Digest all small files, and of each weight file its table and samples of every tensor.

    Training changes whole tensors, so that a few bytes of each tell checkpoints apart without
    reading gigabytes.
    """
    digest = blake2b(digest_size=8)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        path = directory / name
        digest.update(path.read_bytes() if path.is_file() else b"\0")
    for path in weights:
        for part in _samples(path):
            digest.update(part)
    return digest.hexdigest()


def _samples(path: Path) -> Iterator[bytes]:
    """Yield the table of a safetensors file, and the start, middle and end of each tensor."""
    with path.open("rb") as file:
        n_table = int.from_bytes(file.read(8), "little")
        table = file.read(n_table)
        yield table
        for start, end in sorted(_places(json.loads(table))):
            for offset in (start, (start + end - _SAMPLE_BYTES) // 2, end - _SAMPLE_BYTES):
                file.seek(8 + n_table + max(start, offset))
                yield file.read(min(_SAMPLE_BYTES, end - start))


def _places(table: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for name, tensor in table.items():
        if name != "__metadata__":
            start, end = tensor["data_offsets"]
            yield start, end


def _first_line(exc: Exception) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip(".")
