"""Opening the cache's file whatever state it is in.

    there is none, or it is empty     made, for this user only
    of an older version               set aside, and a new one made
    of another program, or damaged    set aside, and a new one made
    of a newer version                left alone: `CacheUnusableError`
    may be read but not written       read only

Making and setting aside happen under a lock, so that processes that start together make one file.
What was set aside lies beside the cache as `scores.db.bad`, one at most, and may be deleted.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ppl_engine.store.database import APPLICATION_ID, SCHEMA, SCHEMA_VERSION, Database
from ppl_engine.store.place import Place

if TYPE_CHECKING:
    from filelock import FileLock

_OPENING_SECONDS: Final = 5.0
_BUSY_SECONDS: Final = 0.25
"""How long a step waits for another process that writes; then the next step tries."""

_LOCK_SECONDS: Final = 5.0
_WAL_BYTES: Final = 8 * 2**20
_SIDE_FILES: Final = ("-wal", "-shm", "-journal")
_NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "9p", "ceph", "lustre", "gpfs"}
)


class CacheUnusableError(Exception):
    """The cache can not be used; the message says why."""


def open_database(place: Place, clock: Callable[[], float] = time.time) -> tuple[Database, bool]:
    """Return the database and whether it may be written.

    Raises CacheUnusableError, OSError or sqlite3.Error.
    """
    path = place.path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_writable = _may_write(path)
    connection = _writable(path) if is_writable else _readable(path)
    return Database(connection, max_bytes=place.max_bytes, clock=clock), is_writable


def file_identity(path: Path) -> tuple[int, int]:
    """Return what tells a file from another that took its name. Raises OSError."""
    stat = path.stat()
    return stat.st_dev, stat.st_ino


def set_aside(path: Path, identity: tuple[int, int]) -> None:
    """Move a damaged file out of the way, unless another process did so already. Raises OSError."""
    with _lock(path):
        if path.exists() and file_identity(path) == identity:
            _move_aside(path)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is not what was once written."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return isinstance(error, sqlite3.DatabaseError)
    # A missing table or column is a plain error: somebody else's schema.
    return (code & 0xFF) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


def _may_write(path: Path) -> bool:
    if not os.access(path.parent, os.W_OK):
        return False
    return not path.exists() or os.access(path, os.W_OK)


def _writable(path: Path) -> sqlite3.Connection:
    connection = _intact(path) or _made(path)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = FAST").fetchall()
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}").fetchall()
    connection.execute(f"PRAGMA busy_timeout = {int(1000 * _BUSY_SECONDS)}").fetchall()
    return connection


def _readable(path: Path) -> sqlite3.Connection:
    """Open a file where nothing can be written, not even the files that coordinate processes."""
    if not path.exists():
        raise CacheUnusableError("there is none, and none can be made there")
    connection = _checked(_connect(f"{path.as_uri()}?mode=ro&immutable=1", is_uri=True))
    if connection is None:
        raise CacheUnusableError("it is of another version and can not be replaced")
    return connection


def _intact(path: Path) -> sqlite3.Connection | None:
    """Open a file that holds our schema; None where there is none, or anything else."""
    if not path.exists():
        return None
    try:
        return _checked(_connect(str(path)))
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return None
        raise


def _connect(database: str, *, is_uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        database,
        uri=is_uri,
        timeout=_OPENING_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _checked(connection: sqlite3.Connection) -> sqlite3.Connection | None:
    """Return a connection to a file with our schema; close another and return None."""
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application == APPLICATION_ID and version > SCHEMA_VERSION:
            raise CacheUnusableError("it was made by a newer version of this program")
        if application == APPLICATION_ID and version == SCHEMA_VERSION:
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _made(path: Path) -> sqlite3.Connection:
    """Make a new file, or open the one that another process has made meanwhile."""
    with _lock(path):
        connection = _intact(path)
        if connection is not None:
            return connection
        if path.exists() and path.stat().st_size:
            _move_aside(path)
        path.touch(mode=0o600)
        return _with_schema(path)


def _with_schema(path: Path) -> sqlite3.Connection:
    connection = _connect(str(path))
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        if not _is_on_network(path):
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        # The marks come last and with the tables: a file without them was never finished.
        connection.executescript(
            f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )
    except BaseException:
        connection.close()
        raise
    return connection


def _move_aside(path: Path) -> None:
    path.replace(path.with_name(f"{path.name}.bad"))
    for ending in _SIDE_FILES:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).unlink()


def _lock(path: Path) -> "FileLock":
    from filelock import FileLock  # noqa: PLC0415 - hardly ever needed

    return FileLock(path.with_name(f"{path.name}.lock"), timeout=_LOCK_SECONDS, mode=0o600)


def _is_on_network(path: Path) -> bool:
    """Whether the file is on a file system that other machines share.

    Write-ahead logging needs memory that all users of the file share, so there a rollback journal
    takes its place.
    """
    import psutil  # noqa: PLC0415 - only for a new file

    kinds = {Path(p.mountpoint): p.fstype for p in psutil.disk_partitions(all=True)}
    mounted = [folder for folder in (path, *path.parents) if folder in kinds]
    return bool(mounted) and kinds[mounted[0]].lower() in _NETWORK_FILE_SYSTEMS | {"fuse.sshfs"}
