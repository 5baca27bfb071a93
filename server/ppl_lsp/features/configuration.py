"""Settings from all the ways in which clients bring them, and what is agreed at the start."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar

from lsprotocol import types

from ppl_lsp import from_lsp
from ppl_lsp.features.hover import preferred_markup
from ppl_lsp.session import Session
from ppl_lsp.settings import SECTION

logger = logging.getLogger(__name__)

_ANSWER_WAIT_S: Final = 10.0
_T = TypeVar("_T")


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
    session.begin_with(params.initialization_options)


async def initialized(
    session: Session, client: ConfiguringClient, params: types.InitializedParams
) -> None:
    """Ask for the settings, if the client can be asked, and get to work."""
    del params
    session.start()
    await _follow_changes(client)
    session.configure(await _pulled(client))


async def did_change_configuration(
    session: Session, client: ConfiguringClient, params: types.DidChangeConfigurationParams
) -> None:
    """Apply new settings: those that are pulled where that is possible, else those pushed."""
    can_pull = _can_pull(client.client_capabilities)
    session.configure(await _pulled(client) if can_pull else params.settings)


async def _follow_changes(client: ConfiguringClient) -> None:
    workspace = client.client_capabilities.workspace
    following = workspace and workspace.did_change_configuration
    if not following or not following.dynamic_registration:
        return
    registration = types.Registration(
        id="ppl-configuration",
        method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        register_options=types.DidChangeConfigurationRegistrationOptions(section=SECTION),
    )
    await _answer(client.client_register_capability_async(types.RegistrationParams([registration])))


async def _pulled(client: ConfiguringClient) -> object:
    if not _can_pull(client.client_capabilities):
        return None
    item = types.ConfigurationItem(section=SECTION)
    answer = await _answer(client.workspace_configuration_async(types.ConfigurationParams([item])))
    return answer[0] if answer else None


def _can_pull(capabilities: types.ClientCapabilities) -> bool:
    return bool(capabilities.workspace and capabilities.workspace.configuration)


async def _answer(request: Coroutine[Any, Any, _T]) -> _T | None:
    """Wait for the client's answer; None if it has none.

    Whoever waits may be cancelled, the request may not: an answer to a request that was cancelled
    on our side breaks the protocol's bookkeeping. `asyncio.wait` leaves it alone.
    """
    task = asyncio.ensure_future(request)
    await asyncio.wait({task}, timeout=_ANSWER_WAIT_S)
    if not task.done() or task.cancelled():
        return None
    if error := task.exception():
        logger.warning("The client could not answer: %s", error)
        return None
    return task.result()
