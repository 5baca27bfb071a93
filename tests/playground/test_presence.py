from ppl_lsp.playground.presence import Presence


async def test_nothing_is_over_before_the_first_page() -> None:
    presence = Presence(linger_s=0.0)
    assert not presence.is_ending
    assert presence.n_pages == 0


async def test_it_is_over_a_while_after_the_last_page() -> None:
    presence = Presence(linger_s=0.0)
    with presence.page():
        with presence.page():
            assert presence.n_pages == 2
        assert not presence.is_ending
    assert presence.is_ending
    await presence.over.wait()


async def test_a_page_that_comes_back_is_waited_for() -> None:
    presence = Presence(linger_s=1000.0)
    with presence.page():
        pass
    assert presence.is_ending
    with presence.page():
        assert not presence.is_ending
    assert presence.is_ending
    assert not presence.over.is_set()
