"""Findings that are longer than a word: passages and repetitions."""
