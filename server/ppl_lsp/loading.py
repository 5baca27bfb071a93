"""The model that is loaded or being loaded, or could not be loaded."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ppl_engine.models.choice import ModelChoice
from ppl_lsp.engine import RemoteEngine
from ppl_lsp.tasks import Task, Tasks

if TYPE_CHECKING:
    from ppl_engine.scoring.scorer import ModelInfo

SHOWN_AFTER_S: Final = 1.0
"""What is loaded sooner needs no sign that it is."""


class Loading:
    """Loads what was chosen last."""

    def __init__(
        self,
        engine: RemoteEngine,
        tasks: Tasks,
        on_end: "Callable[[ModelInfo | Exception], object]",
    ) -> None:
        """`on_end` hears of the model, or why there is none; never of one chosen before."""
        self.choice: ModelChoice | None = None
        self.error: Exception | None = None
        self._engine = engine
        self._tasks = tasks
        self._on_end = on_end
        self._task: asyncio.Task[None] | None = None

    def begin(self, choice: ModelChoice) -> None:
        """Load another model."""
        if self._task:
            self._task.cancel()
        self.choice, self.error = choice, None
        shown = self._tasks.begin(f"ppl: loading {choice.model}", delay_s=SHOWN_AFTER_S)
        self._task = asyncio.create_task(self._load(choice, shown))

    async def _load(self, choice: ModelChoice, shown: Task) -> None:
        try:
            model = await self._engine.load(choice)
        except Exception as error:  # noqa: BLE001 - the server lives on without a model
            self.error = error
            self._on_end(error)
        else:
            self._on_end(model)
        finally:
            shown.end()
