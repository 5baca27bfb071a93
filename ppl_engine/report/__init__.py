"""Analyses as one HTML file that needs nothing else: no network, and no script to be read.

Reading order: `values` (what is given), `page` (the whole), `overview`, `document` and what is in
one: `heat_text`, `profile`, `findings`, `comparison`. `palette` holds every color, `markup` is the
only way for a text to get into the page, `static/` what is copied into it as it is.
Nothing here knows a command line or an editor.
"""
