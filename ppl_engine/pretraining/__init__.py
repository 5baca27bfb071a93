"""The recipe of the embedded model: corpus → tokenizer → tokens → training → evaluation → export.

`python -m ppl_engine.pretraining --help` lists the steps. It is the one part of the package that
trains; nothing else imports it. The extra `pretraining` holds what it needs beyond the package.
"""
