"""Models in a single file: n-gram models, as KenLM reads them, and what any such is known by."""

from hashlib import blake2b
from pathlib import Path
from typing import Final

from ppl_engine.errors import ModelLoadError, ModelNotFoundError

_SUFFIXES: Final = (".arpa", ".bin", ".binary", ".klm")
_BINARY: Final = b"mmap lm http://kheafield.com/code"
_ARPA: Final = b"\\data\\"
_SAMPLE_BYTES: Final = 1 << 20


def is_ngram(name: str) -> bool:
    """Whether a model of this name is a file of n-grams rather than a directory or a hub id."""
    return name.lower().endswith(_SUFFIXES) and not Path(name).expanduser().is_dir()


def find_ngram(name: str) -> Path:
    """Return the file of an n-gram model. Raises ModelNotFoundError or ModelLoadError."""
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            head = file.read(len(_BINARY))
    except OSError as error:
        raise ModelNotFoundError(
            f"{name} can not be read: {error.strerror}. Name an .arpa file, or a binary that "
            "KenLM's build_binary made."
        ) from error
    if head != _BINARY and not head.lstrip().startswith(_ARPA):
        raise ModelLoadError(
            f"{name} is no n-gram model of KenLM: it begins neither with \\data\\ nor as a binary "
            "that build_binary made. For a model in Hugging Face format, name its directory."
        )
    return path


def file_digest(path: Path) -> str:
    """Digest the size of a file, and what stands at its beginning, in its middle and at its end."""
    size = path.stat().st_size
    digest = blake2b(f"{path.suffix.lower()} {size}".encode(), digest_size=8)
    with path.open("rb") as file:
        for offset in (0, (size - _SAMPLE_BYTES) // 2, size - _SAMPLE_BYTES):
            file.seek(max(0, offset))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()
