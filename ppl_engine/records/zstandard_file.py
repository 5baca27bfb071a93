"""A file compressed with Zstandard, read as what was compressed."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj, ZstdDecompressor

_N_BYTES_AT_ONCE: Final = 16 * 1024


def unpacked(file: BinaryIO) -> BinaryIO:
    """Return the content of a compressed file.

    Raises EngineError without the package; reading raises EOFError where the file is cut off.
    """
    try:
        from zstandard import ZstdDecompressor  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EngineError(
            "Files compressed with Zstandard need a package: pip install 'ppl-lsp[data]'."
        ) from error
    stream = _Unpacked(file, ZstdDecompressor())
    return cast("BinaryIO", io.BufferedReader(stream, 1024 * 1024))


class _Unpacked(io.RawIOBase):
    """Reads frame after frame. The reader of the package takes a file that is cut off for whole."""

    def __init__(self, file: BinaryIO, decompressor: "ZstdDecompressor") -> None:
        self._parts = _parts(file, decompressor)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True: `BufferedReader` asks."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill a buffer as far as one part goes; 0 at the end."""
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        n_bytes = min(len(buffer), len(self._rest))
        buffer[:n_bytes] = self._rest[:n_bytes]
        self._rest = self._rest[n_bytes:]
        return n_bytes


def _parts(file: BinaryIO, decompressor: "ZstdDecompressor") -> Iterator[bytes]:
    frame: ZstdDecompressionObj | None = None
    while data := file.read(_N_BYTES_AT_ONCE):
        while data:
            frame = frame or decompressor.decompressobj()
            yield frame.decompress(data)
            data = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError("the compressed data end before their end")
