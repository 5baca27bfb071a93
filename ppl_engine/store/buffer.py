"""The database as the work sees it: nothing it does ever raises.

Values to be kept are gathered and written together, between steps of the work and at its end; a
process that is killed loses what it has gathered and nothing else. Where the file is busy they
wait for the next time; where it is damaged a new one is begun; where the disk is full or the file
can not be had the work goes on without, and one notice says so.
"""

import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from ppl_engine.store.database import Database, Row
from ppl_engine.store.opening import (
    CacheUnusableError,
    file_identity,
    is_damage,
    open_database,
    set_aside,
)
from ppl_engine.store.place import Place

logger = logging.getLogger(__name__)

_WRITTEN_AT_ONCE: Final = 2**20
_MOST_WAITING: Final = 16 * 2**20
_FLUSH_SECONDS: Final = 2.0
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Buffer:
    """Values by key, on disk if possible; for one thread at a time."""

    def __init__(
        self,
        place: Place,
        notify: Callable[[str], None] = logger.warning,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._place = place
        self._notify = notify
        self._clock = clock
        self._waiting: dict[bytes, Row] = {}
        self._n_waiting_bytes = 0
        self._models: dict[bytes, str] = {}
        self._lookups: Counter[str] = Counter()
        self._flushed_at = clock()
        self._may_write = False
        self._database: Database | None = None
        self._was_renewed = False
        self._identity = (0, 0)
        self._open()

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return what is kept under those keys that are known."""
        found = {key: self._waiting[key].payload for key in keys if key in self._waiting}
        missing = [key for key in keys if key not in found]
        if missing and self._database is not None:
            try:
                found |= self._database.read(missing)
            except sqlite3.Error as error:
                if not _is_busy(error):
                    self._after(error)
        self._lookups.update(found=len(found), missed=len(keys) - len(found))
        return found

    def put_many(self, rows: Sequence[Row], info: str) -> None:
        """Keep rows of one model, which `info` describes, once enough have come together."""
        if not self._may_write:
            return
        for row in rows:
            self._waiting[row.key] = row
            self._n_waiting_bytes += len(row.payload)
            self._models[row.model] = info
        is_due = self._clock() - self._flushed_at > _FLUSH_SECONDS
        if is_due or self._n_waiting_bytes > _WRITTEN_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered."""
        if self._database is None or not self._may_write or not (self._waiting or self._lookups):
            return
        self._flushed_at = self._clock()
        try:
            self._database.write(self._waiting.values(), self._models, self._lookups)
        except sqlite3.Error as error:
            if _is_busy(error):
                if self._n_waiting_bytes > _MOST_WAITING:
                    self._forget()
                return
            self._after(error)
        self._forget()

    def close(self) -> None:
        """Write what has been gathered and close the file."""
        self.flush()
        if self._database is not None:
            self._database.close()
        self._database, self._may_write = None, False

    def _open(self) -> None:
        try:
            self._database, self._may_write = open_database(self._place, self._clock)
            self._identity = file_identity(self._place.path)
        except (sqlite3.Error, OSError, CacheUnusableError) as error:
            self._give_up(error)

    def _after(self, error: sqlite3.Error) -> None:
        """Go on after an error of the database, with a new file, or read only, or without."""
        if is_damage(error) and self._may_write and not self._was_renewed:
            self._was_renewed = True
            self._drop_database()
            self._notify(
                f"The cache of scores in {self._place.path} is damaged ({error}); it is set aside "
                "and a new one is begun."
            )
            try:
                set_aside(self._place.path, self._identity)
            except OSError as reason:
                self._give_up(reason)
            else:
                self._open()
        elif is_damage(error) or not self._may_write:
            self._drop_database()
            self._give_up(error)
        else:  # a full disk, say: what is there can still be read
            self._may_write = False
            self._notify(
                f"The cache of scores in {self._place.path} can not be written ({error}); scores "
                "are computed and not kept."
            )

    def _give_up(self, reason: Exception) -> None:
        self._database, self._may_write = None, False
        self._notify(
            f"The cache of scores in {self._place.path} can not be used ({reason}); scores are "
            "computed and not kept. PPL_CACHE_DIR names another directory."
        )

    def _drop_database(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database, self._may_write = None, False
        self._forget()

    def _forget(self) -> None:
        self._waiting.clear()
        self._models.clear()
        self._lookups.clear()
        self._n_waiting_bytes = 0


def _is_busy(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BUSY
