"""Work on many machines: partitions of texts, an engine for each worker, on Ray.

`workers` knows Ray and nothing of texts, `engines` gives each worker a model; what workers do is in
`scoring` for `ppl filter`, `judging` for `ppl check`, `evaluating` for `ppl eval`. Only here is Ray
imported, and not before it is asked for.
"""
