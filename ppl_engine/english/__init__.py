"""What is known of English beside a model: data that ships, and how it is read. IO at the edge.

`clean_prose.jsonl.xz` are excerpts of published documentation, on which models are calibrated;
`SOURCES.md` says whose they are. Both files are made by `ppl_engine.pretraining`.
"""
