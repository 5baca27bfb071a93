"""Messages over a stream of bytes, the same on both ends.

A frame is a prefix (four bytes that name the format, the length of the header, the length of the
buffers), a header in JSON (the tree of the message and the length of each buffer), and the buffers,
each at a multiple of eight bytes, so that arrays can be used where they lie.
"""

import asyncio
import json
import logging
import struct
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, cast

from ppl_engine.host.codec import Buffer, Codec, decoded
from ppl_engine.host.errors import WireError

logger = logging.getLogger(__name__)

In = TypeVar("In")
Out = TypeVar("Out")

_PREFIX: Final = struct.Struct("!4sIQ")
_MAGIC: Final = b"ppl\x01"
_ALIGNMENT: Final = 8

_LARGE: Final = 64 * 2**10

FIRST_MESSAGE_BYTES: Final = 64 * 2**10
"""What a stranger may send before it has said who it is."""

MOST_BYTES: Final = 8 * 2**30
"""More is a mistake: the analysis of a text of 20 MB is well below 2 GB."""


def framed(value: Any, codec: Codec[Any]) -> list[Buffer]:
    """Return a message as pieces to be written one after the other."""
    buffers: list[Buffer] = []
    tree = codec.encode(value, buffers)
    lengths = [len(buffer) for buffer in buffers]
    header = json.dumps([tree, lengths], separators=(",", ":")).encode("ascii")
    header += b" " * (-len(header) % _ALIGNMENT)
    pieces: list[Buffer] = [b"", header]
    for buffer in buffers:
        pieces += buffer, b"\0" * (-len(buffer) % _ALIGNMENT)
    n_bytes = sum(map(len, pieces)) - len(header)
    pieces[0] = _PREFIX.pack(_MAGIC, len(header), n_bytes)
    return pieces


def unframed(payload: memoryview, n_header: int, codec: Codec[Any]) -> Any:
    """Return the message of a frame without its prefix; raises WireError."""
    try:
        header = json.loads(bytes(payload[:n_header]))
        tree, lengths = header
        places = [int(length) for length in lengths]
    except (ValueError, TypeError, RecursionError) as error:
        raise WireError(f"a header that can not be read: {error}") from error
    buffers: list[memoryview] = []
    start = n_header
    for length in places:
        if length < 0 or len(payload) < start + length:
            raise WireError("a buffer that is longer than its message")
        buffers.append(payload[start : start + length])
        start += length + -length % _ALIGNMENT
    if start != len(payload):
        raise WireError("a message that is longer than its buffers")
    return decoded(codec, tree, buffers)


class Connection(asyncio.BufferedProtocol, Generic[In, Out]):
    """One end of a connection; everything happens on the event loop."""

    def __init__(
        self,
        reads: Codec[In],
        writes: Codec[Out],
        *,
        on_message: Callable[[In], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        """`on_end` is called once, with the reason unless the other side just closed."""
        self.most_bytes = MOST_BYTES
        """Longer messages end the connection."""

        self.is_clogged = False
        """Whether the other side reads more slowly than we write."""

        self.on_drained: Callable[[], object] = lambda: None
        """Called when it no longer does."""

        self._reads = reads
        self._writes = writes
        self._on_message = on_message
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None
        self._error: Exception | None = None
        self._n_header = 0
        self._await_prefix()

    def send(self, message: Out) -> None:
        """Send a message; once the connection has ended, nothing happens."""
        if not self._transport or self._transport.is_closing():
            return
        small: list[Buffer] = []
        for piece in framed(message, self._writes):
            if len(piece) < _LARGE:
                small.append(piece)
                continue
            # On its own it is not copied, as far as the other side takes it at once.
            self._transport.write(b"".join(small))
            self._transport.write(piece)
            small.clear()
        self._transport.write(b"".join(small))

    def close(self) -> None:
        """Send what is still to be sent, then end."""
        if self._transport:
            self._transport.close()

    def abort(self, error: Exception | None = None) -> None:
        """End at once."""
        self._error = self._error or error
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hear from asyncio that there is somebody."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear from asyncio that it is over."""
        self._on_end(self._error or exc)

    def pause_writing(self) -> None:
        """Hear from asyncio that much is waiting to be sent."""
        self.is_clogged = True

    def resume_writing(self) -> None:
        """Hear from asyncio that most of it is sent."""
        self.is_clogged = False
        self.on_drained()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where asyncio shall put what comes next."""
        del sizehint
        return self._payload[self._n_read :]

    def buffer_updated(self, nbytes: int) -> None:
        """Hear from asyncio that something came."""
        self._n_read += nbytes
        if self._n_read < len(self._payload):
            return
        try:
            if self._n_header:
                self._finish()
            else:
                self._begin()
        except WireError as error:
            logger.warning("Ended a connection because of %s", error)
            self.abort(error)

    def _await_prefix(self) -> None:
        self._n_header = 0
        self._n_read = 0
        self._payload = memoryview(bytearray(_PREFIX.size))

    def _begin(self) -> None:
        magic, n_header, n_bytes = _PREFIX.unpack(self._payload)
        if magic != _MAGIC:
            raise WireError("a message that is not one of ours")
        if self.most_bytes < n_header + n_bytes:
            raise WireError(f"a message of {n_header + n_bytes:,} bytes")
        if not n_header:
            raise WireError("a message without a header")
        self._n_header, self._n_read = n_header, 0
        self._payload = memoryview(bytearray(n_header + n_bytes))

    def _finish(self) -> None:
        payload, n_header = self._payload, self._n_header
        self._await_prefix()
        self._on_message(unframed(payload, n_header, self._reads))
