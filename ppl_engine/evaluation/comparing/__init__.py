"""Several models over the same bytes.

`side_by_side` runs them over the same windows, `comparison` says where they differ: `blocks` and
`bootstrap` how sure that is, `divergence` in their whole distributions, `differing_words` in words.
"""
