"""Waiting until something happens in folders."""

import os
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

_DEBOUNCE_MS: Final = 400
"""The most that is waited for a burst of changes to end."""

_STEP_MS: Final = 40
"""Without another change for so long, a burst is over."""

_POLLED_EVERY_MS: Final = 300
_POLLING: Final = "WATCHFILES_FORCE_POLLING"
"""The variable of watchfiles for file systems that tell nobody of changes: shared folders."""


class Folders:
    """The folders in which something may change; not those in them."""

    def __init__(self) -> None:
        self.watched: frozenset[str] | None = None
        self._notify: RustNotify | None = None

    def watch(self, folders: AbstractSet[str]) -> bool:
        """Watch these from now on; False where one of them is gone. Raises EngineError."""
        notify = _notify_type()
        if self._notify is not None:
            self._notify.close()
        is_polling = os.environ.get(_POLLING, "").lower() not in {"", "0", "false", "disable"}
        try:
            self._notify = notify(
                watch_paths=sorted(folders),
                debug=False,
                force_polling=is_polling,
                poll_delay_ms=_POLLED_EVERY_MS,
                recursive=False,
                ignore_permission_denied=True,
            )
        except FileNotFoundError:
            self._notify, self.watched = None, None
            return False
        except OSError as error:
            raise EngineError(
                f"--watch: {len(folders):,} folders can not be watched: {error}. Name fewer, allow "
                f"more (sysctl fs.inotify.max_user_watches), or set {_POLLING}=1."
            ) from error
        self.watched = frozenset(folders)
        return True

    def wait(self) -> None:
        """Return when something happened. Raises KeyboardInterrupt."""
        if self._notify is None:
            return
        if self._notify.watch(_DEBOUNCE_MS, _STEP_MS, 0, None) == "signal":
            raise KeyboardInterrupt

    def close(self) -> None:
        """Watch no more."""
        if self._notify is not None:
            self._notify.close()


def _notify_type() -> "type[RustNotify]":
    try:
        # Its documented back end: unlike `watchfiles.watch` it watches before it is waited for.
        from watchfiles._rust_notify import RustNotify  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EngineError("--watch needs watchfiles: pip install 'ppl-lsp[watch]'") from error
    return RustNotify
