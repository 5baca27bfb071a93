"""`ppl-lsp --playground`: one page on loopback, with an editor that speaks to the real server.

Reading order: `serving` (the whole), `door` (who is let in), `pages` (what is served),
`page_session` (a language server for each page), `messages` (what a page may say), `presence` (when
it is over), `browser`. `static/` is built from `client/playground/`.
"""
