"""What could have been meant in the place of a word, and how dear each slip is. English first."""
