"""Everything the engine may raise for a user to read; each message says what to do.

EngineError
├── ModelNotFoundError      the model named is not there
├── ModelLoadError          it is there but can not be used: truncated, pickled, not causal, …
├── NotEnoughMemoryError    it does not fit into the memory at hand
├── DeviceError             the device or precision asked for is not available here
└── NumericsError           the model overflows in the precision it runs in

A caller's mistake raises ValueError. The content of a text never raises anything.
"""


class EngineError(Exception):
    """Base of all errors meant for users; `str(error)` is a complete sentence."""


class ModelNotFoundError(EngineError):
    """No model under this name or path."""


class ModelLoadError(EngineError):
    """The model is there but can not be loaded or must not be used."""


class NotEnoughMemoryError(EngineError):
    """The model needs more memory than there is."""


class DeviceError(EngineError):
    """The device or the precision asked for does not exist on this machine."""


class NumericsError(EngineError):
    """The model gives no numbers in the precision it runs in."""
