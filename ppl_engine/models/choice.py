"""Which model to load, and how: the three things a user may set."""

from dataclasses import dataclass
from typing import Final

EMBEDDED: Final = "embedded"
DEVICES: Final = ("auto", "cpu", "cuda", "mps")
PRECISIONS: Final = ("auto", "exact", "bf16", "fp16", "int8")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model with the device and precision to run it in."""

    model: str = EMBEDDED
    """`embedded`, a directory in Hugging Face format, or a hub id."""

    device: str = "auto"
    """One of `DEVICES`."""

    precision: str = "auto"
    """One of `PRECISIONS`."""

    n_spare_cores: int = 0
    """How many cores of the CPU are left to others, such as an editor in which somebody types."""

    def __post_init__(self) -> None:
        """Raise ValueError for a device or precision that does not exist."""
        if self.device not in DEVICES:
            raise ValueError(f"device is one of {', '.join(DEVICES)}, not {self.device!r}")
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision is one of {', '.join(PRECISIONS)}, not {self.precision!r}")
