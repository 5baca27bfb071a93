"""Engine processes as they are, with the fake engine in them, and what can happen to processes."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from ppl_engine.errors import NotEnoughMemoryError
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.client import EngineClient
from ppl_engine.host.errors import HostError
from ppl_engine.host.launch import Launcher
from ppl_engine.host.lock import HostLock
from ppl_engine.host.place import place_of
from ppl_engine.host.reach import Patience
from ppl_engine.models.choice import ModelChoice
from tests.host.fake_host import COMMAND
from tests.host.runtime import environment, hosts, is_gone
from tests.host.talk import PATIENCE_S, until
from tests.server.fake_editor import closing
from tests.server.fake_engine import DIE, HOLD, HUNGRY

QUICK = Patience(hello_s=1.0, ping_s=0.1, n_pings=5, retry_s=0.01, most_ends=20)
CHOICE = ModelChoice()


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])


class User:
    """One editor window, as far as the engine is concerned."""

    def __init__(self, command: Any = COMMAND, patience: Patience = QUICK) -> None:
        self.states: list[bool] = []
        self.client = EngineClient(
            lambda choice: Launcher(choice, command), patience=patience, on_state=self.states.append
        )

    @classmethod
    @asynccontextmanager
    async def there(cls, **how: Any) -> "AsyncGenerator[User]":
        user = cls(**how)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await user.client.load(CHOICE)
                yield user
        finally:
            user.client.close()
            await closing()

    async def scored(self, text: str, document: str = "a", **how: Any) -> str:
        analysis = await self.client.analyze(
            document, text, language="x", thresholds=Thresholds(), **how
        )
        return analysis.text


def children() -> list[int]:
    running = psutil.Process().children()
    return [child.pid for child in running if child.is_running() and child.status() != "zombie"]


async def test_two_who_start_at_the_same_moment_share_one_process(runtime: Path) -> None:
    users = [User() for _ in range(6)]
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(user.client.load(CHOICE) for user in users))
        scored = await asyncio.gather(*(user.scored(f"text {k}") for k, user in enumerate(users)))
    assert scored == [f"text {k}" for k in range(6)]
    (pid,) = hosts(runtime)
    # Those who came second notice that the place is taken, and end.
    async with asyncio.timeout(PATIENCE_S):
        while not set(children()) <= {pid}:  # noqa: ASYNC110 - nobody announces it
            await asyncio.sleep(0.05)
    for user in users:
        user.client.close()
    await until(lambda: is_gone(pid))
    assert not list((runtime / "ppl-lsp").glob("*.sock"))


async def test_another_model_is_another_process_and_the_first_one_is_let_go(runtime: Path) -> None:
    async with User.there() as user:
        (first,) = hosts(runtime)
        assert (await user.client.load(ModelChoice("other"))).name == "other"
        assert await user.scored("text") == "text"
        await until(lambda: is_gone(first) and len(hosts(runtime)) == 1)


async def test_work_that_was_lost_with_a_killed_process_is_done_by_the_next(runtime: Path) -> None:
    async with User.there() as user, User.there() as other:
        held = asyncio.create_task(user.scored(HOLD, "held"))
        await asyncio.sleep(0.5)  # the newest is done first: this must have begun before the rest
        waiting = [asyncio.create_task(user.scored(f"text {k}", str(k))) for k in range(20)]
        others = [asyncio.create_task(other.scored(f"text {k}", str(k))) for k in range(20)]
        await asyncio.sleep(0.1)
        (first,) = hosts(runtime)
        held.cancel()
        psutil.Process(first).kill()
        texts = [f"text {k}" for k in range(20)]
        assert list(await asyncio.gather(*waiting)) == texts
        assert list(await asyncio.gather(*others)) == texts
        (second,) = hosts(runtime)
        assert second != first
        assert user.states == [False, True]


async def test_a_process_killed_at_random_moments_loses_nothing(runtime: Path) -> None:
    async with User.there() as user:
        for k in range(5):
            texts = [f"{k} {j} " + "word " * 1000 for j in range(30)]
            tasks = [asyncio.create_task(user.scored(text, text[:9])) for text in texts]
            await asyncio.sleep(0.02 * k)
            for pid in hosts(runtime):
                psutil.Process(pid).kill()
            assert await asyncio.gather(*tasks) == texts


async def test_a_stopped_process_is_killed_and_replaced(runtime: Path) -> None:
    async with User.there() as user, User.there() as other:
        (first,) = hosts(runtime)
        psutil.Process(first).suspend()
        assert await asyncio.gather(user.scored("one"), other.scored("two")) == ["one", "two"]
        assert is_gone(first)
        assert len(hosts(runtime)) == 1


async def test_a_stopped_process_does_not_keep_a_newcomer_waiting(runtime: Path) -> None:
    async with User.there():
        (first,) = hosts(runtime)
        psutil.Process(first).suspend()
        async with User.there() as newcomer:
            assert await newcomer.scored("text") == "text"
        assert is_gone(first)


async def test_a_text_that_kills_the_process_is_given_up_and_the_others_are_not() -> None:
    async with User.there() as user:
        poison = asyncio.create_task(user.scored(DIE, "poison"))
        calm = [asyncio.create_task(user.scored(f"text {k}", str(k))) for k in range(20)]
        with pytest.raises(HostError, match="3 times over this text"):
            await poison
        assert await asyncio.gather(*calm) == [f"text {k}" for k in range(20)]


async def test_a_lack_of_memory_is_an_error_of_one_text(runtime: Path) -> None:
    async with User.there() as user:
        (first,) = hosts(runtime)
        with pytest.raises(NotEnoughMemoryError):
            await user.scored(HUNGRY)
        assert await user.scored("fine") == "fine"
        assert hosts(runtime) == [first]


@pytest.mark.parametrize("kind", ["socket", "file", "lock"])
async def test_what_an_earlier_process_has_left_is_replaced(kind: str) -> None:
    place = place_of(CHOICE, COMMAND)
    if kind == "socket":
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(place.socket))
    elif kind == "file":
        place.socket.write_text("not a socket")
    else:
        place.lock.write_text(f"{os.getpid()} 0.0\n")
    async with User.there() as user:
        assert await user.scored("text") == "text"


async def test_it_ends_when_its_client_is_killed(runtime: Path) -> None:
    program = """
import asyncio
from tests.host.test_process import User, CHOICE
async def main():
    async with User.there() as user:
        print("there", flush=True)
        await user.scored("HOLD")
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, env=environment()
    )
    assert process.stdout
    async with asyncio.timeout(PATIENCE_S):
        assert await process.stdout.readline() == b"there\n"
        (pid,) = hosts(runtime)
        process.kill()
        await process.wait()
        await until(lambda: is_gone(pid))


async def test_it_ends_in_good_order_when_it_is_asked_to(runtime: Path) -> None:
    async with User.there() as user:
        (first,) = hosts(runtime)
        os.kill(first, signal.SIGTERM)
        assert await user.scored("text") == "text"
        assert hosts(runtime) != [first]


async def test_a_process_that_can_not_begin_is_given_up_with_what_it_said() -> None:
    command = (sys.executable, "-P", "-c", "import sys; sys.exit('no such thing')")
    patience = Patience(retry_s=0.001)
    with pytest.raises(HostError, match=r"code 1\. Its log, .*\.log, ends with: no such thing"):
        async with User.there(command=command, patience=patience):
            pass


async def test_only_the_user_can_get_at_it(runtime: Path) -> None:
    async with User.there():
        directory = runtime / "ppl-lsp"
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        others = {path.suffix: path.stat().st_mode & 0o077 for path in directory.iterdir()}
        assert others == {".sock": 0, ".lock": 0, ".log": 0}


async def test_it_works_at_home_and_takes_no_module_from_where_it_was_started(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "numpy.py", "psutil.py", "ppl_engine.py"):
        (tmp_path / name).write_text("raise SystemExit('a module of the workspace')")
    monkeypatch.chdir(tmp_path)
    async with User.there() as user:
        assert await user.scored("text") == "text"
        (pid,) = hosts(runtime)
        process = psutil.Process(pid)
        assert Path(process.cwd()) == Path.home().resolve()
        assert os.getsid(pid) == pid


def test_a_directory_that_others_can_open_is_not_used(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(runtime / "cache"))
    own = place_of(CHOICE, COMMAND).lock.parent
    assert own == runtime / "ppl-lsp"
    own.chmod(0o750)
    assert place_of(CHOICE, COMMAND).lock.parent == runtime / "cache" / "ppl-lsp" / "run"
    own.chmod(0o700)
    own.rmdir()
    own.symlink_to(tmp_path)
    assert place_of(CHOICE, COMMAND).lock.parent == runtime / "cache" / "ppl-lsp" / "run"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / ("deep" * 30)))
    assert place_of(CHOICE, COMMAND).lock.parent == runtime / "cache" / "ppl-lsp" / "run"
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert place_of(CHOICE, COMMAND).lock.parent == runtime / "cache" / "ppl-lsp" / "run"
    for name in ("XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, "/proc/nowhere")
    monkeypatch.setattr("tempfile.tempdir", "/proc/nowhere")
    with pytest.raises(HostError, match="XDG_RUNTIME_DIR"):
        place_of(CHOICE, COMMAND)


def test_what_decides_the_scores_decides_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def identities() -> set[str]:
        return {
            place_of(CHOICE, COMMAND).identity,
            place_of(ModelChoice("other"), COMMAND).identity,
            place_of(ModelChoice(precision="exact"), COMMAND).identity,
            place_of(CHOICE, ("python",)).identity,
        }

    before = identities()
    assert len(before) == 4
    assert identities() == before
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    assert not identities() & before


def test_a_lock_is_held_by_one_and_let_go_at_its_end(runtime: Path) -> None:
    path = runtime / "lock"
    program = (
        "import sys, pathlib; from ppl_engine.host.lock import HostLock;"
        "lock = HostLock(pathlib.Path(sys.argv[1]));"
        "print(lock.take(), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"True\n"
        assert not HostLock(path).take()
        assert HostLock(path).holder() == process.pid
        process.kill()
    assert HostLock(path).holder() is None
    assert HostLock(path).take()
