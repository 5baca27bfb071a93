"""What there is to say of a section, over its heading; of a docstring, over that."""

import asyncio
from collections.abc import Callable
from typing import Final

from lsprotocol import types

from ppl_lsp.features.heat_map import WAIT_S
from ppl_lsp.features.profile import render_sections, sections_of
from ppl_lsp.protocol import ProfileSection
from ppl_lsp.session import Session

SHOW_PROFILE: Final = "ppl.showProfile"
"""A command of the client, with the document and a range, if it declares that it has it."""

DESCRIBE_SECTION: Final = "ppl.describeSection"

LEAST_WORDS: Final = 10
"""Of fewer words, a mean says nothing."""


async def code_lens(session: Session, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """Wait for the scores of the newest version and put a lens over each section."""
    uri = params.text_document.uri
    with session.refreshing.answering("codeLens", uri) as taken:
        if not _is_wanted(session, uri):
            return None
        sections = await sections_now(session, uri, taken)
    if sections is None:
        return None
    return [
        render(section, uri, session.client_commands)
        for section in sections
        if section.n_words >= LEAST_WORDS
    ]


async def sections_now(
    session: Session, uri: str, taken: Callable[[], None] = lambda: None
) -> list[ProfileSection] | None:
    """Return what there is to say of the sections of a document, once it is scored.

    `taken` hears when that is decided: finding the sections and their figures takes a while.
    """
    analysis = await session.analysis(uri, timeout_s=WAIT_S)
    document = session.documents.get(uri)
    if analysis is None or document is None:
        return None
    shown = session.showing.shown(document)
    taken()
    sections = await sections_of(document)
    return await asyncio.to_thread(
        render_sections, document, analysis, sections, shown[1].findings if shown else ()
    )


async def describe_section(session: Session, uri: str, line: str) -> None:
    """Tell the user what there is to say of the section that begins on a line."""
    for section in await sections_now(session, uri) or ():
        if str(section.range.start.line) == line:
            session.client.say(f"{section.title}: {description(section)}, {section.n_words} words")


def render(section: ProfileSection, uri: str, client_commands: frozenset[str]) -> types.CodeLens:
    """Return a lens on the first line of a section.

    A lens needs a command to be shown. Where the client has none of ours, it is one of the server:
    an empty name is shown by some and refused by others.
    """
    start = section.range.start
    where = types.Range(start, start)
    title = description(section)
    if SHOW_PROFILE in client_commands:
        command = types.Command(title, SHOW_PROFILE, arguments=[uri, section.range])
    else:
        command = types.Command(title, DESCRIBE_SECTION, arguments=[uri, str(start.line)])
    return types.CodeLens(where, command)


def description(section: ProfileSection) -> str:
    """Say what there is to say of a section."""
    parts: list[str] = []
    if section.perplexity is not None:
        parts.append(f"perplexity {_rounded(section.perplexity)}")
    if section.bits_per_word is not None:
        parts.append(f"{section.bits_per_word:.1f} bits per word")
    if section.n_findings:
        parts.append("1 finding" if section.n_findings == 1 else f"{section.n_findings} findings")
    return " · ".join(parts) or "not scored"


def _rounded(perplexity: float) -> str:
    return f"{perplexity:.1f}" if perplexity < 10 else f"{perplexity:,.0f}"  # noqa: PLR2004


def _is_wanted(session: Session, uri: str) -> bool:
    setting, document = session.settings.code_lens, session.documents.get(uri)
    if document is None or setting == "off":
        return False
    from ppl_engine.text.languages import PROGRAMS, known_language  # noqa: PLC0415

    return setting == "all" or known_language(document.language) not in PROGRAMS
