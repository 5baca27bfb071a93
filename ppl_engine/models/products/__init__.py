"""Matrix products as the processor likes them: packed, in int8, in few sizes."""
