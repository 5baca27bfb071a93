"""Models: the only place that imports torch and transformers.

`loading` finds a model, checks it and loads it; `causal_lm` runs it; `head` turns hidden states
into scores; `tokenizer` cuts text; `device` chooses where and in what numbers. `embedded/` is the
model that comes with the package. Importing this package, or `choice`, loads no torch.
"""

import os

# Threads of one product wait for each other. By default they do it in a loop that keeps their core
# busy: on a machine that has other work to do they take the cores from each other, and all is
# twenty times slower. Torch reads this once, when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# oneDNN makes a program for every shape of a product and keeps 1,024 of them, a third of a megabyte
# each. What rows are filled to (see `row_counts`) makes a hundred or two for a model.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "256")
