"""The server as a process, under the recorded capabilities of three editors."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException

from ppl_engine.text.spans import Span
from ppl_lsp import __version__
from ppl_lsp.line_index import PositionEncoding
from tests.e2e.editor import URI, Editor

EDITORS = {
    "visual-studio-code": PositionEncoding.UTF16,
    "neovim": PositionEncoding.UTF8,
    "emacs": PositionEncoding.UTF32,
}
ODD_TEXTS = [
    "one zzodd two",
    "👩‍👩‍👧 é 中 𝄞 zzodd 𝄞",
    "a\r\nb\rc\n  zzodd\r\n",
    "form\ffeed\fs\n zzodd\n",
    "line\u2028separator\u2029s \x85 \x1c \v zzodd",
    "e\u0301\u200f\u0000 zzodd\u00a0.",
    "\ud834 unpaired zzodd",
    "",
]


REGISTERED: dict[str, list[str]] = {
    "visual-studio-code": [
        "workspace/didChangeConfiguration",
        "workspace/didChangeWatchedFiles",
    ],
    "emacs": ["workspace/didChangeWatchedFiles"],
    "neovim": [],
}


@pytest.mark.parametrize(("name", "encoding"), EDITORS.items())
async def test_a_session_in_an_editor(name: str, encoding: PositionEncoding) -> None:
    async with Editor.running(name) as editor:
        assert editor.encoding is encoding
        editor.configure(debounceMs=0)
        text = "A 𝄞 calm\f line\nand a zzword here.\n"
        editor.open(text)
        (mark,) = await editor.marked(1)
        assert mark.range == editor.range_of(text, "zzword")
        assert (mark.code, mark.source) == ("surprising-word", "ppl")
        assert mark.data == {"id": f"1:{text.index('zzword')}"}
        assert mark.code_description
        assert mark.code_description.href.endswith("/docs/findings/surprising-word.md")

        text = editor.type(text, Span(2, 3), "𝄞𝄞 zznew", version=2)
        marks = await editor.settled(2, 2)
        assert [one.range for one in marks] == [
            editor.range_of(text, "zznew"),
            editor.range_of(text, "zzword"),
        ]

        said = await editor.hover(editor.range_of(text, "zzword").start)
        assert said
        assert said.startswith("**`zzword`** **40.0 bits**")

        heat = await editor.heat_map()
        assert (heat.version, heat.isScored, len(heat.bands)) == (2, True, 2)
        assert heat.summary.nWords == 8

        editor.configure(severity="warning")
        await editor.until(
            lambda: editor.published[-1].diagnostics[0].severity == types.DiagnosticSeverity.Warning
        )
        editor.close()
        assert await editor.marked(None) == []
        assert editor.statuses[-1].message.startswith("ppl ")
        assert editor.registered == REGISTERED[name]
        assert editor.client.messages == []


@pytest.mark.parametrize("name", EDITORS)
async def test_findings_stand_where_the_editor_sees_the_word(name: str) -> None:
    async with Editor.running(name, {"debounceMs": 0}) as editor:
        for version, text in enumerate(ODD_TEXTS):
            editor.open(text, version)
            marks = await editor.marked(version)
            expected = [editor.range_of(text, "zzodd")] if "zzodd" in text else []
            assert [mark.range for mark in marks] == expected


@pytest.mark.parametrize(("name", "encoding"), EDITORS.items())
async def test_the_result_of_initialize(name: str, encoding: PositionEncoding) -> None:
    async with Editor.running(name) as editor:
        result: Any = get_converter().unstructure(editor.result)
        sync = result["capabilities"]["textDocumentSync"]
        result["capabilities"]["textDocumentSync"] = {k: v for k, v in sync.items() if v}
        assert result == {
            "capabilities": {
                "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll.ppl"]},
                "codeLensProvider": {"resolveProvider": False},
                "executeCommandProvider": {
                    "commands": [
                        "ppl.ignoreWord",
                        "ppl.ignoreOccurrence",
                        "ppl.ignoreRule",
                        "ppl.ignoreRuleInFiles",
                        "ppl.excludeFile",
                        "ppl.restartEngine",
                        "ppl.pause",
                        "ppl.resume",
                        "ppl.scoreWorkspace",
                        "ppl.clearWorkspace",
                        "ppl.describeSection",
                        "ppl.showReport",
                    ]
                },
                "hoverProvider": True,
                "inlayHintProvider": {"resolveProvider": False},
                "positionEncoding": encoding.value,
                "semanticTokensProvider": {
                    "full": {"delta": True},
                    "legend": {
                        "tokenModifiers": [],
                        "tokenTypes": [f"surprise{band}" for band in range(1, 6)],
                    },
                    "range": True,
                },
                "textDocumentSync": {"change": 2, "openClose": True, "save": True},
                "workspace": {
                    "fileOperations": {},
                    "workspaceFolders": {"changeNotifications": True, "supported": True},
                },
            },
            "serverInfo": {"name": "ppl-lsp", "version": __version__},
        }


async def test_a_client_that_can_do_nothing_gets_plain_text_and_pushes_its_settings() -> None:
    async with Editor.running(types.ClientCapabilities()) as editor:
        editor.open("a zzword")
        await editor.marked(1)
        said = await editor.hover(types.Position(0, 3))
        assert said
        assert said.startswith("zzword 40.0 bits")
        params = types.DidChangeConfigurationParams(settings={"ppl": {"severity": "off"}})
        editor.client.workspace_did_change_configuration(params)
        await editor.until(lambda: not editor.published[-1].diagnostics)


async def test_a_word_is_ignored_by_an_action(user_folder: Path) -> None:
    async with Editor.running("visual-studio-code") as editor:
        editor.open("a zzword")
        marks = await editor.marked(1)
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(URI), marks[0].range, types.CodeActionContext(marks)
        )
        actions = await editor.client.text_document_code_action_async(asked)
        assert actions
        # The library takes every action of an answer for a command.
        assert "Ignore “zzword” everywhere" in [action.title for action in actions]
        with pytest.raises(JsonRpcException, match="argument"):
            await editor.client.workspace_execute_command_async(
                types.ExecuteCommandParams("ppl.ignoreWord", [URI, 3])
            )
        wanted = types.ExecuteCommandParams("ppl.ignoreWord", [URI, "zzword", "user"])
        await editor.client.workspace_execute_command_async(wanted)
        await editor.until(lambda: not editor.published[-1].diagnostics)
        assert (user_folder / "words.txt").read_text() == "zzword\n"


async def test_wrong_settings_are_named_to_the_user() -> None:
    async with Editor.running("emacs", {"ppl": {"enabled": "yes"}}) as editor:
        editor.configure(device="gpu")
        editor.open("a zzword")
        await editor.marked(1)
        assert [message.message for message in editor.client.messages] == [
            "ppl.enabled must be true or false, not 'yes'.",
            "ppl.device must be one of auto, cpu, cuda, mps, not 'gpu'.",
        ]


async def test_positions_and_documents_that_do_not_exist_are_answered() -> None:
    async with Editor.running("neovim") as editor:
        assert await editor.hover(types.Position(0, 0)) is None
        assert (await editor.heat_map()).version is None
        editor.open("a")
        await editor.marked(1)
        assert "`a`" in (await editor.hover(types.Position(99, 99)) or "")
        editor.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(2, "file:///other.md"),
                [types.TextDocumentContentChangeWholeDocument("x")],
            )
        )
        assert "`a`" in (await editor.hover(types.Position(0, 0)) or "")
        assert {params.uri for params in editor.published} == {URI}
