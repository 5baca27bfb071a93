"""Text into tokens with exact places, and what is known of a vocabulary."""
