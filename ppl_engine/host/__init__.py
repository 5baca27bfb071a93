"""The engine as a process of its own, shared by all that this user has open.

Reading order: `messages` (what is said), `codec` and `connection` (how it is written), `place` and
`lock` (where the process is found, and that there is only one), `queue` and `worker` (the one
thread that owns the engine), `service` (clients and their documents), `process` (its life),
`launch`, `link` and `client` (the other side: finding it, starting it, keeping hold of it).

Nothing here is imported before it is needed: `place`, `lock` and `launch` start the process while
the rest of a server is still being imported.
"""
