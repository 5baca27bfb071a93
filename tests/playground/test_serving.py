"""Who is let in and what is served, over real sockets."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ppl_lsp.playground.serving import MOST_MESSAGE_BYTES, MOST_PAGES
from tests.playground.playing import Playground


async def test_the_page_and_what_belongs_to_it_are_served() -> None:
    async with Playground.running() as playground:
        page = await playground.get()
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert 'src="playground.js"' in page.body
        for name, beginning in (
            ("index.html", "<!doctype html>"),
            ("playground.css", "/* Colours"),
            ("palette.css", ":root{"),
            ("icon.svg", "<svg "),
            ("THIRD_PARTY_NOTICES.txt", "@codemirror/"),
        ):
            served = await playground.get(f"/{playground.token}/{name}")
            assert served.status == 200
            assert served.body.startswith(beginning)
            assert len(served.body.encode()) == int(served.headers["Content-Length"])


async def test_the_page_may_do_nothing_but_speak_to_us() -> None:
    async with Playground.running() as playground:
        first, second = await playground.get(), await playground.get()
    policy = first.headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    nonce = rules["style-src"].partition("'nonce-")[2].rstrip("'")
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self'",
        "connect-src": f"ws://{playground.host}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert f'<meta name="style-nonce" content="{nonce}">' in first.body
    assert nonce not in second.body
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert first.headers["Cache-Control"] == "no-store"
    assert "Server" not in first.headers


@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/{wrong}/", "/{token}x/", "/{half}/", "//{token}/", "/%2e/{token}/"],
)
async def test_without_the_secret_nothing_is_served(path: str) -> None:
    async with Playground.running() as playground:
        token = playground.token
        wrong = token[::-1]
        path = path.format(token=token, wrong=wrong, half=token[:20])
        refused = await playground.get(path)
        assert refused.status == 403
        assert token not in refused.body
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(
                f"ws://{playground.host}/{wrong}/session",
                origin=playground._our_origin(),
            ):
                pass


@pytest.mark.parametrize(
    "name",
    [
        *("..", "../__init__.py", "..%2f__init__.py", "%2e%2e/__init__.py", "//etc/passwd"),
        *("static/index.html", "made_from.json", "index.html/", "playground.js\\", "session"),
    ],
)
async def test_no_other_file_can_be_named(name: str) -> None:
    async with Playground.running() as playground:
        assert (await playground.get(f"/{playground.token}/{name}")).status == 404


@pytest.mark.parametrize(
    "host", ["example.org", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.x"]
)
async def test_only_the_host_of_the_address_is_answered(host: str) -> None:
    async with Playground.running() as playground:
        port = playground.host.partition(":")[2]
        refused = await playground.get(Host=host.format(port=port))
        assert refused.status == 403


@pytest.mark.parametrize(
    "origin",
    ["http://example.org", "null", "http://127.0.0.1:1", "https://{host}", "http://{host}/", None],
)
async def test_other_pages_get_no_session(origin: str | None) -> None:
    async with Playground.running() as playground:
        stated: object = origin and origin.format(host=playground.host)
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(playground.session, origin=stated):  # pyright: ignore[reportArgumentType]
                pass
        if origin:
            assert (await playground.get(Origin=str(stated))).status == 403


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS", "\x16\x03\x01"])
async def test_what_is_no_request_of_a_browser_gets_no_page(method: str) -> None:
    async with Playground.running() as playground:
        assert "<html" not in (await playground.get(method=method)).body
        assert (await playground.get()).status == 200


async def test_a_message_that_is_too_large_ends_its_session_alone() -> None:
    async with Playground.running(linger_s=1000.0) as playground, playground.page() as other:
        async with playground.page() as page:
            sent = 0

            async def endless() -> AsyncGenerator[str]:
                nonlocal sent
                while sent < 100 * MOST_MESSAGE_BYTES:
                    sent += 2**16
                    yield "x" * 2**16

            with pytest.raises(ConnectionClosed):
                await page.connection.send(endless())
            assert page.connection.close_code == 1009
            assert sent > MOST_MESSAGE_BYTES
        assert await other.initialize()


@pytest.mark.parametrize("data", ["no JSON", "[]", "1", "[" * 100_000, b"\xff", '{"a":'])
async def test_what_is_no_message_ends_its_session_alone(data: str | bytes) -> None:
    async with Playground.running(linger_s=1000.0) as playground, playground.page() as other:
        async with playground.page() as page:
            await page.connection.send(data)
            with pytest.raises(ConnectionClosed):
                await page.connection.recv()
        assert await other.initialize()


async def test_too_many_pages_are_turned_away() -> None:
    async with Playground.running(linger_s=1000.0) as playground, asyncio.TaskGroup() as group:
        enough = asyncio.Event()

        async def stay(ready: asyncio.Event) -> None:
            async with playground.page() as page:
                await page.initialize()
                ready.set()
                await enough.wait()

        for _ in range(MOST_PAGES):
            ready = asyncio.Event()
            group.create_task(stay(ready))
            await ready.wait()
        async with playground.page() as page:
            with pytest.raises(ConnectionClosed, match="too many pages"):
                await page.connection.recv()
        enough.set()


async def test_it_is_over_when_the_last_page_is_closed() -> None:
    async with Playground.running() as playground:
        async with playground.page() as first:
            await first.initialize()
            async with playground.page() as second:
                await second.initialize()
            assert await first.request("shutdown")
            assert not playground.serving.done()
        await playground.serving


async def test_a_page_that_says_exit_is_closed() -> None:
    async with Playground.running() as playground:
        async with playground.page() as page:
            await page.initialize()
            await page.request("shutdown")
            await page.notify("exit", None)
            await page.connection.wait_closed()
        await playground.serving
