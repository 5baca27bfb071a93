"""Records sorted by how a model reads them: data cleaning.

`passes` is the work in its two passes. `items` is the input, `score_file` the journal between the
passes (`rows` what is in it, `identity` what it is of), `limits` says what is kept (`selection`
finds quantiles), `outputs` writes, `histogram` counts.
"""
