"""`ppl check --fix`: what is sure is written into the documents, or shown as a diff.

What is sure says `findings.sureness`; `fixer` finds it, `edits` makes the new text of it, `writing`
puts that in the place of the file, `unified` shows it.
"""
