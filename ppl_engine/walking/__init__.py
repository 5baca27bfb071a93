"""Which files paths mean: folders are walked as git sees them, patterns are expanded."""
