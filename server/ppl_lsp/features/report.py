"""The report of an open document, written to a file of the user's cache and opened beside."""

import asyncio
import datetime
import hashlib
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from ppl_engine.errors import EngineError
from ppl_lsp import __version__
from ppl_lsp.documents import Document
from ppl_lsp.features.heat_map import WAIT_S
from ppl_lsp.features.profile import document_name
from ppl_lsp.session import Session

if TYPE_CHECKING:
    from ppl_engine.analysis import Analysis
    from ppl_engine.ignoring.rules import Sifted

SHOW_REPORT: Final = "ppl.showReport"

_FOLDER: Final = "reports"


async def show_report(session: Session, uri: str) -> None:
    """Write the report and have the client open it; one that can not is told where it is."""
    analysis = await session.analysis(uri, timeout_s=WAIT_S)
    document = session.documents.get(uri)
    if document is None:
        session.client.say("The document is not open.")
        return
    if analysis is None:
        session.client.say(session.reason(document))
        return
    shown = session.showing.shown(document)
    try:
        path = await asyncio.to_thread(_write, document, analysis, shown[1] if shown else None)
    except OSError as error:
        session.report(uri, EngineError(f"The report can not be written: {error}"))
        return
    page = types.ShowDocumentParams(path.as_uri(), external=True)
    if not await session.client.show_document(page):
        session.client.say(f"The report is in {path}.")


def report_html(document: Document, analysis: "Analysis", sifted: "Sifted | None") -> str:
    """Return the page of one document."""
    from ppl_engine.report.page import page_html  # noqa: PLC0415 - imports numpy
    from ppl_engine.report.values import About, Reported  # noqa: PLC0415

    name = document_name(document.uri)
    now = datetime.datetime.now().astimezone()
    about = About(
        name,
        now.strftime("%Y-%m-%d %H:%M %Z").strip(),
        __version__,
        analysis.model,
        analysis.model.notices,
    )
    reported = Reported(
        name,
        analysis,
        sifted.findings if sifted else (),
        n_ignored=sifted.n_ignored if sifted else 0,
    )
    return "".join(page_html([reported], io.StringIO(), lambda: about))


def _write(document: Document, analysis: "Analysis", sifted: "Sifted | None") -> Path:
    """Write the page where the one before it of this document was; only the user can read it."""
    from ppl_engine.store.place import cache_place  # noqa: PLC0415

    folder = cache_place().path.parent / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256(document.uri.encode("utf-8", "surrogatepass")).hexdigest()
    path = folder / f"{digest[:16]}.html"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(report_html(document, analysis, sifted))
    return path
