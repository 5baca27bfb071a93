"""What is said between an engine process and its clients.

A client says `Hello` first and is answered `Welcome` or `Refused`. Then it sends requests with
numbers of its own; each is answered by any number of `Stepped` and one `Answered` or `Failed`,
unless it is cancelled. `PROTOCOL` changes whenever a message does.
"""

from dataclasses import dataclass
from typing import Final

from ppl_engine.analysis import Analysis, Partial, Progress
from ppl_engine.explanation import Explanation
from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.host.codec import Codec, codec_of
from ppl_engine.host.place import PROTOCOL
from ppl_engine.host.queue import Priority
from ppl_engine.scoring.scorer import ModelInfo
from ppl_engine.text.spans import Span

__all__ = ["PROTOCOL", "Priority"]


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message of a client."""

    protocol: int
    identity: str
    """What the client takes the process for: its model, versions and paths, as a digest."""

    secret: str
    """What only this user can know, where the operating system does not see to that."""


@dataclass(frozen=True, slots=True)
class Load:
    """Load the model, if it is not loaded; answered by its ModelInfo."""

    number: int


@dataclass(frozen=True, slots=True)
class Analyze:
    """Analyze a text, instead of any older version of the document; answered by an Analysis.

    The text of the answer is empty: the client has it.
    """

    number: int
    document: str
    """A name of the client's own, such as a URI."""

    text: str
    language: str
    thresholds: Thresholds
    visible: tuple[Span, ...]
    """What is on the screen, most wanted first; empty if that is not known."""

    priority: Priority


@dataclass(frozen=True, slots=True)
class Explain:
    """Explain the word at an offset of an analysis; answered by an Explanation or null."""

    number: int
    document: str
    analysis: int
    """The number of the request that it answered."""

    offset: int


@dataclass(frozen=True, slots=True)
class Hurry:
    """Somebody now waits for the answer to a request."""

    number: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody awaits the answer to a request any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Forget:
    """The document is closed."""

    document: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The client goes and will not come back soon: if nobody else is there, unload the model."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Answer at once, whatever the engine is doing."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The process is what the client took it for."""

    pid: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The connection ends now, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stepped:
    """Work on a request has begun (null) or has come this far.

    The text of an analysis that shows what is known by then is empty, as in an answer.
    """

    number: int
    progress: Progress | Partial | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request."""

    number: int
    value: ModelInfo | Analysis | Explanation | None


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no answer to a request."""

    number: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The process is alive."""


Numbered = Load | Analyze | Explain
Request = Hello | Load | Analyze | Explain | Hurry | Cancel | Forget | Leave | Ping
Reply = Welcome | Refused | Stepped | Answered | Failed | Pong

REQUEST: Final[Codec[Request]] = codec_of(Request)
REPLY: Final[Codec[Reply]] = codec_of(Reply)
