"""Whatever happens to the file, the work goes on, nothing wrong is read, and one notice says so."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ppl_engine.errors import EngineError
from ppl_engine.store.database import APPLICATION_ID, SCHEMA_VERSION
from ppl_engine.store.upkeep import contents
from tests.store.making import Opened

ROOT = Path(__file__).parents[2]


def writer(directory: Path, first: int, n_numbers: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", str(directory), str(first), str(n_numbers)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_that_start_together_share_one_file(tmp_path: Path) -> None:
    n_each = 60
    writers = [writer(tmp_path, 1000 * k, n_each) for k in range(3)]
    for k, process in enumerate(writers):
        printed = process.communicate(timeout=60)[0].split("\n")
        assert printed[-2] == "notices: []"
        assert printed[:-2] == [str(number) for number in range(1000 * k, 1000 * k + n_each)]
    opened = Opened(tmp_path)
    for k in range(3):
        assert len(opened.known(range(1000 * k, 1000 * k + n_each))) == n_each
    assert not (tmp_path / "scores.db.bad").exists()


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    for k, n_lines in enumerate((1, 17, 40)):
        process = writer(tmp_path, 1000 * k, 1_000_000)
        assert process.stdout is not None
        last = [process.stdout.readline() for _ in range(n_lines)][-1]
        process.kill()
        process.wait()
        process.stdout.close()
        opened = Opened(tmp_path)
        written = range(1000 * k, int(last) + 1)
        assert opened.known(written) == list(written)
        opened.keep(999_999)
        assert opened.notices == []
        opened.store.close()
    with sqlite3.connect(tmp_path / "scores.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_file_with_flipped_bytes_or_cut_off_gives_what_is_right_or_nothing(
    tmp_path: Path,
) -> None:
    numbers = range(40)
    made = Opened(tmp_path / "made")
    made.keep(*numbers)
    made.store.close()
    whole = (tmp_path / "made" / "scores.db").read_bytes()
    rng = random.Random(0)
    n_known: list[int] = []
    for k in range(60):
        directory = tmp_path / str(k)
        directory.mkdir()
        data = bytearray(whole)
        if k % 3 == 0:
            del data[rng.randrange(len(data)) :]
        else:
            # A few flipped bytes, at times in the header and the tree at the head of the file.
            reach = len(data) if k % 3 == 1 else 8192
            for _ in range(1 + k % 7):
                data[rng.randrange(reach)] ^= 1 << rng.randrange(8)
        (directory / "scores.db").write_bytes(data)
        opened = Opened(directory)
        n_known.append(len(opened.known(numbers)))  # compares every value
        opened.keep(*numbers)
        opened.known(numbers)
        opened.store.close()
        assert len(opened.notices) <= 2
        again = Opened(directory)
        again.keep(*numbers)
        assert again.known(numbers) == list(numbers) or again.notices
        again.store.close()
    assert min(n_known) == 0
    assert max(n_known) >= len(numbers) - 7


def damaged(directory: Path) -> Opened:
    """A store whose file turns out to be damaged while it is in use."""
    opened = Opened(directory)
    opened.keep(*range(200))
    opened.store.close()
    path = directory / "scores.db"
    data = bytearray(path.read_bytes())
    data[3 * 4096 :] = os.urandom(len(data) - 3 * 4096)
    path.write_bytes(data)
    return Opened(directory)


def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    opened = damaged(tmp_path)
    assert opened.known(range(200)) == []
    assert len(opened.notices) == 1
    assert "is damaged" in opened.notices[0]
    assert (tmp_path / "scores.db.bad").exists()
    opened.keep(*range(10))
    assert opened.known(range(10)) == list(range(10))
    opened.store.close()
    assert Opened(tmp_path).known(range(10)) == list(range(10))


def test_a_file_that_another_process_has_replaced_is_not_set_aside_again(tmp_path: Path) -> None:
    late = damaged(tmp_path)
    early = Opened(tmp_path)
    assert early.known(range(3)) == []
    early.keep(*range(10))
    assert late.known(range(3)) in ([], [0, 1, 2])
    assert late.known(range(10)) == list(range(10))
    assert early.known(range(10)) == list(range(10))


def foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entries (recipe TEXT)")
    connection.commit()
    connection.close()


def of_version(version: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE entries (key TEXT)")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        connection.close()

    return make


@pytest.mark.parametrize(
    "make",
    [
        of_version(SCHEMA_VERSION - 1),
        foreign_database,
        lambda path: path.write_bytes(b"Dear diary,\n" * 1000),
        lambda path: path.write_bytes(b"\0" * 100_000),
        lambda path: path.write_bytes(b"SQLite format 3\0"),
    ],
    ids=["older", "foreign", "text", "zeros", "head"],
)
def test_another_file_of_the_name_is_set_aside(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "scores.db")
    before = (tmp_path / "scores.db").read_bytes()
    opened = Opened(tmp_path)
    opened.keep(1)
    assert opened.known(range(3)) == [1]
    assert opened.notices == []
    assert (tmp_path / "scores.db.bad").read_bytes() == before


def test_a_file_with_our_marks_and_other_tables_is_set_aside(tmp_path: Path) -> None:
    of_version(SCHEMA_VERSION)(tmp_path / "scores.db")
    opened = Opened(tmp_path)
    assert opened.known(range(3)) == []
    assert len(opened.notices) == 1
    opened.keep(1)
    assert opened.known(range(3)) == [1]


def test_the_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    of_version(SCHEMA_VERSION + 1)(tmp_path / "scores.db")
    before = (tmp_path / "scores.db").read_bytes()
    opened = Opened(tmp_path)
    opened.keep(1)
    assert opened.known(range(3)) == []
    (notice,) = opened.notices
    assert "newer version" in notice
    assert (tmp_path / "scores.db").read_bytes() == before
    with pytest.raises(EngineError, match="newer version"):
        contents(opened.place)


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "scores.db").touch()
    opened = Opened(tmp_path)
    opened.keep(1)
    assert opened.known(range(3)) == [1]
    assert not (tmp_path / "scores.db.bad").exists()


def test_a_directory_that_can_not_be_made_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    opened = Opened(tmp_path / "file" / "cache")
    for k in range(5):
        opened.keep(k)
        assert opened.known(range(5)) == []
    opened.store.close()
    (notice,) = opened.notices
    assert "can not be used" in notice
    assert "PPL_CACHE_DIR" in notice


def test_a_directory_in_the_place_of_the_file_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "scores.db").mkdir()
    opened = Opened(tmp_path)
    opened.keep(1)
    assert opened.known(range(3)) == []
    assert len(opened.notices) == 1


def test_what_may_only_be_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Opened(tmp_path)
    made.keep(*range(10))
    made.store.close()
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir())

    def access(path: Path, mode: int) -> bool:
        return not mode & os.W_OK and Path(path).exists()

    monkeypatch.setattr("ppl_engine.store.opening.os.access", access)  # root may write anywhere
    opened = Opened(tmp_path)
    assert opened.known(range(20)) == list(range(10))
    opened.keep(15)
    assert opened.known(range(20)) == list(range(10))
    opened.store.close()
    assert opened.notices == []
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == before
    missing = Opened(tmp_path / "none")
    missing.keep(1)
    assert len(missing.notices) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user")
def test_another_user_reads_a_directory_that_only_this_one_may_write() -> None:
    """With real permissions, where the tests run as root and can become somebody else."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        made = Opened(directory)
        made.keep(*range(10))
        made.store.close()
        directory.chmod(0o755)
        (directory / "scores.db").chmod(0o644)
        script = (
            "import os, sys\nfrom pathlib import Path\nfrom tests.store.making import Opened\n"
            # What is imported now could not be read by somebody else later.
            "own = Opened(Path(sys.argv[1], 'own'))\nown.keep(1)\nown.known(range(1, 2))\n"
            "os.setgid(65534)\nos.setuid(65534)\n"
            "opened = Opened(Path(sys.argv[1]))\nopened.keep(15)\n"
            "sys.stdout.write(f'{opened.known(range(20))} {opened.notices}')"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, name],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout == f"{list(range(10))} []", done.stderr


def limit_pages(opened: Opened, n_more: int) -> None:
    """Let SQLite behave as on a disk with room for so many more pages."""
    database = opened.buffer._database
    assert database is not None
    n_pages = database._pragma("page_count")
    database._connection.execute(f"PRAGMA max_page_count = {n_pages + n_more}").fetchall()


def test_a_full_disk_is_told_once_and_what_is_there_is_read(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    opened.keep(*range(10))
    limit_pages(opened, 4)
    for k in range(10, 20):
        opened.keep(k)
    (notice,) = opened.notices
    assert "can not be written" in notice
    assert "full" in notice
    assert opened.known(range(10)) == list(range(10))
    opened.store.close()
    assert Opened(tmp_path).known(range(20))[:10] == list(range(10))


def test_a_file_that_another_process_holds_is_written_later(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    other = sqlite3.connect(tmp_path / "scores.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    opened.keep(1)
    assert opened.known(range(3)) == [1]  # from what waits
    other.execute("ROLLBACK")
    other.close()
    opened.keep(2)
    assert Opened(tmp_path).known(range(3)) == [1, 2]
    assert opened.notices == []


def test_what_waits_for_a_busy_file_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ppl_engine.store.opening._BUSY_SECONDS", 0.01)
    monkeypatch.setattr("ppl_engine.store.buffer._MOST_WAITING", 100_000)
    opened = Opened(tmp_path)
    other = sqlite3.connect(tmp_path / "scores.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for k in range(40):
        opened.keep(k)
        assert opened.buffer._n_waiting_bytes <= 100_000
    other.execute("ROLLBACK")
    other.close()
    opened.keep(100)
    assert opened.known(range(90, 101)) == [100]
