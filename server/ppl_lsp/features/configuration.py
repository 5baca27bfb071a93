"""Settings from all the ways in which clients bring them, and what is agreed at the start."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol, cast

from lsprotocol import types

from ppl_lsp import from_lsp
from ppl_lsp.features.edits import edit_style
from ppl_lsp.features.hover import preferred_markup
from ppl_lsp.features.pulled_diagnostics import has_links, is_pulling
from ppl_lsp.features.watching import watchers
from ppl_lsp.publishing.refreshing import supported
from ppl_lsp.session import Session
from ppl_lsp.settings import SECTION

logger = logging.getLogger(__name__)

ANSWER_WAIT_S: Final = 10.0
"""Then work begins with what is known; the answer is still welcome."""


class ConfiguringClient(Protocol):
    """What is asked of the client about its settings."""

    @property
    def client_capabilities(self) -> types.ClientCapabilities:
        """What the client can do."""
        ...

    def workspace_configuration_async(
        self, params: types.ConfigurationParams
    ) -> Coroutine[Any, Any, Any]:
        """Ask for settings."""
        ...

    def client_register_capability_async(
        self, params: types.RegistrationParams
    ) -> Coroutine[Any, Any, None]:
        """Ask to be told of changes."""
        ...


async def initialize(
    session: Session, watch: Callable[[int], object], params: types.InitializeParams
) -> None:
    """Take over the options and what is agreed on; the editor's process is watched from now on."""
    if params.process_id is not None:
        watch(params.process_id)
    session.encoding = from_lsp.position_encoding(params.capabilities)
    session.hover_markup = preferred_markup(params.capabilities)
    session.edit_style = edit_style(params.capabilities)
    session.client_commands, options = _client_commands(params.initialization_options)
    session.refreshing.supported = supported(params.capabilities)
    session.client.can_show_documents = _can_show_documents(params.capabilities)
    session.reports.is_pulled = is_pulling(params.capabilities)
    session.reports.has_links = has_links(params.capabilities)
    window = params.capabilities.window
    session.tasks.is_shown = bool(window and window.work_done_progress)
    session.guidance.folder_uris = _folders(params)
    session.begin_with(options)


async def initialized(
    session: Session,
    client: ConfiguringClient,
    params: types.InitializedParams,
    *,
    wait_s: float = ANSWER_WAIT_S,
) -> None:
    """Ask for the settings, if the client can be asked, and get to work."""
    del params
    session.start()
    await _follow_changes(client, wait_s=wait_s)
    if _can_pull(client.client_capabilities):
        await _pull(session, client, wait_s=wait_s)
    # What the client has pushed or answered meanwhile holds.
    if not session.is_configured:
        session.configure(None)


async def did_change_configuration(
    session: Session, client: ConfiguringClient, params: types.DidChangeConfigurationParams
) -> None:
    """Apply new settings: those that are pulled where that is possible, else those pushed."""
    if _can_pull(client.client_capabilities):
        await _pull(session, client, wait_s=ANSWER_WAIT_S)
    else:
        session.configure(params.settings)


async def did_change_workspace_folders(
    session: Session, client: ConfiguringClient, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    """Take over which folders the client has open, and what is set for them."""
    removed = {folder.uri for folder in params.event.removed}
    added = [folder.uri for folder in params.event.added]
    before = session.guidance.folder_uris
    kept = [uri for uri in before if uri not in removed and uri not in added]
    session.guidance.settle((*kept, *added))
    if _can_pull(client.client_capabilities):
        await _pull(session, client, wait_s=ANSWER_WAIT_S)
    session.survey.settings_changed()


async def _follow_changes(client: ConfiguringClient, *, wait_s: float) -> None:
    workspace = client.client_capabilities.workspace
    registrations: list[types.Registration] = []
    following = workspace and workspace.did_change_configuration
    if following and following.dynamic_registration:
        settings = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        registrations.append(_registration(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings))
    watching = workspace and workspace.did_change_watched_files
    if watching and watching.dynamic_registration:
        files = types.DidChangeWatchedFilesRegistrationOptions(watchers())
        registrations.append(_registration(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, files))
    if registrations:
        request = client.client_register_capability_async(types.RegistrationParams(registrations))
        await _ask(request, lambda _: None, wait_s=wait_s)


def _registration(method: str, options: object) -> types.Registration:
    return types.Registration(f"ppl-{method}", method, options)


def _folders(params: types.InitializeParams) -> tuple[str, ...]:
    """Return the folders that a client has open at the start."""
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    return tuple(uris)


def _can_show_documents(capabilities: types.ClientCapabilities) -> bool:
    window = capabilities.window
    return bool(window and window.show_document and window.show_document.support)


def _client_commands(options: object) -> tuple[frozenset[str], object]:
    """Return the commands that a client says it has, for lenses to call, and its other options."""
    if not isinstance(options, dict):
        return frozenset(), options
    others = dict(cast(dict[str, object], options))
    stated = others.pop("commands", None)
    names = cast(list[object], stated) if isinstance(stated, list) else []
    return frozenset(name for name in names if isinstance(name, str)), others


async def _pull(session: Session, client: ConfiguringClient, *, wait_s: float) -> None:
    """Configure with the client's answer whenever it comes; without one all stays as it is.

    What holds for the window is asked for, and what holds for each folder.
    """
    folders = session.guidance.folder_uris
    items = [types.ConfigurationItem(section=SECTION)]
    items += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in folders]

    def take(answer: Any) -> None:
        window, *rest = answer or [None]
        # Of a folder that the client says nothing about, the window decides.
        session.configure(window, dict(zip(folders, rest, strict=False)))

    request = client.workspace_configuration_async(types.ConfigurationParams(items))
    await _ask(request, take, wait_s=wait_s)


def _can_pull(capabilities: types.ClientCapabilities) -> bool:
    return bool(capabilities.workspace and capabilities.workspace.configuration)


async def _ask(
    request: Coroutine[Any, Any, Any], on_answer: Callable[[Any], None], *, wait_s: float
) -> None:
    """Wait a while for the client's answer; one that comes later is taken all the same.

    Whoever waits may be cancelled, the request may not: an answer to a request that was cancelled
    on our side breaks the protocol's bookkeeping. `asyncio.wait` leaves it alone.
    """

    def take(task: "asyncio.Task[Any]") -> None:
        if task.cancelled():
            return
        if error := task.exception():
            logger.warning("The client could not answer: %s", error)
        else:
            on_answer(task.result())

    task = asyncio.ensure_future(request)
    task.add_done_callback(take)
    _, late = await asyncio.wait({task}, timeout=wait_s)
    if late:
        logger.warning("The client has not answered within %g s", wait_s)
