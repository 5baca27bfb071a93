"""What editors declare: recorded by pytest-lsp, or written down from their sources.

Of the editors that nobody has recorded, only what concerns this server is written down.
"""

from typing import Any, Final

from lsprotocol.converters import get_converter
from pytest_lsp import client_capabilities

_RECORDED: Final = {
    "VS Code 1.65": "visual-studio-code@1.65.2",
    "Neovim 0.6": "neovim@0.6.1",
    "Neovim 0.7": "neovim@0.7.0",
    "Neovim 0.8": "neovim@0.8.0",
    "Neovim 0.9": "neovim@0.9.1",
    "Neovim 0.10": "neovim@0.10.0",
    "Neovim 0.11": "neovim@0.11.0",
    "Emacs 29": "emacs@29.1",
}

_REFRESH: Final = {"refreshSupport": True}
_TAGS: Final = {"valueSet": [1, 2]}
_KINDS: Final = ["", "quickfix", "refactor", "source", "source.organizeImports", "source.fixAll"]
_LITERALS: Final = {"codeActionKind": {"valueSet": _KINDS}}
_MARKUP: Final = ["markdown", "plaintext"]

# vscode-languageclient 11, as far as it differs from the recording.
VS_CODE: Final[dict[str, Any]] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "configuration": True,
        "workspaceFolders": True,
        "codeLens": _REFRESH,
        "semanticTokens": _REFRESH,
        "inlayHint": _REFRESH,
        "diagnostics": _REFRESH,
    },
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": False,
            "tagSupport": _TAGS,
            "codeDescriptionSupport": True,
            "dataSupport": True,
        },
        "hover": {"contentFormat": _MARKUP},
        "codeAction": {
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": _LITERALS,
        },
        "codeLens": {"dynamicRegistration": True},
        "semanticTokens": {
            "requests": {"range": True, "full": {"delta": True}},
            "tokenTypes": ["namespace", "type"],
            "tokenModifiers": [],
            "formats": ["relative"],
            "multilineTokenSupport": False,
            "overlappingTokenSupport": False,
        },
        "inlayHint": {"resolveSupport": {"properties": ["tooltip", "textEdits"]}},
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": False},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "general": {"positionEncodings": ["utf-16"]},
    "notebookDocument": {"synchronization": {"dynamicRegistration": True}},
}

# helix-lsp/src/client.rs: pulls, knows no semantic tokens and no lenses, refreshes no hints.
HELIX: Final[dict[str, Any]] = {
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": False},
        "workspaceFolders": True,
        "workspaceEdit": {"documentChanges": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "executeCommand": {"dynamicRegistration": False},
        "inlayHint": {"refreshSupport": False},
        "diagnostics": _REFRESH,
    },
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {
            "codeActionLiteralSupport": _LITERALS,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
        "diagnostic": {"dynamicRegistration": False, "relatedDocumentSupport": True},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": _TAGS},
        "inlayHint": {"dynamicRegistration": False},
    },
    "window": {"workDoneProgress": True},
    "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
}

# crates/lsp/src/lsp.rs: all of it, in UTF-16.
ZED: Final[dict[str, Any]] = {
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "workspaceFolders": True,
        "workspaceEdit": {"documentChanges": True},
        "inlayHint": _REFRESH,
        "codeLens": _REFRESH,
        "semanticTokens": _REFRESH,
        "diagnostics": _REFRESH,
    },
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {
            "codeActionLiteralSupport": _LITERALS,
            "dataSupport": True,
            "resolveSupport": {"properties": ["kind", "diagnostics", "isPreferred", "edit"]},
        },
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "dataSupport": True,
            "tagSupport": _TAGS,
        },
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": True},
        "semanticTokens": {
            "requests": {"range": True, "full": {"delta": True}},
            "tokenTypes": [],
            "tokenModifiers": [],
            "formats": ["relative"],
            "multilineTokenSupport": True,
        },
        "inlayHint": {"resolveSupport": {"properties": ["textEdits", "tooltip", "label.tooltip"]}},
        "codeLens": {"dynamicRegistration": True},
    },
    "window": {"workDoneProgress": True},
    "general": {"positionEncodings": ["utf-16"]},
}

# What there was in version 3.0 of the protocol.
NOTHING: Final[dict[str, Any]] = {}


def recorded(name: str) -> dict[str, Any]:
    """Return what a release of an editor declared, as JSON."""
    return get_converter().unstructure(client_capabilities(name))


def every_set() -> dict[str, dict[str, Any]]:
    """Return the capabilities of each editor by its name."""
    written = {
        "VS Code": VS_CODE,
        "Helix": HELIX,
        "Zed": ZED,
        "an editor that can do nothing": NOTHING,
    }
    return {name: recorded(key) for name, key in _RECORDED.items()} | written
