"""What clients are shown, told to ask for again, and look at; it moves with the text."""
