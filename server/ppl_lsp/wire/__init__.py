"""Bytes in and out, and the process at their end: where we differ from pygls."""
