"""Models: the only place that imports torch and transformers.

`loading` finds a model, checks it and loads it; `causal_lm` runs it; `head` turns hidden states
into scores; `tokenizer` cuts text; `device` chooses where and in what numbers. `embedded/` is the
model that comes with the package. Importing this package, or `choice`, loads no torch.
"""
