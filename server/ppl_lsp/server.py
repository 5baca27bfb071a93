"""The server: which method is answered by what."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from ppl_lsp import __version__, protocol
from ppl_lsp.engine import Way
from ppl_lsp.features import (
    code_actions,
    code_lens,
    configuration,
    engine_commands,
    heat_map,
    hover,
    ignore_commands,
    inlay_hints,
    notebooks,
    profile,
    pulled_diagnostics,
    report,
    semantic_tokens,
    synchronization,
    watching,
    workspace_commands,
)
from ppl_lsp.features.ignore_commands import Command
from ppl_lsp.protocol import HEAT_MAP, PROFILE, STATUS, StatusParams
from ppl_lsp.session import Session
from ppl_lsp.settings import Settings
from ppl_lsp.wire.rpc import PplProtocol

NAME: Final = "ppl-lsp"

COMMANDS: Final[dict[str, Command]] = {
    **ignore_commands.COMMANDS,
    **engine_commands.COMMANDS,
    **workspace_commands.COMMANDS,
}
COMMANDS[code_lens.DESCRIBE_SECTION] = code_lens.describe_section
COMMANDS[report.SHOW_REPORT] = report.show_report

_OPTIONS: Final = {
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: semantic_tokens.OPTIONS,
}


class PplServer(LanguageServer):
    """A language server with one session; the session holds all that changes."""

    session: Session

    def __init__(self, way: Way, settings: Settings, *, watch: Callable[[int], object]) -> None:
        super().__init__(
            NAME,
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=notebooks.SYNC,
            protocol_cls=PplProtocol,
            converter_factory=protocol.converter,
        )
        self._watch = watch
        self.session = Session(self, way, settings)
        for method, handler in self._handlers().items():
            self.feature(method, _OPTIONS.get(method))(handler)
        for name, command in COMMANDS.items():
            self.command(name)(self._command(command))

    def ppl_status(self, params: StatusParams) -> None:
        """Send the notification `ppl/status`."""
        self.protocol.notify(STATUS, params)

    def _command(self, command: Command) -> Callable[..., Coroutine[Any, Any, None]]:
        """Return the handler of a command, all of whose arguments are strings."""

        async def run(*arguments: object) -> None:
            strings = [one for one in arguments if isinstance(one, str)]
            try:
                inspect.signature(command).bind(self.session, *strings)
            except TypeError as error:
                raise JsonRpcInvalidParams(str(error)) from error
            await command(self.session, *strings)

        return run

    async def _initialize(self, params: types.InitializeParams) -> None:
        """Agree with the client; what is offered depends on what it can do."""
        session = self.session
        await configuration.initialize(session, self._watch, params)
        act = functools.partial(code_actions.code_action, session)
        self.feature(types.TEXT_DOCUMENT_CODE_ACTION, code_actions.options(session.edit_style))(act)
        if session.reports.is_pulled:
            about = functools.partial
            pull = about(pulled_diagnostics.document_diagnostic, session)
            self.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, pulled_diagnostics.OPTIONS)(pull)
            pull_all = about(pulled_diagnostics.workspace_diagnostic, session, self.progress)
            self.feature(types.WORKSPACE_DIAGNOSTIC)(pull_all)

    async def _cancel_progress(self, params: types.WorkDoneProgressCancelParams) -> None:
        self.session.tasks.cancel(params.token)

    def _handlers(self) -> dict[str, Any]:
        """Return the table of handlers; all are coroutines, so that all can be cancelled."""
        about = functools.partial
        session = self.session
        return {
            types.INITIALIZE: about(self._initialize),
            types.INITIALIZED: about(configuration.initialized, session, self),
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: about(
                configuration.did_change_configuration, session, self
            ),
            types.TEXT_DOCUMENT_DID_OPEN: about(synchronization.did_open, session),
            types.TEXT_DOCUMENT_DID_CHANGE: about(synchronization.did_change, session),
            types.TEXT_DOCUMENT_DID_CLOSE: about(synchronization.did_close, session),
            types.TEXT_DOCUMENT_DID_SAVE: about(synchronization.did_save, session),
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: about(
                configuration.did_change_workspace_folders, session, self
            ),
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: about(
                watching.did_change_watched_files, session
            ),
            types.WINDOW_WORK_DONE_PROGRESS_CANCEL: about(self._cancel_progress),
            types.NOTEBOOK_DOCUMENT_DID_OPEN: about(notebooks.did_open, session),
            types.NOTEBOOK_DOCUMENT_DID_CHANGE: about(notebooks.did_change, session),
            types.NOTEBOOK_DOCUMENT_DID_SAVE: about(notebooks.did_save, session),
            types.NOTEBOOK_DOCUMENT_DID_CLOSE: about(notebooks.did_close, session),
            types.TEXT_DOCUMENT_CODE_LENS: about(code_lens.code_lens, session),
            types.TEXT_DOCUMENT_INLAY_HINT: about(inlay_hints.inlay_hint, session),
            types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: about(semantic_tokens.full, session),
            types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA: about(semantic_tokens.delta, session),
            types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: about(semantic_tokens.in_range, session),
            types.TEXT_DOCUMENT_HOVER: about(hover.hover, session),
            HEAT_MAP: about(heat_map.heat_map, session),
            PROFILE: about(profile.profile, session),
        }
