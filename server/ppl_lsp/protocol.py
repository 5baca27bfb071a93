"""Our own methods and their payloads; a test holds `docs/protocol.md` to this file."""

import dataclasses
from typing import Any, Final, Literal, Union

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol import types
from pygls.protocol import default_converter

STATUS: Final = "ppl/status"
HEAT_MAP: Final = "ppl/heatMap"
PROFILE: Final = "ppl/profile"

State = Literal["starting", "loading", "ready", "scoring", "paused", "off", "failed"]


@dataclasses.dataclass(frozen=True, slots=True)
class StatusParams:
    """Notification `ppl/status`, to the client: what the server is doing, for a status bar."""

    state: State
    message: str
    """The whole text to show."""

    model: str
    device: str
    """Where the model runs; empty until it is loaded."""

    precision: str
    """How it computes; empty until it is loaded."""


@dataclasses.dataclass(frozen=True, slots=True)
class HeatMapParams:
    """Request `ppl/heatMap`, from the client."""

    text_document: types.TextDocumentIdentifier
    range: types.Range | None = None
    """Only the words that touch this range; null means all."""


@dataclasses.dataclass(frozen=True, slots=True)
class HeatBand:
    """One word to color."""

    range: types.Range
    band: int
    """1 (mild) to 5 (strongest)."""

    surprisal_bits: float


@dataclasses.dataclass(frozen=True, slots=True)
class HeatSummary:
    """Figures for the whole document."""

    perplexity: float | None
    bits_per_word: float | None
    bits_per_byte: float | None
    max_surprisal_bits: float | None
    top1_accuracy: float | None
    n_words: int
    n_tokens: int
    n_bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class HeatMap:
    """Answer to `ppl/heatMap`."""

    version: int | None
    """The version of the document that the bands belong to; null if it is not open."""

    is_scored: bool
    """False while there is nothing to draw; then `message` says why."""

    message: str
    bands: tuple[HeatBand, ...] = ()
    summary: HeatSummary | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ProfileParams:
    """Request `ppl/profile`, from the client."""

    text_document: types.TextDocumentIdentifier
    n_points: int | None = None
    """At most so many points; null means 400, which is also the most there are."""


@dataclasses.dataclass(frozen=True, slots=True)
class ProfilePoint:
    """A run of words in a plot of surprisal along the document; all runs have as many words."""

    range: types.Range
    bits_per_word: float | None
    max_surprisal_bits: float | None
    n_words: int


@dataclasses.dataclass(frozen=True, slots=True)
class ProfileSection:
    """A section of a document, or a docstring of a program."""

    title: str
    level: int
    """1 for the outermost heading, 0 for what none precedes."""

    range: types.Range
    perplexity: float | None
    bits_per_word: float | None
    bits_per_byte: float | None
    max_surprisal_bits: float | None
    n_words: int
    n_findings: int


@dataclasses.dataclass(frozen=True, slots=True)
class Profile:
    """Answer to `ppl/profile`."""

    version: int | None
    is_scored: bool
    message: str
    points: tuple[ProfilePoint, ...] = ()
    sections: tuple[ProfileSection, ...] = ()
    summary: HeatSummary | None = None


@attrs.define
class HeatMapRequest:
    """The envelope of `ppl/heatMap`, for decoding."""

    id: Union[int, str]  # noqa: UP007 - the converter knows this union by this spelling
    params: HeatMapParams
    method: str = HEAT_MAP
    jsonrpc: str = "2.0"


@attrs.define
class ProfileRequest:
    """The envelope of `ppl/profile`, for decoding."""

    id: Union[int, str]  # noqa: UP007 - the converter knows this union by this spelling
    params: ProfileParams
    method: str = PROFILE
    jsonrpc: str = "2.0"


REQUESTS: Final[dict[str, type]] = {HEAT_MAP: HeatMapRequest, PROFILE: ProfileRequest}
"""What our requests are decoded into."""

PAYLOADS: Final = (
    StatusParams,
    HeatMapParams,
    HeatBand,
    HeatSummary,
    HeatMap,
    ProfileParams,
    ProfilePoint,
    ProfileSection,
    Profile,
)


def converter() -> Converter:
    """Return pygls's converter, taught our payloads: camelCase on the wire, snake_case inside."""
    taught = default_converter()
    for payload in PAYLOADS:
        renamed = {
            field.name: override(rename=wire_name(field.name))
            for field in dataclasses.fields(payload)
        }
        renamed_any: dict[str, Any] = dict(renamed)
        taught.register_unstructure_hook(
            payload, make_dict_unstructure_fn(payload, taught, **renamed_any)
        )
        taught.register_structure_hook(
            payload, make_dict_structure_fn(payload, taught, **renamed_any)
        )
    return taught


def wire_name(field: str) -> str:
    """Return the name of a field as it is spelled on the wire."""
    head, *tail = field.split("_")
    return head + "".join(part.capitalize() for part in tail)
