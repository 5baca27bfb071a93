"""Keeps our documents as the client has them."""

import logging

from lsprotocol import types

from ppl_lsp import from_lsp
from ppl_lsp.session import Session

logger = logging.getLogger(__name__)


async def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Take over a document and score it."""
    session.open(from_lsp.opened(params.text_document, session.encoding))


async def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Apply the edits and score the new version, once the typing pauses."""
    uri = params.text_document.uri
    document = session.documents.get(uri)
    if document is None:
        logger.warning("Ignored an edit of a document that is not open: %s", uri)
        return
    newer, edits = from_lsp.changed(document, params.content_changes, params.text_document.version)
    session.change(newer, edits)


async def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Look whether the file that was saved is one that we go by."""
    del params
    session.guidance.refresh()


async def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a document and take the marks off it."""
    session.close(params.text_document.uri)
