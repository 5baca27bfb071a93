"""Asking a client to ask again for what it draws, once what it was given is no longer so."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Final, Literal, Protocol, TypeAlias

from lsprotocol import types

from ppl_lsp.analyses import Sleep

logger = logging.getLogger(__name__)

DELAY_S: Final = 0.3
"""What changes within this time is drawn at once."""

_ANSWER_WAIT_S: Final = 10.0
"""A client that does not answer is asked again all the same."""

Kind: TypeAlias = Literal["codeLens", "inlayHint", "semanticTokens"]
KINDS: Final[tuple[Kind, ...]] = ("codeLens", "inlayHint", "semanticTokens")


class RefreshingSender(Protocol):
    """The requests by which a client hears that it should ask again."""

    def workspace_code_lens_refresh_async(self, params: None) -> Coroutine[Any, Any, None]:
        """Have it ask for code lenses."""
        ...

    def workspace_inlay_hint_refresh_async(self, params: None) -> Coroutine[Any, Any, None]:
        """Have it ask for inlay hints."""
        ...

    def workspace_semantic_tokens_refresh_async(self, params: None) -> Coroutine[Any, Any, None]:
        """Have it ask for semantic tokens."""
        ...


class Refreshing:
    """Remembers what state of each document a client was given, of each kind.

    A request that is under way will be answered with the newest, so that nothing need be said.
    """

    def __init__(
        self,
        sender: RefreshingSender,
        state: Callable[[str], int],
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`state` tells by a number whether what there is to draw of a document has changed."""
        self.supported: frozenset[Kind] = frozenset()
        """What the client can be asked to ask for."""

        self._state = state
        self._sleep = sleep
        self._given: dict[Kind, dict[str, int]] = defaultdict(dict)
        self._n_waiting: Counter[tuple[Kind, str]] = Counter()
        self._forced: set[Kind] = set()
        self._tasks: dict[Kind, asyncio.Task[None]] = {}
        self._requests: Final[dict[Kind, Callable[[None], Coroutine[Any, Any, None]]]] = {
            "codeLens": sender.workspace_code_lens_refresh_async,
            "inlayHint": sender.workspace_inlay_hint_refresh_async,
            "semanticTokens": sender.workspace_semantic_tokens_refresh_async,
        }

    @contextmanager
    def answering(self, kind: Kind, uri: str) -> Generator[Callable[[], None]]:
        """Hear that a request is being answered, with what there is at the end of it.

        Where the answer is made of what there was before, since making it takes a while, what is
        yielded is to be called when that was taken.
        """
        taken: list[int] = []
        self._n_waiting[kind, uri] += 1
        try:
            yield lambda: taken.append(self._state(uri))
            self._given[kind][uri] = taken[-1] if taken else self._state(uri)
        finally:
            self._n_waiting[kind, uri] -= 1
        # What has changed while it was being answered was not told.
        self.look()

    def forget(self, uri: str) -> None:
        """Hear that a document is closed."""
        for given in self._given.values():
            given.pop(uri, None)

    def changed(self, *kinds: Kind) -> None:
        """Hear that something is drawn in another way, whatever the client was given."""
        self._forced.update(kinds)
        self.look()

    def look(self) -> None:
        """Have the client ask again, soon, where what it was given is no longer so."""
        for kind in self.supported:
            if kind not in self._tasks and self._is_due(kind):
                self._tasks[kind] = asyncio.create_task(self._refresh(kind))

    def end(self) -> None:
        """Ask for nothing more."""
        for task in self._tasks.values():
            task.cancel()

    def _is_due(self, kind: Kind) -> bool:
        return kind in self._forced or any(
            state != self._state(uri) and not self._n_waiting[kind, uri]
            for uri, state in self._given[kind].items()
        )

    async def _refresh(self, kind: Kind) -> None:
        while self._is_due(kind):
            await self._sleep(DELAY_S)
            # A client that looks at a document asks by itself once its text has changed.
            if not self._is_due(kind):
                break
            self._forced.discard(kind)
            # What it does not ask for any more, it does not draw.
            self._given[kind].clear()
            request = asyncio.ensure_future(self._requests[kind](None))
            request.add_done_callback(_log_refusal)
            # The request itself must not be cancelled: its answer would find nobody.
            await asyncio.wait({request}, timeout=_ANSWER_WAIT_S)
        del self._tasks[kind]


def supported(capabilities: types.ClientCapabilities) -> frozenset[Kind]:
    """Return what a client can be asked to ask for."""
    workspace = capabilities.workspace or types.WorkspaceClientCapabilities()
    declared = (workspace.code_lens, workspace.inlay_hint, workspace.semantic_tokens)
    return frozenset(
        kind
        for kind, one in zip(KINDS, declared, strict=True)
        if one is not None and one.refresh_support
    )


def _log_refusal(request: "asyncio.Future[None]") -> None:
    if not request.cancelled() and (error := request.exception()):
        logger.info("The client could not refresh what it draws: %s", error)
