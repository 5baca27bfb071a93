"""Where pygls's JSON-RPC must be stricter: decoding, order of life, writing, forgetting."""

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any, Final, Protocol, cast

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcContentModified,
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method

from ppl_lsp.protocol import REQUESTS

logger = logging.getLogger(__name__)

_SERVER_CANCELLED: Final = types.LSPErrorCodes.ServerCancelled.value

# An escaped backslash, a surrogate pair, or an unpaired half, as `json.dumps` writes them.
_ESCAPES: Final = re.compile(
    rb"\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(?P<half>\\ud[89a-f][0-9a-f]{2})"
)


class Sink(Protocol):
    """Where bytes go: a pipe or a socket."""

    def write(self, data: bytes, /) -> Any:
        """Take all of `data`."""
        ...

    def close(self) -> Any:
        """Take no more."""
        ...


class SafeWriter:
    """Writes whole messages, one at a time, that every client can decode.

    Two threads that write at once would interleave the parts of large messages, so there is a
    lock. Strict JSON parsers refuse unpaired surrogates, so these become U+FFFD, whose escape is
    as long: the length in the header stays right.

    Once nobody listens any more, messages are dropped: pygls reports a failed message by another
    message, which fails too, and so on until the stack is full.
    """

    def __init__(self, sink: Sink, *, flush: Callable[[], object] | None = None) -> None:
        self._sink = sink
        self._flush = flush
        self._lock = threading.Lock()
        self._is_closed = False

    def write(self, data: bytes) -> None:
        """Write one message, headers included."""
        if b"\\ud" in data:
            data = _ESCAPES.sub(_well_formed, data)
        with self._lock:
            if self._is_closed:
                return
            try:
                self._sink.write(data)
                if self._flush:
                    self._flush()
            except (OSError, ValueError) as error:
                self._is_closed = True
                logger.info("The client no longer listens: %s", error)

    def close(self) -> None:
        """Close what is written to."""
        with self._lock:
            self._is_closed = True
            # What could not be written before can not be flushed now.
            with contextlib.suppress(OSError):
                self._sink.close()


class PplProtocol(LanguageServerProtocol):
    """LanguageServerProtocol with the rules of the specification that pygls leaves out.

    Texts are kept by our own `documents`, so the workspace of pygls is not told of any: it cuts
    lines where editors do not, and raises for edits of documents it does not know.
    """

    def set_writer(self, writer: Any, include_headers: bool = True) -> None:  # noqa: FBT001, FBT002
        """Install a writer; every one is made safe, whoever brings it."""
        safe = writer if isinstance(writer, SafeWriter) else SafeWriter(writer)
        super().set_writer(safe, include_headers)

    def structure_message(self, data: Any) -> Any:
        """Leave the objects inside a message as they are.

        The decoder calls this for every object, innermost first, so a setting that happens to have
        a key `jsonrpc` would be taken for a message.
        """
        return data

    def handle_message(self, message: Any) -> None:
        """Decode a whole message, check that its time has come, and pass it to its handler."""
        if not isinstance(message, dict):
            logger.warning("Ignored a message that is not an object")
            return
        fields = cast(dict[str, Any], message)
        if self._shutdown and "method" not in fields:
            return  # an answer that nobody needs any more
        refusal = self._refusal(fields.get("method"))
        if refusal is None:
            self._decode_and_handle(fields)
        elif "id" in fields:
            self._send_response(fields["id"], error=refusal.to_response_error())

    # The parent's is wrapped in a cache, which the type checker takes for a variable.
    def get_message_type(  # pyright: ignore[reportIncompatibleVariableOverride]
        self, method: str
    ) -> Any:
        """Return the type that a message is decoded into."""
        return REQUESTS.get(method) or super().get_message_type(method)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Answer the first `initialize`; there must not be a second."""
        if self._workspace is not None:
            raise JsonRpcInvalidRequest("The server is already initialized")
        return (yield from super().lsp_initialize(params))

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(
        self, params: types.DidOpenTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(
        self, params: types.DidCloseTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(
        self, params: types.DidOpenNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: types.DidChangeNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(
        self, params: types.DidCloseNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CLOSE], (params,), None

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(
        self, params: types.WorkDoneProgressCancelParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.WINDOW_WORK_DONE_PROGRESS_CANCEL], (params,), None

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(
        self, params: types.DidChangeWorkspaceFoldersParams
    ) -> Generator[Any, Any, None]:
        """Pass on to our own handler."""
        yield self.fm.features[types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS], (params,), None

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(  # pyright: ignore[reportIncompatibleMethodOverride] - no generator needed
        self, *_: Any
    ) -> None:
        """Cancel what is still running; from now on there is only `exit`."""
        # A copy: what is cancelled is forgotten at once.
        for future in tuple(self._request_futures.values()):
            future.cancel()
        self._shutdown = True

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        """Cancel a request; one that crosses with its answer is nobody's fault and not logged."""
        if msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)

    @property
    def is_shut_down(self) -> bool:
        """Whether the client has asked for the end."""
        return self._shutdown

    def _refusal(self, method: object) -> JsonRpcException | None:
        """Return why a message can not be handled now; answers to our requests always can."""
        if method is None or method == types.EXIT:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("The server is shutting down")
        if self._workspace is None and method != types.INITIALIZE:
            return JsonRpcServerNotInitialized("The server is not initialized")
        return None

    def _decode_and_handle(self, fields: dict[str, Any]) -> None:
        try:
            message: Any = super().structure_message(fields)
        except JsonRpcException as exc:
            if "id" not in fields or "method" not in fields:
                raise
            self._send_response(fields["id"], error=exc.to_response_error())
        else:
            super().handle_message(message)

    def _send_handler_result(self, future: Future[Any], *, msg_id: Any) -> None:
        """Answer a request; that it is to be asked again is no failure to be logged."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, JsonRpcException) and error.code == _SERVER_CANCELLED:
            self._send_response(msg_id, error=error.to_response_error())
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def _execute_handler(
        self,
        msg_id: Any,
        handler: Any,
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler and forget it when it is done: pygls keeps those of notifications."""

        def forget(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            failure = None if future.cancelled() else future.exception()
            if isinstance(failure, JsonRpcContentModified):
                # No fault of anybody, and told to nobody but who asked.
                self._send_response(msg_id, error=failure.to_response_error())
            else:
                callback(future)

        super()._execute_handler(msg_id, handler, forget, args, kwargs)


def _well_formed(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape["half"] else escape[0]
