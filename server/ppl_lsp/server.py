"""The server: which method is answered by what."""

import functools
from collections.abc import Callable
from typing import Any, Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from ppl_lsp import __version__, protocol
from ppl_lsp.engine import Way
from ppl_lsp.features import configuration, heat_map, hover, synchronization
from ppl_lsp.protocol import HEAT_MAP, STATUS, StatusParams
from ppl_lsp.rpc import PplProtocol
from ppl_lsp.session import Session
from ppl_lsp.settings import Settings

NAME: Final = "ppl-lsp"


class PplServer(LanguageServer):
    """A language server with one session; the session holds all that changes."""

    session: Session

    def __init__(self, way: Way, settings: Settings, *, watch: Callable[[int], object]) -> None:
        super().__init__(
            NAME,
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=PplProtocol,
            converter_factory=protocol.converter,
        )
        self._watch = watch
        self.session = Session(self, way, settings)
        for method, handler in self._handlers().items():
            self.feature(method)(handler)

    def ppl_status(self, params: StatusParams) -> None:
        """Send the notification `ppl/status`."""
        self.protocol.notify(STATUS, params)

    def _handlers(self) -> dict[str, Any]:
        """Return the table of handlers; all are coroutines, so that all can be cancelled."""
        about = functools.partial
        session = self.session
        return {
            types.INITIALIZE: about(configuration.initialize, session, self._watch),
            types.INITIALIZED: about(configuration.initialized, session, self),
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: about(
                configuration.did_change_configuration, session, self
            ),
            types.TEXT_DOCUMENT_DID_OPEN: about(synchronization.did_open, session),
            types.TEXT_DOCUMENT_DID_CHANGE: about(synchronization.did_change, session),
            types.TEXT_DOCUMENT_DID_CLOSE: about(synchronization.did_close, session),
            types.TEXT_DOCUMENT_HOVER: about(hover.hover, session),
            HEAT_MAP: about(heat_map.heat_map, session),
        }
