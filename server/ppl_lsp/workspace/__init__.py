"""Folders: their settings, what their files say, and the documents that are not open."""
