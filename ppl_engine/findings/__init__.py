"""From scores to what is worth a person's glance. Pure: scores in, findings out."""
