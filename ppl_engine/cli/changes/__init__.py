"""What of a document changed: since a revision, or by a diff that is given.

`lines` says where two versions differ, `touched` which findings that concerns; `since` asks git for
the version before (`base`, `renames`), `patch` reads a unified diff.
"""
