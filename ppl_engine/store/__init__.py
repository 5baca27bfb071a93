"""Scores and findings kept on disk by content, shared by editors, the command line and CI.

`place` says where the file is, `opening` opens it or begins a new one, `database` is its SQL,
`buffer` keeps faults of the disk away from the work, `codec` turns values into bytes and back,
`identity` says what values depend on, `score_store` is what the engine and the command line use.
Nothing here knows a model or an editor, and nothing here ever stops the work: what can not be
read was never kept, and what can not be written is computed again another day.
"""
