"""What may be said of documents that somebody edits meanwhile: of a version that was there, all of
it, and of none that is older than the question."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.editors.plain import Plain
from tests.editors.wire import Request

_WORD: Final = re.compile(r"[^\W_]+")


class Oracle:
    """Remembers every version of every document, and looks at what is said of them."""

    def __init__(self) -> None:
        self.open: dict[str, Plain] = {}
        """What the editor shows."""

        self.on_disk: dict[str, Plain] = {}
        self.pushed: dict[str, tuple[int | None, list[Any]]] = {}
        self._versions: dict[str, dict[int, Plain]] = {}
        self._least: dict[str, int] = {}
        self._tokens: dict[str, list[int]] = {}

    def show(self, document: Plain) -> None:
        """Hear of a version of which the server is told."""
        self.open[document.uri] = document
        self._versions.setdefault(document.uri, {})[document.version] = document

    def close(self, uri: str) -> None:
        del self.open[uri]

    def heard(self) -> None:
        """Hear that the server knows by now all that it was told."""
        for uri, versions in self._versions.items():
            # What was closed may be open again, as another version.
            document = self.open.get(uri)
            self._least[uri] = document.version if document else max(versions) + 1

    def asks(self, request: Request) -> None:
        """Remember what the newest version was when something was asked."""
        document = self.open.get(_uri(request))
        request.note["since"] = document.version if document else None

    def pushes(self, params: Mapping[str, Any]) -> Iterator[str]:
        """Yield what is wrong with diagnostics that were pushed."""
        uri, version, items = params["uri"], params.get("version"), params["diagnostics"]
        self.pushed[uri] = (version, items)
        if version is None:
            yield from self._on_disk(uri, items)
            return
        document, least = self._versions[uri].get(version), self._least.get(uri, 0)
        if document is None or version < least:
            yield f"diagnostics of version {version}, {least} being known"
        else:
            yield from _marks(document, items)

    def answers(self, request: Request) -> Iterator[str]:
        """Yield what is wrong with an answer."""
        assert request.answer
        if "error" in request.answer:
            yield from _error(request, request.answer["error"])
            return
        result, check = request.answer["result"], _CHECKS.get(request.method)
        if request.method == "workspace/diagnostic":
            yield from self.files(result["items"])
        elif request.method == "textDocument/diagnostic" and self._since(request) is None:
            yield from self._on_disk(_uri(request), result.get("items", ()))
        elif isinstance(result, dict) and result.get("version", 0) is None:
            if result["isScored"]:
                yield "scores of nothing"
        elif check and result:
            if not self._window(request):
                yield f"{request.method} of what is not open: {result}"
                return
            found = [list(check(self, one, request, result)) for one in self._window(request)]
            if all(found):
                yield f"{request.params} {result}: {found[-1]}"

    def files(self, items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Yield what is wrong with reports on what is not open."""
        for item in items:
            yield from self._on_disk(item["uri"], item.get("items", ()))

    def _on_disk(self, uri: str, items: Sequence[Any]) -> Iterator[str]:
        document = self.on_disk.get(uri)
        if document:
            yield from _marks(document, items)
        elif items:
            yield f"findings in what does not exist: {uri}"

    def _since(self, request: Request) -> int | None:
        return request.note["since"]

    def _window(self, request: Request) -> list[Plain]:
        """Return the versions that an answer may be about, if any."""
        since, versions = self._since(request), self._versions.get(_uri(request), {})
        return [one for version, one in versions.items() if since is not None and version >= since]

    def _hover(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        if "range" in result:
            word = document.part(result["range"])
            if not word or not _WORD.fullmatch(word) or word not in result["contents"]["value"]:
                yield f"a hover over {word!r}"

    def _heat(self, document: Plain, request: Request, result: Any) -> Iterator[str]:
        if result["version"] != document.version:
            yield f"of version {result['version']}"
        elif result["isScored"]:
            found = [band["range"] for band in result["bands"]]
            hot = document.hot_ranges()
            if (found != hot) if "range" not in request.params else not _is_part(found, hot):
                yield f"bands {found} of {hot}"
            summary = result["summary"]
            if summary and summary["nWords"] != len(_WORD.findall(document.text)):
                yield f"{summary['nWords']} words"

    def _profile(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        if result["version"] != document.version:
            yield f"of version {result['version']}"
        for part in (*result["points"], *result["sections"]):
            if document.part(part["range"]) is None:
                yield f"a place that is none: {part}"

    def _full(self, document: Plain, request: Request, result: Any) -> Iterator[str]:
        data = result["data"] if "data" in result else self._patched(request, result)
        if "resultId" in result:
            self._tokens[result["resultId"]] = data
        found = list(_decoded(data))
        if found != document.hot_ranges():
            yield f"tokens {found}"

    def _part(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        if not _is_part(list(_decoded(result["data"])), document.hot_ranges()):
            yield "tokens of other words"

    def _patched(self, request: Request, result: Any) -> list[int]:
        data = list(self._tokens[request.params["previousResultId"]])
        for edit in sorted(result["edits"], key=lambda one: -one["start"]):
            end = edit["start"] + edit["deleteCount"]
            data[edit["start"] : end] = edit.get("data", ())
        return data

    def _actions(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        for action in result:
            edit = action.get("edit") or {}
            changes = edit.get("changes", {}).get(document.uri, ())
            for change in edit.get("documentChanges", ()):
                if change["textDocument"] != {"uri": document.uri, "version": document.version}:
                    yield f"an edit of {change['textDocument']}"
                changes = change["edits"]
            is_mending = action["title"].startswith(("Replace", "Fix"))
            for change in changes:
                word = document.part(change["range"])
                # The second alternative of the fake engine is the same in capitals.
                meant = {word[2:], word[2:].upper()} if word else set[str]()
                if word is None or (is_mending and change["newText"] not in meant):
                    yield f"{action['title']} in the place of {word!r}"

    def _lenses(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        for lens in result:
            if document.part(lens["range"]) is None:
                yield f"a lens on nothing: {lens}"

    def _hints(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        for hint in result:
            if document.part({"start": hint["position"], "end": hint["position"]}) is None:
                yield f"a hint nowhere: {hint}"

    def _report(self, document: Plain, _: Request, result: Any) -> Iterator[str]:
        yield from _marks(document, result.get("items", ()))


def _marks(document: Plain, items: Sequence[Any]) -> Iterator[str]:
    found = [one["range"] for one in items]
    if not _is_part(found, document.hot_ranges()):
        parts = [document.part(one) for one in found]
        yield f"marks on {parts} in version {document.version} of {document.uri}"


def _is_part(some: Sequence[Any], every: Sequence[Any]) -> bool:
    """Whether all of some are there, in the same order."""
    rest = iter(every)
    return all(one in rest for one in some)


def _decoded(data: Sequence[int]) -> Iterator[dict[str, Any]]:
    line = character = 0
    for idx in range(0, len(data), 5):
        lines, characters, length = data[idx : idx + 3]
        line, character = line + lines, characters if lines else character + characters
        end = {"line": line, "character": character + length}
        yield {"start": {"line": line, "character": character}, "end": end}


def _error(request: Request, error: Mapping[str, Any]) -> Iterator[str]:
    allowed: dict[int, tuple[str, ...]] = {
        # To be asked again, or asked twice.
        -32802: ("textDocument/diagnostic",),
        # Edited meanwhile.
        -32801: tuple(f"textDocument/semanticTokens/{one}" for one in _TOKENS),
    }
    is_cancel = error["code"] == -32800 and request.is_cancelled
    if not is_cancel and request.method not in allowed.get(error["code"], ()):
        yield f"{request.method} {request.params}: {error}"


def _uri(request: Request) -> str:
    return ((request.params or {}).get("textDocument") or {}).get("uri", "")


_TOKENS: Final = ("full", "full/delta", "range")
_CHECKS: Final = {
    "textDocument/hover": Oracle._hover,
    "ppl/heatMap": Oracle._heat,
    "ppl/profile": Oracle._profile,
    "textDocument/semanticTokens/full": Oracle._full,
    "textDocument/semanticTokens/full/delta": Oracle._full,
    "textDocument/semanticTokens/range": Oracle._part,
    "textDocument/codeAction": Oracle._actions,
    "textDocument/codeLens": Oracle._lenses,
    "textDocument/inlayHint": Oracle._hints,
    "textDocument/diagnostic": Oracle._report,
}
