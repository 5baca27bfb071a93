"""What a page may say to its server: all that concerns its own text, and nothing about files.

A page is given less than an editor, which could have files written and models chosen.
"""

import json
from typing import Any, Final, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcMethodNotFound

from ppl_lsp.protocol import HEAT_MAP, PROFILE

SCHEME: Final = "playground:"
"""Of the only documents that a page may have open."""

_PLAIN: Final = frozenset(
    {types.INITIALIZED, types.SHUTDOWN, types.EXIT, types.CANCEL_REQUEST, types.INITIALIZE}
)
_ABOUT_DOCUMENTS: Final = frozenset(
    {
        types.TEXT_DOCUMENT_DID_OPEN,
        types.TEXT_DOCUMENT_DID_CHANGE,
        types.TEXT_DOCUMENT_DID_CLOSE,
        types.TEXT_DOCUMENT_HOVER,
        types.TEXT_DOCUMENT_CODE_ACTION,
        HEAT_MAP,
        PROFILE,
    }
)
_SAID_OF_A_CLIENT: Final = ("capabilities", "clientInfo", "locale")


class NoMessageError(Exception):
    """What came is no message of the protocol; the page is not ours."""


def message(data: str | bytes) -> dict[str, Any]:
    """Return the message in a frame. Raises NoMessageError."""
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoMessageError(str(error)) from error
    if not isinstance(found, dict):
        raise NoMessageError("a message is an object")
    return cast(dict[str, Any], found)


def permitted(said: dict[str, Any]) -> dict[str, Any]:
    """Return what of a message the server is to hear. Raises JsonRpcException."""
    method, params = said.get("method"), _object(said.get("params"))
    if method == types.INITIALIZE:
        kept = {key: params[key] for key in _SAID_OF_A_CLIENT if key in params}
        return {**said, "params": {**kept, "processId": None, "rootUri": None}}
    if method in _ABOUT_DOCUMENTS:
        uri: object = _object(params.get("textDocument")).get("uri")
        if not isinstance(uri, str) or not uri.startswith(SCHEME):
            raise JsonRpcInvalidParams(f"A document of the playground begins with {SCHEME}")
        return said
    if method in _PLAIN:
        return said
    raise JsonRpcMethodNotFound(f"The playground has no {method}")


def refused(said: dict[str, Any], error: JsonRpcException) -> bytes | None:
    """Return the answer to a message that is not passed on; None where none is waited for."""
    if "id" not in said or "method" not in said:
        return None
    answer = {"code": error.code, "message": error.message}
    return json.dumps({"jsonrpc": "2.0", "id": said["id"], "error": answer}).encode()


def _object(found: object) -> dict[str, Any]:
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}
