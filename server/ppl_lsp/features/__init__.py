"""What an editor sees, one file per surface.

Each has a pure `render…` from values of the engine to values of the protocol, and a handler of a
few lines that waits for what `render…` needs. Nothing here knows of threads or models.
"""
