"""The commands that measure: `ppl eval` and `ppl compare`, and what they read."""
