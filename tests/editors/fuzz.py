"""Random, legal things that a person and an editor do."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.editors.oracle import Oracle
from tests.editors.plain import Plain
from tests.editors.wire import PATIENCE_S, Request, Wire

_PIECES: Final = (
    *("the ", "cat ", "zzfoo ", "zzé ", "qqbar ", "qq中 ", "𝄞 ", "zz𝄞 ", "中文 ", "e\u0301 "),
    *("👩‍👩‍👧 ", "\n", "\r\n", "\r", "\n\n", "# Title\n\n", " ", "\t", "\f", "\u2028", "\x85", "."),
    "one two three four five six seven eight nine ten eleven\n\n",
)
_RARE: Final = ("HOLD ", "SLOW ", "GLIMPSE ", "REFUSE ")
_LOOSE: Final = tuple(f"untitled:{name}.md" for name in "ab")
_OPT_IN: Final = {"semanticTokens": True, "inlayHints": True}
_CAN_BE_ASKED: Final = {
    "textDocument/codeLens": "textDocument.codeLens",
    "textDocument/inlayHint": "textDocument.inlayHint",
    "textDocument/semanticTokens/full": "textDocument.semanticTokens",
    "textDocument/semanticTokens/full/delta": "textDocument.semanticTokens.requests.full.delta",
    "textDocument/semanticTokens/range": "textDocument.semanticTokens.requests.range",
    "textDocument/diagnostic": "textDocument.diagnostic",
    "workspace/diagnostic": "textDocument.diagnostic",
}


class Person:
    """Does one thing after the other; what comes of it is looked at by an oracle."""

    def __init__(self, wire: Wire, oracle: Oracle, folders: list[Path], seed: int) -> None:
        self._wire, self._oracle, self._folders = wire, oracle, folders
        self._random = random.Random(seed)
        self._settings: dict[str, Any] = {"debounceMs": 0, **_OPT_IN}
        self._version = 0
        self._notebooks: dict[str, list[str]] = {}
        self._result_ids: dict[tuple[str, str], str] = {}
        self._in_workspace = list(folders)
        self.done: list[str] = []
        """What was done, for who wants to know how it came to something."""

        wire.settings = lambda _: self._settings
        wire.on_note = self._on_note
        wire.on_answer = self._on_answer
        wire.is_prompt = False
        self._moves: Final[list[tuple[int, Callable[[], object]]]] = [
            (6, self.open),
            (30, self.edit),
            (2, self.save),
            (3, self.close),
            (30, self.ask),
            (8, self.cancel),
            (4, self.configure),
            (2, self.command),
            (2, self.change_folders),
            (2, self.change_files),
            (3, self.open_notebook),
            (6, self.change_notebook),
            (1, self.close_notebook),
            (12, self.answer),
            (3, self.release),
        ]

    async def act(self, n_moves: int) -> None:
        for _ in range(3):
            self.open()
        weights = [weight for weight, _ in self._moves]
        for _ in range(n_moves):
            (_, move) = self._random.choices(self._moves, weights)[0]
            self.done.append(move.__name__)
            move()
            if self._random.random() < 0.6:
                await self._hear()
            assert not self._wire.complaints, self._wire.complaints

    async def rest(self) -> None:
        """Stop, turn everything on, and see that everything comes to what it should be."""
        wire = self._wire
        wire.is_prompt = True
        wire.release()
        for _ in tuple(wire.to_answer):
            wire.answer()
        await self._asked("workspace/executeCommand", {"command": "ppl.resume", "arguments": []})
        self._set({"debounceMs": 0, **_OPT_IN})
        for request in tuple(wire.requests.values()):
            if request.method == "workspace/diagnostic" and request.answer is None:
                wire.cancel(request)
        await wire.until(lambda: all(one.answer for one in wire.requests.values()))
        for document in self._oracle.open.values():
            async with asyncio.timeout(PATIENCE_S):
                await self._is_right(document)

    async def _is_right(self, document: Plain) -> None:
        """Wait until a document is shown as it should be; the oracle looks at the answer."""
        about = {"textDocument": {"uri": document.uri}}

        async def heat() -> Any:
            return await self._asked("ppl/heatMap", about)

        found = await heat()
        while not found["isScored"] and "REFUSE" not in document.text:
            # The settings, or another model, may be on their way.
            await self._wire.turns()
            found = await heat()
        if not found["isScored"] or not document.uri.startswith("untitled:"):
            return
        hot = document.hot_ranges()
        if self._wire.declared.is_pulling:
            while await self._pulled(about) != hot:
                # It is asked again when the server says so; here it is asked at once.
                await self._wire.turns()
        else:
            expected = (document.version, hot)
            await self._wire.until(lambda: self._pushed(document.uri) == expected)

    async def _pulled(self, about: dict[str, Any]) -> list[Any]:
        report = await self._asked("textDocument/diagnostic", about)
        return [one["range"] for one in report["items"]]

    def _pushed(self, uri: str) -> tuple[int | None, list[Any]]:
        version, items = self._oracle.pushed.get(uri, (None, []))
        return version, [one["range"] for one in items]

    async def _asked(self, method: str, params: Any) -> Any:
        request = self._ask(method, params)
        await self._wire.until(lambda: request.answer)
        return request.result

    async def _hear(self) -> None:
        """Let the server hear all that was said, and see that it knows the same texts."""
        await self._wire.turns()
        self._oracle.heard()
        known = self._wire.server.session.documents
        texts = {uri: (one.version, one.text) for uri, one in known.items()}
        expected = {uri: (one.version, one.text) for uri, one in self._oracle.open.items()}
        assert texts == expected

    # What a person does in documents.

    def open(self) -> None:
        files = [(folder / name).as_uri() for folder in self._folders for name in ("a.md", "b.txt")]
        uri = self._random.choice([*_LOOSE, *files])
        if uri not in self._oracle.open:
            item = self._item(uri)
            self._wire.notify("textDocument/didOpen", {"textDocument": item})

    def edit(self) -> None:
        document = self._any(is_cell=False)
        if document:
            changes, newer = self._changes(document)
            identifier = {"uri": document.uri, "version": newer.version}
            params = {"textDocument": identifier, "contentChanges": changes}
            self._wire.notify("textDocument/didChange", params)
            self._oracle.show(newer)

    def save(self) -> None:
        document = self._any(is_cell=False)
        if document:
            self._wire.notify("textDocument/didSave", {"textDocument": {"uri": document.uri}})

    def close(self) -> None:
        document = self._any(is_cell=False)
        if document:
            self._wire.notify("textDocument/didClose", {"textDocument": {"uri": document.uri}})
            self._oracle.close(document.uri)

    def open_notebook(self) -> None:
        uri = (self._folders[0] / self._random.choice(["x.ipynb", "y.ipynb"])).as_uri()
        if uri in self._notebooks:
            return
        cells = [self._item(self._cell(uri)) for _ in range(self._random.randrange(3))]
        foreign = {"uri": f"{uri}#code", "languageId": "python", "version": 1, "text": "zz = 1"}
        self._notebooks[uri] = [cell["uri"] for cell in cells]
        notebook = {"uri": uri, "notebookType": "jupyter", "version": 1, "cells": []}
        params = {"notebookDocument": notebook, "cellTextDocuments": [*cells, foreign]}
        self._wire.notify("notebookDocument/didOpen", params)

    def change_notebook(self) -> None:
        if not self._notebooks:
            return
        uri = self._random.choice(list(self._notebooks))
        cells = self._notebooks[uri]
        opened: list[Any] = []
        closed: list[Any] = []
        texts: list[Any] = []
        what = self._random.choice(["add", "remove", "edit", "edit"])
        if what == "add":
            opened = [self._item(self._cell(uri))]
            cells.append(opened[0]["uri"])
        elif cells and what == "remove":
            cell = cells.pop(self._random.randrange(len(cells)))
            closed = [{"uri": cell}]
            self._oracle.close(cell)
        elif cells:
            changes, newer = self._changes(self._oracle.open[self._random.choice(cells)])
            identifier = {"uri": newer.uri, "version": newer.version}
            texts = [{"document": identifier, "changes": changes}]
            self._oracle.show(newer)
        structure = {"array": {"start": 0, "deleteCount": 0}, "didOpen": opened, "didClose": closed}
        change = {"structure": structure} if opened or closed else {"textContent": texts}
        self._version += 1
        identifier = {"uri": uri, "version": self._version}
        params = {"notebookDocument": identifier, "change": {"cells": change}}
        self._wire.notify("notebookDocument/didChange", params)

    def close_notebook(self) -> None:
        if not self._notebooks:
            return
        uri, cells = self._notebooks.popitem()
        closed = [{"uri": cell} for cell in cells]
        params = {"notebookDocument": {"uri": uri}, "cellTextDocuments": closed}
        self._wire.notify("notebookDocument/didClose", params)
        for cell in cells:
            self._oracle.close(cell)

    # What an editor asks.

    def ask(self) -> None:
        uri = self._random.choice([*self._oracle.open, "untitled:nothing"])
        document = self._oracle.open.get(uri) or Plain(uri, 0, "", "utf-16")
        about = {"textDocument": {"uri": uri}}
        start, end = sorted(self._place(document) for _ in range(2))
        part = {**about, "range": document.range(start, end)}
        context = {"diagnostics": [], **self._random.choice([{}, {"only": ["source.fixAll"]}])}
        full_id = self._result_ids.get(("textDocument/semanticTokens", uri))
        report_id = self._result_ids.get(("textDocument/diagnostic", uri))
        before = {"previousResultId": report_id} if report_id else {}
        method, params = self._random.choice(
            [
                ("textDocument/hover", {**about, "position": document.position(start)}),
                ("ppl/heatMap", self._random.choice([about, part])),
                ("ppl/profile", about),
                ("textDocument/codeAction", {**part, "context": context}),
                ("textDocument/codeLens", about),
                ("textDocument/inlayHint", part),
                ("textDocument/semanticTokens/full", about),
                ("textDocument/semanticTokens/range", part),
                (
                    "textDocument/semanticTokens/full" + ("/delta" if full_id else ""),
                    about | ({"previousResultId": full_id} if full_id else {}),
                ),
                ("textDocument/diagnostic", {**about, **before}),
                ("workspace/diagnostic", self._for_workspace()),
            ]
        )
        path = _CAN_BE_ASKED.get(method)
        can = self._wire.declared.can(path) if path else True
        if can and (self._wire.declared.is_pulling or "diagnostic" not in method):
            self._ask(method, params)

    def cancel(self) -> None:
        waiting = [one for one in self._wire.requests.values() if one.answer is None]
        if waiting:
            self._wire.cancel(self._random.choice(waiting))

    def answer(self) -> None:
        if self._wire.to_answer:
            self._wire.answer(self._random.randrange(len(self._wire.to_answer)))

    def configure(self) -> None:
        choose = self._random.choice
        self._set(
            {
                "debounceMs": choose([0, 0, 1]),
                "enabled": choose([True, True, True, False]),
                "severity": choose(["default", "off", "hint"]),
                "semanticTokens": choose([True, True, False]),
                "inlayHints": choose([True, False]),
                "codeLens": choose(["off", "headings", "all"]),
                "scoreWorkspace": choose([True, False]),
                "surprisesPer1000Words": choose([3.0, 3.0, 5.0]),
                "model": choose(["embedded", "embedded", "embedded", "other"]),
            }
        )

    def command(self) -> None:
        names = ["pause", "resume", "resume", "restartEngine", "scoreWorkspace", "clearWorkspace"]
        params = {"command": f"ppl.{self._random.choice(names)}", "arguments": []}
        self._ask("workspace/executeCommand", params)

    def change_folders(self) -> None:
        folder = self._random.choice(self._folders)
        one = [{"uri": folder.as_uri(), "name": folder.name}]
        is_there = folder in self._in_workspace
        (self._in_workspace.remove if is_there else self._in_workspace.append)(folder)
        event = {"added": [], "removed": one} if is_there else {"added": one, "removed": []}
        self._wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    def change_files(self) -> None:
        folder = self._random.choice(self._folders)
        words = folder / ".ppl" / "words.txt"
        words.write_text(self._random.choice(["", "zzfoo\n"]), encoding="utf-8")
        changed = [words, folder / "a.md"]
        changes = [{"uri": path.as_uri(), "type": 2} for path in changed]
        self._wire.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def release(self) -> None:
        """Let an engine that is stuck go on."""
        for engine in self._wire.engines:
            engine.release.set()
        if self._wire.engines:
            self._wire.engines[-1].release.clear()

    # How it is done.

    def _ask(self, method: str, params: Any) -> Request:
        request = self._wire.request(method, params)
        self._oracle.asks(request)
        return request

    def _on_note(self, method: str, params: Any) -> None:
        if method == "textDocument/publishDiagnostics":
            self._wire.complaints += self._oracle.pushes(params)
        elif method == "$/progress" and "items" in params["value"]:
            self._wire.complaints += self._oracle.files(params["value"]["items"])

    def _on_answer(self, request: Request) -> None:
        if request.method in {"initialize", "shutdown"}:
            return
        self._wire.complaints += self._oracle.answers(request)
        result = (request.answer or {}).get("result")
        if isinstance(result, dict) and "resultId" in result:
            uri = request.params["textDocument"]["uri"]
            method = request.method.removesuffix("/full").removesuffix("/full/delta")
            self._result_ids[method, uri] = result["resultId"]

    def _set(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        params = {"settings": {"ppl": settings}}
        self._wire.notify("workspace/didChangeConfiguration", params)

    def _for_workspace(self) -> dict[str, Any]:
        self._version += 1
        token = f"w{self._version}"
        self._wire.declared.promise(token)
        return {"previousResultIds": [], **self._random.choice([{}, {"partialResultToken": token}])}

    def _any(self, *, is_cell: bool) -> Plain | None:
        documents = [one for one in self._oracle.open.values() if ("#" in one.uri) == is_cell]
        return self._random.choice(documents) if documents else None

    def _item(self, uri: str) -> dict[str, Any]:
        self._version += 1
        encoding = self._wire.server.session.encoding.value
        document = Plain(uri, self._version, self._text(30), encoding)
        self._oracle.show(document)
        language = "plaintext" if uri.endswith(".txt") else "markdown"
        text = document.text
        return {"uri": uri, "languageId": language, "version": document.version, "text": text}

    def _cell(self, notebook: str) -> str:
        self._version += 1
        return f"{notebook}#{self._version}"

    def _changes(self, document: Plain) -> tuple[list[Any], Plain]:
        self._version += 1
        if self._random.random() < 0.05:
            changes = [{"text": self._text(30)}]
            return changes, document.edited(self._version, changes)
        newer, changes = document.edited(self._version, []), []
        for _ in range(self._random.choice([1, 1, 1, 2, 4])):
            start = self._place(newer)
            end = self._place(newer) if self._random.random() < 0.3 else start
            change = {"range": newer.range(*sorted((start, end))), "text": self._text(2)}
            newer = newer.edited(self._version, [change])
            changes.append(change)
        return changes, newer

    def _place(self, document: Plain) -> int:
        """Return an offset that has a position."""
        at = self._random.randint(0, len(document.text))
        return at + 1 if document.text[at - 1 : at + 1] == "\r\n" else at

    def _text(self, n_pieces: int) -> str:
        pieces = self._random.choices(_PIECES, k=self._random.randrange(n_pieces + 1))
        if self._random.random() < 0.04:
            pieces.append(self._random.choice(_RARE))
        return "".join(pieces)
