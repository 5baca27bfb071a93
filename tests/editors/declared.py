"""What a client has declared that it can do, and what a server may therefore send to it.

Everything is looked at as it comes over the wire. The rules are those of the specification 3.17;
a server that does not keep them works in the editor that it was tried in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any

_REFRESHES: Final = {
    "workspace/codeLens/refresh": "workspace.codeLens.refreshSupport",
    "workspace/inlayHint/refresh": "workspace.inlayHint.refreshSupport",
    "workspace/semanticTokens/refresh": "workspace.semanticTokens.refreshSupport",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
}

_REQUESTS: Final = {
    **_REFRESHES,
    "workspace/configuration": "workspace.configuration",
    "workspace/applyEdit": "workspace.applyEdit",
    "window/workDoneProgress/create": "window.workDoneProgress",
    "window/showDocument": "window.showDocument.support",
}
"""What of a client's capabilities must be true before it is sent a request."""

_DYNAMIC: Final = {
    "workspace/didChangeConfiguration": "workspace.didChangeConfiguration.dynamicRegistration",
    "workspace/didChangeWatchedFiles": "workspace.didChangeWatchedFiles.dynamicRegistration",
}

_NOTIFICATIONS: Final = frozenset(
    {
        "textDocument/publishDiagnostics",
        "window/showMessage",
        "window/logMessage",
        "$/progress",
        "ppl/status",
    }
)

Complaints: TypeAlias = Iterator[str]


class Declared:
    """The capabilities of a client, as JSON, and what the server has announced in return."""

    def __init__(self, capabilities: Mapping[str, Json], server: Mapping[str, Json]) -> None:
        self._client = capabilities
        self._server = server
        self._tokens: set[str | int] = set()

    def can(self, path: str) -> Json:
        """Return what stands at a dotted path, None where nothing does."""
        return _at(self._client, path)

    @property
    def is_pulling(self) -> bool:
        """Whether diagnostics are to be asked for, and must not be pushed."""
        return "diagnosticProvider" in self._server

    def announced(self) -> Complaints:
        """Yield what is wrong with the server's capabilities."""
        offered = self.can("general.positionEncodings") or ["utf-16"]
        chosen = self._server.get("positionEncoding", "utf-16")
        if chosen not in (*offered, "utf-16"):
            yield f"positions in {chosen}, of {offered}"
        if self.is_pulling and not self.can("textDocument.diagnostic"):
            yield "diagnostics to be asked for, by a client that can not"
        if "notebookDocumentSync" in self._server and not self.can("notebookDocument"):
            yield "notebooks, for a client that has none"
        kinds = self._server["codeActionProvider"]
        if not self.can("textDocument.codeAction.codeActionLiteralSupport") and kinds is not True:
            yield "kinds of code actions, for a client that knows only commands"

    def notified(self, method: str, params: Json) -> Complaints:
        """Yield what is wrong with a notification to the client."""
        if method not in _NOTIFICATIONS:
            yield f"unknown notification {method}"
        elif method == "textDocument/publishDiagnostics":
            if self.is_pulling:
                yield "diagnostics are pushed to a client that asks for them"
            for diagnostic in params["diagnostics"]:
                yield from self.diagnostic(diagnostic)
        elif method == "$/progress" and params["token"] not in self._tokens:
            yield f"progress of nobody's: {params['token']}"

    def requested(self, method: str, params: Json) -> Complaints:
        """Yield what is wrong with a request to the client."""
        if method == "client/registerCapability":
            for registration in params["registrations"]:
                path = _DYNAMIC.get(registration["method"])
                if path is None or not self.can(path):
                    yield f"{registration['method']} can not be registered"
        elif method not in _REQUESTS:
            yield f"unknown request {method}"
        elif not self.can(_REQUESTS[method]):
            yield f"{method} without {_REQUESTS[method]}"
        elif method == "window/workDoneProgress/create":
            self._tokens.add(params["token"])

    def promise(self, token: str | int) -> None:
        """Hear that the client has sent a token under which it wants to hear of progress."""
        self._tokens.add(token)

    def answered(self, method: str, params: Json, result: Json) -> Complaints:
        """Yield what is wrong with an answer to the client."""
        check = _ANSWERS.get(method)
        if check:
            yield from check(self, params, result)

    def diagnostic(self, diagnostic: Json) -> Complaints:
        """Yield what is wrong with a diagnostic, pushed or asked for."""
        place = "diagnostic" if self.is_pulling else "publishDiagnostics"

        def can(what: str) -> Json:
            # What a diagnostic may hold is said once, also for those that are asked for.
            return self.can(f"textDocument.{place}.{what}") or self.can(
                f"textDocument.publishDiagnostics.{what}"
            )

        if not isinstance(diagnostic["message"], str):
            yield "a message with markup"
        if diagnostic.get("relatedInformation") and not can("relatedInformation"):
            yield "related information"
        if "codeDescription" in diagnostic and not can("codeDescriptionSupport"):
            yield "codeDescription"
        tags: Sequence[int] = diagnostic.get("tags") or ()
        if not set(tags) <= set(can("tagSupport.valueSet") or ()):
            yield f"tags {tags}"
        # `data` is no concern of a client but to send it back; Emacs does without saying so.

    def _hover(self, _: Json, result: Json) -> Complaints:
        if result is None:
            return
        formats = self.can("textDocument.hover.contentFormat") or ["plaintext"]
        kind = result["contents"]["kind"]
        if kind not in formats:
            yield f"a hover in {kind}, of {formats}"
        elif kind == "plaintext" and "**" in result["contents"]["value"]:
            yield "markup in plain text"

    def _actions(self, params: Json, result: Json) -> Complaints:
        literal = self.can("textDocument.codeAction.codeActionLiteralSupport")
        for action in result or ():
            if not literal:
                if not isinstance(action.get("command"), str):
                    yield "an action that is no command"
                continue
            only = params["context"].get("only")
            kind = action["kind"]
            if only is not None and not any(f"{kind}.".startswith(f"{one}.") for one in only):
                yield f"{kind}, of {only}"
            if "isPreferred" in action and not self.can(
                "textDocument.codeAction.isPreferredSupport"
            ):
                yield "isPreferred"
            if "disabled" in action and not self.can("textDocument.codeAction.disabledSupport"):
                yield "disabled"
            if "data" in action and not self.can("textDocument.codeAction.dataSupport"):
                yield "data of an action"
            for diagnostic in action.get("diagnostics") or ():
                if diagnostic not in params["context"]["diagnostics"]:
                    yield "a diagnostic that the client did not send"
            yield from self._edit(action.get("edit") or {})
            yield from self._command(action.get("command"))

    def _edit(self, edit: Json) -> Complaints:
        if "documentChanges" in edit and not self.can("workspace.workspaceEdit.documentChanges"):
            yield "documentChanges"
        if "changes" in edit and "documentChanges" in edit:
            yield "an edit that says all twice"
        if "changeAnnotations" in edit:
            yield "changeAnnotations"

    def _command(self, command: Json) -> Complaints:
        if command is None:
            return
        ours = self._server["executeCommandProvider"]["commands"]
        known = self._client.get("commands", ())
        if command["command"] not in (*ours, *known):
            yield f"a command of nobody's: {command['command']}"

    def _lenses(self, _: Json, result: Json) -> Complaints:
        for lens in result or ():
            if "command" not in lens and not self._server["codeLensProvider"]["resolveProvider"]:
                yield "a lens without a command"
            if lens["range"]["start"]["line"] != lens["range"]["end"]["line"]:
                yield "a lens over more than a line"
            yield from self._command(lens.get("command"))

    def _hints(self, _: Json, result: Json) -> Complaints:
        for hint in result or ():
            if not isinstance(hint["label"], str):
                yield "a hint in parts"
            if "tooltip" in hint and not isinstance(hint["tooltip"], str):
                yield "a tooltip with markup"

    def _tokens_of(self, _: Json, result: Json) -> Complaints:
        if result is None:
            return
        if "relative" not in self.can("textDocument.semanticTokens.formats"):
            yield "relative tokens"
        legend = self._server["semanticTokensProvider"]["legend"]
        n_types = len(legend["tokenTypes"])
        edits = result.get("edits", [{"data": result.get("data", [])}])
        for edit in edits:
            data = edit.get("data", [])
            if len(data) % 5:
                yield "tokens that are no five numbers each"
            if any(kind >= n_types for kind in data[3::5]):
                yield "a type that is not in the legend"
        if "data" in result:
            yield from _overlaps(result["data"])

    def _delta(self, params: Json, result: Json) -> Complaints:
        if not self.can("textDocument.semanticTokens.requests.full.delta"):
            yield "a delta"
        yield from self._tokens_of(params, result)

    def _report(self, params: Json, result: Json) -> Complaints:
        if result.get("relatedDocuments") and not self.can(
            "textDocument.diagnostic.relatedDocumentSupport"
        ):
            yield "related documents"
        yield from self._items(result, params.get("previousResultId"))

    def _reports(self, params: Json, result: Json) -> Complaints:
        had = {one["uri"]: one["value"] for one in params["previousResultIds"]}
        for item in result["items"]:
            yield from self._items(item, had.get(item["uri"]))

    def _items(self, report: Json, had: str | None) -> Complaints:
        if report["kind"] == "unchanged" and had is None:
            yield "unchanged, for one who has nothing"
        for diagnostic in report.get("items", ()):
            yield from self.diagnostic(diagnostic)


def _overlaps(data: Sequence[int]) -> Complaints:
    line = character = end = 0
    for idx in range(0, len(data), 5):
        lines, characters, length = data[idx : idx + 3]
        line, character, end = (
            (line + lines, characters, 0) if lines else (line, character + characters, end)
        )
        if character < end or length < 1:
            yield f"a token over another, or of nothing, on line {line}"
        end = character + length


def _at(values: Json, path: str) -> Json:
    for name in path.split("."):
        if not isinstance(values, Mapping):
            return None
        values = values.get(name)
    return values


_Check: TypeAlias = Callable[[Declared, Json, Json], Complaints]
_ANSWERS: Final[dict[str, _Check]] = {
    "textDocument/hover": Declared._hover,
    "textDocument/codeAction": Declared._actions,
    "textDocument/codeLens": Declared._lenses,
    "textDocument/inlayHint": Declared._hints,
    "textDocument/semanticTokens/full": Declared._tokens_of,
    "textDocument/semanticTokens/range": Declared._tokens_of,
    "textDocument/semanticTokens/full/delta": Declared._delta,
    "textDocument/diagnostic": Declared._report,
    "workspace/diagnostic": Declared._reports,
}
