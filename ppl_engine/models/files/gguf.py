"""Models in one GGUF file, as llama.cpp reads them: what can be told before transformers loads one.

transformers turns the quantised weights back into floating point: the numbers are those of the
quantised model, and the memory it takes is that of one that is not.
"""

from pathlib import Path
from typing import Any, Final, cast

from ppl_engine.errors import ModelLoadError
from ppl_engine.models.files.directory import ModelFiles
from ppl_engine.models.files.ngram import file_digest

_MAGIC: Final = b"GGUF"
_TOKENS: Final = "tokenizer.ggml.{}_token_id"


def find_gguf(name: str) -> ModelFiles:
    """Return the checked file of a model. Raises ModelLoadError."""
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelLoadError(f"{name} can not be read: {error.strerror}.") from error
    if head != _MAGIC:
        raise ModelLoadError(f"{name} is no GGUF file: it begins with something else.")
    try:
        # They are an extra, and nobody else needs them.
        import accelerate  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport, reportMissingTypeStubs]
        import gguf  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise ModelLoadError(
            f"To read {name} takes the packages gguf and accelerate: pip install 'ppl-lsp[gguf]'."
        ) from error
    try:
        reader = cast("Any", gguf).GGUFReader(str(path))
        sizes = [int(tensor.n_elements) for tensor in reader.tensors]
        config = {"model_type": "gguf", **_special_tokens(reader.fields)}
    except Exception as error:  # whatever a damaged file makes the library raise
        raise ModelLoadError(
            f"{name} is truncated or damaged ({error}). Copy or download it again."
        ) from error
    return ModelFiles(
        name=name,
        directory=path.parent,
        config=config,
        weights=(path,),
        n_parameters=sum(sizes),
        revision=file_digest(path),
        special_tokens={},
        gguf=path.name,
    )


def _special_tokens(fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in ("bos", "eos"):
        field = fields.get(_TOKENS.format(kind))
        if field is not None:
            found[f"{kind}_token_id"] = int(field.contents())
    return found
