"""`ppl check --watch`: checks again when something changes, with the engine kept loaded.

`folders` waits, `rounds` checks what is not as it was, `screen` shows it, `watch` goes round.
"""
