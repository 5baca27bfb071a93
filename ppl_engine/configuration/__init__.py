"""What a workspace and its user have written down for us: `ppl.toml`, dictionaries, baselines.

The only place that reads and writes these files. `schema` says what may stand in them, `place`
where they are, `workspace` what they come to for a document, `scanning` what a project's own terms
are. A file of a workspace comes from elsewhere: it can leave findings out and move thresholds, and
nothing else; it names no program, no model, and no file outside of its own folder.
"""
