"""The Markdown cells of notebooks, each a document of its own."""

from typing import Final

from lsprotocol import types

from ppl_lsp import from_lsp
from ppl_lsp.session import Session

_MARKDOWN: Final = types.NotebookCellLanguage("markdown")
SYNC: Final = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithNotebook("*", [_MARKDOWN])], save=True
)


async def did_open(session: Session, params: types.DidOpenNotebookDocumentParams) -> None:
    """Take over the cells of a notebook, and score them."""
    for cell in params.cell_text_documents:
        _open(session, params.notebook_document.uri, cell)


async def did_change(session: Session, params: types.DidChangeNotebookDocumentParams) -> None:
    """Apply what has changed in a notebook: which cells there are, and what stands in them."""
    notebook, cells = params.notebook_document.uri, params.change.cells
    if cells is None:
        return  # something about the notebook that is not text
    structure = cells.structure
    for closed in (structure and structure.did_close) or ():
        _close(session, notebook, closed.uri)
    for opened in (structure and structure.did_open) or ():
        _open(session, notebook, opened)
    for content in cells.text_content or ():
        uri, version = content.document.uri, content.document.version
        if uri in session.guidance.cells(notebook):
            newer, edits = from_lsp.changed(session.documents[uri], content.changes, version)
            session.change(newer, edits)


async def did_save(session: Session, params: types.DidSaveNotebookDocumentParams) -> None:
    """Look whether what we go by was saved with it."""
    del params
    session.guidance.refresh()


async def did_close(session: Session, params: types.DidCloseNotebookDocumentParams) -> None:
    """Forget a notebook with all its cells."""
    notebook = params.notebook_document.uri
    for uri in session.guidance.cells(notebook):
        _close(session, notebook, uri)


def _open(session: Session, notebook: str, cell: types.TextDocumentItem) -> None:
    # Clients may send cells that they were not asked for.
    if cell.language_id == _MARKDOWN.language:
        session.open(from_lsp.opened(cell, session.encoding), place=notebook)


def _close(session: Session, notebook: str, uri: str) -> None:
    if uri in session.guidance.cells(notebook):
        session.close(uri)
