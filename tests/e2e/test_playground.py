"""The playground as a process, with an engine process beside it."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE

import pytest

from tests.e2e.editor import COMMAND, PATIENCE_S, ROOT
from tests.host.runtime import environment
from tests.playground.playing import Page, Playground


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *COMMAND, "--playground", *arguments, stdout=PIPE, stderr=PIPE, env=environment(), cwd=ROOT
    )


async def told(process: asyncio.subprocess.Process) -> Playground:
    assert process.stdout
    address = (await process.stdout.readline()).decode().strip()
    return Playground(address, asyncio.create_task(asyncio.sleep(0)))


async def shown(page: Page) -> list[str]:
    await page.initialize()
    await page.open("Some calm words here and a zzword among them.\n")
    published = await page.told("textDocument/publishDiagnostics", version=0)
    return [one["code"] for one in published["diagnostics"]]


async def test_it_serves_until_its_page_is_closed() -> None:
    async with asyncio.timeout(PATIENCE_S):
        process = await start()
        playground = await told(process)
        assert (await playground.get()).status == 200
        async with playground.page() as one, playground.page() as other:
            assert await shown(one) == ["surprising-word"]
            assert await shown(other) == ["surprising-word"]
        out, log = await process.communicate()
    assert process.returncode == 0
    assert b"Ctrl-C" in out
    assert log == b""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal for one process")
async def test_ctrl_c_ends_it_with_a_page_open() -> None:
    async with asyncio.timeout(PATIENCE_S):
        process = await start()
        playground = await told(process)
        async with playground.page() as page:
            assert await shown(page) == ["surprising-word"]
            process.send_signal(signal.SIGINT)
            _, log = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in log


async def test_each_page_needs_the_engine_that_is_shared() -> None:
    process = await start("--in-process")
    _, log = await process.communicate()
    assert process.returncode == 2
    assert b"--playground needs the process that all pages share" in log
