"""What is declared of one setting, and whether a value is one of it."""

import math
import reprlib
from dataclasses import dataclass
from typing import Final

SECTION: Final = "ppl"


@dataclass(frozen=True, slots=True)
class Setting:
    """The declaration of one setting, in the words of the wire and of JSON Schema."""

    name: str
    kind: str
    """`boolean`, `string`, `integer` or `number`."""

    description: str
    scope: str = "window"
    """`machine` for what a workspace must not choose: its files come from elsewhere.

    `resource` for what each of its folders may.
    """

    choices: tuple[str, ...] = ()
    least: float = -math.inf
    most: float = math.inf

    def complaint(self, value: object) -> str | None:
        """Say in one sentence what is wrong with a value from the client; None if it is right."""
        if self._is_right(value):
            return None
        return f"{SECTION}.{self.name} must be {self._expected()}, not {reprlib.repr(value)}."

    def _is_right(self, value: object) -> bool:
        if self.kind == "boolean":
            return isinstance(value, bool)
        if self.kind == "string":
            return isinstance(value, str) and bool(
                value in self.choices if self.choices else value.strip()
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        is_whole = isinstance(value, int) or value.is_integer()
        return (is_whole or self.kind == "number") and self.least <= value <= self.most

    def _expected(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "string":
            return "a string that is not empty"
        noun = "a whole number" if self.kind == "integer" else "a number"
        return f"{noun} from {self.least:g} to {self.most:g}"
