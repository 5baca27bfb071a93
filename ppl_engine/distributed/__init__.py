"""Work on many machines: partitions of records, an engine for each worker, on Ray.

`workers` knows Ray and nothing of texts; `scoring` is what a worker does. Only here is Ray
imported, and not before it is asked for.
"""
