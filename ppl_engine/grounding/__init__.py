"""A text read with its sources at hand: what they explain is calm, what they do not is shown.

`terms` compares words and numbers; `bm25` ranks passages for a block of the text; `library` cuts
sources into passages, `windows` puts them before blocks, `reading` scores these; `eligible` says
which words are asked about, `ungrounded` decides, `grounding` does all in order. `ranking` compares
contexts by the bits that they save.
"""
