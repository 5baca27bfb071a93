"""Work-done progress: shown when there is a place for it, ended once, given up where possible."""

import asyncio
from typing import Any

from lsprotocol import types

from ppl_lsp.tasks import Tasks
from tests.server.fake_editor import Editor


class Client:
    """Makes places for progress when the test likes."""

    def __init__(self, *, error: Exception | None = None) -> None:
        self.place = asyncio.Event()
        self.said: list[Any] = []
        self.n_created = 0
        self._error = error

    async def window_work_done_progress_create_async(
        self, params: types.WorkDoneProgressCreateParams
    ) -> None:
        assert params.token
        self.n_created += 1
        await self.place.wait()
        if self._error:
            raise self._error

    def progress(self, params: types.ProgressParams) -> None:
        self.said.append(params.value)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def shown(client: Client) -> Tasks:
    tasks = Tasks(client)
    tasks.is_shown = True
    return tasks


async def test_nothing_is_sent_before_there_is_a_place_and_then_the_newest() -> None:
    client = Client()
    task = shown(client).begin("work")
    task.report(1, 4)
    task.report(2, 4)
    await settled()
    assert client.said == []
    client.place.set()
    await settled()
    task.report(2, 4)
    task.report(200, 300)
    task.end("done")
    task.report(3, 4)
    task.end("again")
    assert [(one.kind, getattr(one, "percentage", None)) for one in client.said] == [
        ("begin", 50),
        ("report", 66),
        ("end", None),
    ]
    assert client.said[-1].message == "done"


async def test_what_ends_before_there_is_a_place_is_not_shown() -> None:
    client = Client()
    shown(client).begin("work").end()
    client.place.set()
    await settled()
    assert (client.n_created, client.said) == (0, [])
    task = shown(client).begin("work")
    client.place.clear()
    await settled()
    task.end()
    client.place.set()
    await settled()
    assert (client.n_created, client.said) == (1, [])


async def test_a_client_that_can_not_or_will_not_is_left_alone() -> None:
    client = Client(error=RuntimeError("no"))
    client.place.set()
    Tasks(client).begin("work").end()
    task = shown(client).begin("work")
    await settled()
    task.report(1, 2)
    task.end()
    assert (client.n_created, client.said) == (1, [])


async def test_only_what_can_be_given_up_is_and_only_once() -> None:
    client = Client()
    tasks, given_up = shown(client), list[str]()
    lasting = tasks.begin("lasting")
    task = tasks.begin("work", on_cancel=lambda: given_up.append("work"))
    tasks.cancel(lasting.token)
    tasks.cancel(task.token)
    tasks.cancel("of somebody else")
    tasks.cancel(7)
    task.end()
    tasks.cancel(task.token)
    assert given_up == ["work"]


async def test_loading_is_shown_only_when_it_takes_a_while() -> None:
    editor = Editor()
    editor.session.tasks.is_shown = True
    editor.session.configure(None)
    await editor.until(lambda: editor.session.model)
    assert [seconds for seconds, _ in editor.pauses] == [1.0]
    editor.pauses[0][1].set()
    await settled()
    assert editor.progressed == []
