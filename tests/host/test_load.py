"""Much at once: what is lost, what piles up, and who has to wait."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
import psutil
import pytest
from lsprotocol import types

from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.client import EngineClient
from ppl_engine.host.errors import SupersededError
from ppl_engine.host.inside import InsideConnector
from ppl_engine.host.queue import Priority
from ppl_engine.host.worker import Engine
from ppl_engine.models.choice import ModelChoice
from ppl_lsp.engine import Threads
from ppl_lsp.session import Session
from ppl_lsp.settings import Settings
from tests.host.fast_engine import FastEngine
from tests.host.talk import PATIENCE_S, Talk, Talker, analyze, until
from tests.server.fake_editor import URI, closing, document


@pytest.fixture(autouse=True)
async def _tidy() -> AsyncGenerator[None]:
    yield
    await Talk.end_all()


def engine_talk() -> tuple[Talk, FastEngine]:
    engine = FastEngine()
    return Talk(load=lambda: engine), engine


async def test_fifty_clients_get_all_their_answers_in_turn() -> None:
    talk, engine = engine_talk()
    clients = [await talk.client() for _ in range(50)]
    for client in clients:
        client.say(*(analyze(k, f"{k:8}" * 10 * k, str(k)) for k in range(1, 21)))

    async def answers(client: Talker) -> list[int]:
        return [len((await client.value(k)).tokens) for k in range(1, 21)]

    found = await asyncio.gather(*(answers(client) for client in clients))
    assert found == [[10 * k for k in range(1, 21)]] * 50
    assert engine.n_analyzed == 1000
    assert talk.service.n_jobs == 0


class Recorder:
    """A client of a server that counts what it is told."""

    def __init__(self) -> None:
        self.published: dict[str, int | None] = {}

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        self.published[params.uri] = params.version

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        raise AssertionError(params.message)

    def ppl_status(self, params: object) -> None:
        pass

    def progress(self, params: object) -> None:
        pass

    async def _answer(self, params: Any) -> Any:
        del params

    workspace_diagnostic_refresh_async = _answer
    workspace_code_lens_refresh_async = _answer
    workspace_inlay_hint_refresh_async = _answer
    workspace_semantic_tokens_refresh_async = _answer
    window_work_done_progress_create_async = _answer
    window_show_document_async = _answer


async def session_with(engine: Engine, **sent: Any) -> tuple[Session, Recorder]:
    recorder = Recorder()
    session = Session(recorder, Threads(lambda _: engine), Settings())
    session.start()
    session.configure(sent)
    await until(lambda: session.model)
    return session, recorder


async def closed(session: Session) -> None:
    client: Any = session._engine._client
    client.close()
    await closing()


async def test_five_hundred_documents_are_scored_each_once_and_the_edited_one_soon() -> None:
    engine = FastEngine()
    session, recorder = await session_with(engine, debounceMs=0)
    for k in range(500):
        session.open(document("12345678" * 500, 1, f"file:///{k}"))
    session.change(document("12345678", 2, "file:///7"))
    await until(lambda: recorder.published.get("file:///7") == 2)
    assert len(recorder.published) < 250
    await until(lambda: len(recorder.published) == 500)
    assert set(recorder.published.values()) == {1, 2}
    assert engine.n_begun - engine.n_analyzed <= 1
    for k in range(500):
        session.close(f"file:///{k}")
    assert session._analyses._works == {}
    await closed(session)


async def test_typing_into_a_long_document_leaves_no_backlog() -> None:
    """As fast as the loop takes the edits, without a pause."""
    engine = FastEngine()
    session, recorder = await session_with(engine, debounceMs=0)
    text = "12345678" * 50_000
    session.open(document(text))
    client: Any = session._engine._client
    most = 0
    for version in range(2, 242):
        session.change(document(text, version))
        await asyncio.sleep(0)
        most = max(most, len(client._link._pending))
    assert most <= 2
    await until(lambda: recorder.published.get(URI) == 241)
    assert client._link._pending == {}
    # Nearly all were displaced before they were done.
    assert engine.n_analyzed < 120
    await closed(session)


@pytest.mark.slow  # resident memory, which depends on what else the machine does
async def test_a_text_of_twenty_megabytes_keeps_nobody_waiting_and_no_memory() -> None:
    engine = FastEngine()
    session, recorder = await session_with(engine)
    before = memory()
    session.open(document("1234567\n" * 2_500_000, uri="file:///huge"))
    session.open(document("12345678", uri="file:///small"))
    await until(lambda: "file:///small" in recorder.published)
    assert "file:///huge" not in recorder.published
    analysis = await session.analysis("file:///huge", timeout_s=PATIENCE_S)
    assert analysis
    assert len(analysis.tokens) == 2_500_000
    assert np.array_equal(analysis.words.ends, np.arange(1, 2_500_001) * 8)
    del analysis
    session.close("file:///huge")
    await closed(session)
    await until(lambda: memory() - before < 100e6)


def memory() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss


async def test_answers_that_are_slow_to_be_read_do_not_pile_up() -> None:
    """Eight analyses of a client are on the way at most, however many it asks for."""
    engine = FastEngine()
    client = EngineClient(lambda _: InsideConnector(lambda: engine))
    await client.load(ModelChoice())
    asked = [
        asyncio.create_task(
            client.analyze(
                str(k),
                "12345678" * 1000,
                language="x",
                thresholds=Thresholds(),
                priority=Priority.SCANNED,
            )
        )
        for k in range(200)
    ]
    link: Any = client._link
    await asyncio.sleep(0.01)
    while not all(task.done() for task in asked):
        assert sum(one.is_sent for one in link._pending.values()) <= 8
        await asyncio.sleep(0)
    assert not any(isinstance(task.exception(), SupersededError) for task in asked)
    client.close()
    await closing()
