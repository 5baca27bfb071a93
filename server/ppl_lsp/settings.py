"""What a user may set, declared once: name, type, bounds, default, meaning and scope.

`client/package.json` and `docs/settings.md` repeat these declarations for people and editors; a
test holds them equal.
"""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from ppl_engine.findings.thresholds import Thresholds
from ppl_engine.models.choice import DEVICES, PRECISIONS, ModelChoice
from ppl_lsp.declaring import SECTION, Setting

if TYPE_CHECKING:
    from ppl_lsp.publishing.refreshing import Kind

CLIENT_ONLY: Final = frozenset({"server", "trace", "heatMap"})
"""Keys of the section that only a client reads; the server keeps silent about them."""

_THRESHOLDS: Final = Thresholds()
_MODEL: Final = ModelChoice()
_KEY: Final = "setting"
_MAX_RATE: Final = 100
_T = TypeVar("_T")


def _declared(default: _T, setting: Setting) -> _T:
    return field(default=default, metadata={_KEY: setting})


def _rate(default: float, name: str, description: str) -> float:
    setting = Setting(name, "number", description, scope="resource", least=0, most=_MAX_RATE)
    return _declared(default, setting)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; every default is right, and no value from a client makes one wrong."""

    enabled: bool = _declared(
        True,  # noqa: FBT003 - a default, not a call with a flag
        Setting("enabled", "boolean", "Score documents and show findings.", scope="resource"),
    )
    model: str = _declared(
        _MODEL.model,
        Setting(
            "model",
            "string",
            "The language model: `embedded`, a folder in Hugging Face format, or a hub id.",
            scope="machine",
        ),
    )
    device: str = _declared(
        _MODEL.device,
        Setting("device", "string", "Where the model runs.", scope="machine", choices=DEVICES),
    )
    precision: str = _declared(
        _MODEL.precision,
        Setting(
            "precision",
            "string",
            "How the model computes; `exact` is fp32 and repeatable to the last bit.",
            scope="machine",
            choices=PRECISIONS,
        ),
    )
    workspace_files: bool = _declared(
        True,  # noqa: FBT003 - a default, not a call with a flag
        Setting(
            "workspaceFiles",
            "boolean",
            "Read and change `ppl.toml`, dictionaries and accepted findings of the workspace.",
        ),
    )
    score_workspace: bool = _declared(
        False,  # noqa: FBT003 - a default, not a call with a flag
        Setting(
            "scoreWorkspace",
            "boolean",
            "Score all documents in the folders of the workspace, not only those that are open.",
        ),
    )
    debounce_ms: int = _declared(
        300,
        Setting(
            "debounceMs",
            "integer",
            "How long to wait after a key press before the document is scored, in milliseconds.",
            least=0,
            most=10_000,
        ),
    )
    severity: str = _declared(
        "default",
        Setting(
            "severity",
            "string",
            "How findings are marked; `default`: by their kind, `off`: hover and heat map only.",
            scope="resource",
            choices=("default", "information", "hint", "warning", "off"),
        ),
    )
    mistakes_per_1000_words: float = _rate(
        _THRESHOLDS.mistakes_per_1000_words,
        "mistakesPer1000Words",
        "How many likely mistakes clean prose may have in 1000 words; 0 for none at all.",
    )
    surprises_per_1000_words: float = _rate(
        _THRESHOLDS.surprises_per_1000_words,
        "surprisesPer1000Words",
        "How many surprising words clean prose may have in 1000; 0 for none at all.",
    )
    passages_per_1000_words: float = _rate(
        _THRESHOLDS.passages_per_1000_words,
        "passagesPer1000Words",
        "How many surprising passages clean prose may have in 1000 words; 0 for none at all.",
    )
    repeated_words: int = _declared(
        _THRESHOLDS.repeated_words,
        Setting(
            "repeatedWords",
            "integer",
            "How many words, about, must only repeat what stands before; 0 for no repetitions.",
            scope="resource",
            least=0,
            most=10_000,
        ),
    )
    max_per_1000_words: int = _declared(
        _THRESHOLDS.max_per_1000_words,
        Setting(
            "maxPer1000Words",
            "integer",
            "The most surprising words to mark in every 1000; the strongest are kept.",
            scope="resource",
            least=0,
            most=1000,
        ),
    )

    code_lens: str = _declared(
        "headings",
        Setting(
            "codeLens",
            "string",
            "Where perplexity is shown between lines: over headings, over docstrings too, or not.",
            choices=("off", "headings", "all"),
        ),
    )
    inlay_hints: bool = _declared(
        False,  # noqa: FBT003 - a default, not a call with a flag
        Setting("inlayHints", "boolean", "Show perplexity at the end of each paragraph."),
    )
    semantic_tokens: bool = _declared(
        False,  # noqa: FBT003 - a default, not a call with a flag
        Setting(
            "semanticTokens",
            "boolean",
            "Color words by their surprisal with semantic tokens `surprise1` to `surprise5`.",
        ),
    )

    @property
    def model_choice(self) -> ModelChoice:
        """What must be loaded anew when it changes."""
        # One core is left to the editor, in which somebody types.
        return ModelChoice(self.model, self.device, self.precision, n_spare_cores=1)

    @property
    def thresholds(self) -> Thresholds:
        """What the engine flags."""
        return replace(
            _THRESHOLDS,
            mistakes_per_1000_words=float(self.mistakes_per_1000_words),
            surprises_per_1000_words=float(self.surprises_per_1000_words),
            passages_per_1000_words=float(self.passages_per_1000_words),
            repeated_words=int(self.repeated_words),
            max_per_1000_words=int(self.max_per_1000_words),
        )

    def with_resources_of(self, other: "Settings") -> "Settings":
        """Return these settings with those of another that a folder may decide."""
        decided = {
            slot: getattr(other, slot)
            for slot, setting in _declarations().items()
            if setting.scope == "resource"
        }
        return replace(self, **decided)

    def thresholds_over(self, base: Mapping[str, float]) -> Thresholds:
        """Return the thresholds, with those of a workspace where these are the defaults.

        Clients send defaults too: what is set to one can not be told from what is not set.
        """
        here = self.thresholds
        return replace(
            here,
            **{
                name: value
                for name, value in base.items()
                if getattr(here, name) == getattr(_THRESHOLDS, name)
            },
        )

    def redrawn(self, before: "Settings") -> "tuple[Kind, ...]":
        """Return what is drawn in another way than with other settings."""
        kinds: dict[Kind, bool] = {
            "codeLens": self.code_lens != before.code_lens,
            "inlayHint": self.inlay_hints != before.inlay_hints,
            "semanticTokens": self.semantic_tokens != before.semantic_tokens,
        }
        return tuple(kind for kind, is_other in kinds.items() if is_other)

    def updated(self, sent: object) -> tuple["Settings", tuple[str, ...]]:
        """Return these settings with what a client sent laid over them, and the complaints.

        `sent` is the section itself or an object with the section under its name. A null means
        that the client has nothing to say. A wrong value is named in a complaint and not taken.
        """
        section = _section(sent)
        if section is None:
            return self, (f"The settings of {SECTION} are an object, not {reprlib.repr(sent)}.",)
        known = {setting.name: (slot, setting) for slot, setting in _declarations().items()}
        complaints: list[str] = []
        accepted: dict[str, Any] = {}
        for name, value in section.items():
            if name in CLIENT_ONLY or value is None:
                continue
            if name not in known:
                complaints.append(f"{SECTION}.{name} is not a setting.")
                continue
            slot, setting = known[name]
            if complaint := setting.complaint(value):
                complaints.append(complaint)
            else:
                accepted[slot] = value
        return replace(self, **accepted), tuple(complaints)


def declared_settings() -> tuple[tuple[Setting, object], ...]:
    """Return every declaration with its default, in the order in which they are documented."""
    defaults = Settings()
    return tuple((setting, getattr(defaults, slot)) for slot, setting in _declarations().items())


def _declarations() -> dict[str, Setting]:
    return {slot.name: slot.metadata[_KEY] for slot in fields(Settings)}


def _section(sent: object) -> Mapping[str, object] | None:
    if sent is None:
        return {}
    if not isinstance(sent, Mapping):
        return None
    section = cast(Mapping[str, object], sent)
    return _section(section[SECTION]) if SECTION in section else section
