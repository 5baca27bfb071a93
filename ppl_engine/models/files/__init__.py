"""A model's files: found and checked before anything is loaded, without torch."""
