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
