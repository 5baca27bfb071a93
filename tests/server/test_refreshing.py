import asyncio
import threading
from typing import Any

import pytest
from lsprotocol import types

from ppl_lsp.features.code_lens import code_lens
from ppl_lsp.features.profile import render_sections
from ppl_lsp.protocol import ProfileSection
from ppl_lsp.publishing.refreshing import DELAY_S, KINDS, Refreshing, supported
from tests.server.fake_editor import URI, Editor, closing, document

LENSES = types.CodeLensParams(types.TextDocumentIdentifier(URI))


class Client:
    """A client that counts what it is asked, and a state of each document."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.state = dict.fromkeys("ab", 0)
        self.pauses: list[asyncio.Event] = []
        self.refreshing = Refreshing(self, self.state.__getitem__, sleep=self.sleep)
        self.refreshing.supported = frozenset(KINDS)

    async def sleep(self, seconds: float) -> None:
        assert seconds == DELAY_S
        over = asyncio.Event()
        self.pauses.append(over)
        await over.wait()

    async def later(self) -> None:
        await closing()
        for pause in self.pauses:
            pause.set()
        await closing()

    async def workspace_code_lens_refresh_async(self, params: None) -> None:
        assert params is None
        self.asked.append("codeLens")

    async def workspace_inlay_hint_refresh_async(self, params: None) -> None:
        assert params is None
        self.asked.append("inlayHint")

    async def workspace_semantic_tokens_refresh_async(self, params: None) -> None:
        assert params is None
        self.asked.append("semanticTokens")

    def change(self, uri: str) -> None:
        self.state[uri] += 1
        self.refreshing.look()


async def test_a_client_hears_once_that_what_it_draws_has_changed() -> None:
    client = Client()
    client.change("a")
    with client.refreshing.answering("codeLens", "a"):
        pass
    await client.later()
    assert client.asked == []
    client.change("b")
    client.change("a")
    client.change("a")
    await client.later()
    assert client.asked == ["codeLens"]
    # It has not asked again: it does not draw the document any more.
    client.change("a")
    await client.later()
    assert client.asked == ["codeLens"]
    assert len(client.pauses) == 1


async def test_a_client_that_asks_meanwhile_is_not_told_to_ask() -> None:
    client = Client()
    with client.refreshing.answering("inlayHint", "a"):
        pass
    client.change("a")
    with client.refreshing.answering("inlayHint", "a"):
        await client.later()
        client.change("a")
    await client.later()
    assert client.asked == []


async def test_a_client_is_told_of_what_has_changed_since_its_answer_was_taken() -> None:
    client = Client()
    with client.refreshing.answering("codeLens", "a") as taken:
        client.change("a")
        taken()
    await client.later()
    assert client.asked == []
    with client.refreshing.answering("codeLens", "a") as taken:
        taken()
        client.change("a")
    await client.later()
    assert client.asked == ["codeLens"]


async def test_what_changes_while_the_client_is_told_is_told_again() -> None:
    client = Client()
    client.refreshing.changed("semanticTokens")
    await client.later()
    with client.refreshing.answering("semanticTokens", "a"):
        pass
    client.change("a")
    await client.later()
    assert client.asked == ["semanticTokens", "semanticTokens"]


async def test_a_client_that_can_not_be_told_is_not() -> None:
    client = Client()
    client.refreshing.supported = frozenset({"codeLens"})
    client.refreshing.changed(*KINDS)
    await client.later()
    assert client.asked == ["codeLens"]


async def test_a_document_that_was_closed_is_not_waited_for() -> None:
    client = Client()
    with client.refreshing.answering("codeLens", "a"):
        pass
    client.refreshing.forget("a")
    client.change("a")
    await client.later()
    assert client.asked == []


async def test_lenses_are_asked_for_again_when_their_text_is_scored() -> None:
    editor = await Editor.ready({"debounceMs": 0})
    editor.session.refreshing.supported = frozenset(KINDS)
    await editor.scored("# A\n\na b c d e f g h i j")
    await code_lens(editor.session, LENSES)
    editor.session.change(document("# A\n\na b c d e f g h i j zzk", 2))
    await editor.until(lambda: (URI, 2) in editor.versions())
    await closing()
    for _, over in editor.pauses:
        over.set()
    await editor.until(lambda: editor.refreshed)
    assert editor.refreshed == ["codeLens"]


async def test_lenses_made_of_what_is_no_longer_shown_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, may_end = threading.Event(), threading.Event()

    def slowly(*taken: Any) -> list[ProfileSection]:
        began.set()
        assert may_end.wait(60)
        return render_sections(*taken)

    editor = await Editor.ready({"debounceMs": 0})
    editor.session.refreshing.supported = frozenset(KINDS)
    await editor.scored("# A\n\na b c d e f g h i j")
    monkeypatch.setattr("ppl_lsp.features.code_lens.render_sections", slowly)
    answer = asyncio.create_task(code_lens(editor.session, LENSES))
    await asyncio.to_thread(began.wait, 60)
    editor.session.change(document("# A\n\na b c d e f g h i j zzk", 2))
    await editor.until(lambda: (URI, 2) in editor.versions())
    may_end.set()
    assert await answer
    await closing()
    for _, over in editor.pauses:
        over.set()
    await editor.until(lambda: editor.refreshed)
    assert editor.refreshed == ["codeLens"]


async def test_a_setting_that_changes_what_is_drawn_is_told() -> None:
    editor = await Editor.ready()
    editor.session.refreshing.supported = frozenset(KINDS)
    editor.session.configure({"inlayHints": True, "severity": "hint"})
    await closing()
    for _, over in editor.pauses:
        over.set()
    await editor.until(lambda: editor.refreshed)
    assert editor.refreshed == ["inlayHint"]


def test_what_a_client_can_be_told_is_what_it_declares() -> None:
    workspace = types.WorkspaceClientCapabilities(
        code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=False),
    )
    assert supported(types.ClientCapabilities(workspace=workspace)) == {"codeLens"}
    assert supported(types.ClientCapabilities()) == frozenset()
