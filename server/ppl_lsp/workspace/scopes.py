"""Settings that differ from folder to folder of a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ppl_lsp.settings import Settings


@dataclass(frozen=True, slots=True)
class Scopes:
    """What is set for the window, and for each folder where that differs."""

    window: Settings
    folders: Mapping[str, Settings] = field(default_factory=dict[str, Settings])
    """By the URI of the folder."""

    def of(self, uri: str) -> Settings:
        """Return what holds for a document: what its innermost folder says, else the window."""
        above = [folder for folder in self.folders if is_in(uri, folder)]
        return self.folders[max(above, key=len)] if above else self.window

    @property
    def overall(self) -> Settings:
        """What holds for the window, enabled if anything at all is to be scored."""
        is_enabled = self.window.enabled or any(one.enabled for one in self.folders.values())
        return replace(self.window, enabled=is_enabled)


def scopes(
    base: Settings, sent: object, by_folder: Mapping[str, object]
) -> tuple[Scopes, tuple[str, ...]]:
    """Lay what a client sent over a base; return what holds, and the complaints, each once.

    Of what it sent for a folder, only that is taken which a folder may decide.
    """
    window, complaints = base.updated(sent)
    all_complaints = dict.fromkeys(complaints)
    folders: dict[str, Settings] = {}
    for uri, answer in by_folder.items():
        settings, complaints = window.updated(answer)
        folders[uri] = window.with_resources_of(settings)
        all_complaints |= dict.fromkeys(complaints)
    return Scopes(window, folders), tuple(all_complaints)


def is_in(uri: str, folder: str) -> bool:
    """Whether a document lies in a folder."""
    return uri.startswith(folder.rstrip("/") + "/")
