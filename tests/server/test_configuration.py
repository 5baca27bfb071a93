import asyncio
from typing import Any

import pytest
from lsprotocol import types

from ppl_lsp.features.configuration import did_change_configuration, initialized
from ppl_lsp.settings import Settings
from tests.server.fake_editor import Editor

BEGUN = types.InitializedParams()
HINT = Settings(severity="hint")


class Client:
    """A client whose answers are decided by the test, when the test likes."""

    def __init__(self, *, can_pull: bool, can_register: bool = False) -> None:
        following = types.DidChangeConfigurationClientCapabilities(can_register)
        self.client_capabilities = types.ClientCapabilities(
            types.WorkspaceClientCapabilities(
                configuration=can_pull, did_change_configuration=following
            )
        )
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.registration: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def workspace_configuration_async(self, params: types.ConfigurationParams) -> Any:
        del params
        return await self.answer

    async def client_register_capability_async(self, params: types.RegistrationParams) -> None:
        del params
        await self.registration


def pushed(settings: object) -> types.DidChangeConfigurationParams:
    return types.DidChangeConfigurationParams(settings=settings)


async def test_an_error_in_place_of_an_answer_leaves_the_settings_as_they_are(
    caplog: pytest.LogCaptureFixture,
) -> None:
    editor, client = await Editor.ready({"severity": "hint"}), Client(can_pull=True)
    client.answer.set_exception(RuntimeError("busy"))
    await did_change_configuration(editor.session, client, pushed(None))
    assert editor.session.settings == HINT
    assert "busy" in caplog.text


@pytest.mark.parametrize("answer", [None, [None], []])
async def test_a_null_means_that_the_client_has_nothing_to_say(answer: object) -> None:
    editor, client = await Editor.ready({"severity": "hint"}), Client(can_pull=True)
    client.answer.set_result(answer)
    await did_change_configuration(editor.session, client, pushed(None))
    assert editor.session.settings == Settings()


async def test_work_begins_without_an_answer_and_a_late_one_is_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    editor, client = Editor(), Client(can_pull=True)
    await initialized(editor.session, client, BEGUN, wait_s=0)
    assert "has not answered" in caplog.text
    await editor.scored("zzword")
    client.answer.set_result([{"severity": "hint"}])
    await editor.until(lambda: len(editor.published) > 1)
    assert editor.session.settings == HINT


async def test_settings_pushed_while_the_server_gets_to_work_hold() -> None:
    editor, client = Editor(), Client(can_pull=False, can_register=True)
    beginning = asyncio.create_task(initialized(editor.session, client, BEGUN))
    await asyncio.sleep(0)
    await did_change_configuration(editor.session, client, pushed({"ppl": {"severity": "hint"}}))
    client.registration.set_result(None)
    await beginning
    assert editor.session.settings == HINT


async def test_starting_is_not_said_after_loading() -> None:
    editor, client = Editor(), Client(can_pull=False)
    await did_change_configuration(editor.session, client, pushed({"severity": "hint"}))
    await initialized(editor.session, client, BEGUN)
    await editor.until(lambda: editor.session.model is not None)
    assert [status.state for status in editor.statuses] == ["loading", "ready"]
    assert editor.session.settings == HINT
