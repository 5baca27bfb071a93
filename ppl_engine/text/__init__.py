"""What can be said of a text without a model: words, sentences, blocks, what is prose.

Pure functions over `str`: no IO, no model, no editor.
"""
