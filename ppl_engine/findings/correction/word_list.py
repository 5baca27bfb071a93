"""Lists of words as people write them."""


def words(line: str) -> tuple[str, ...]:
    """Return the words that stand apart by spaces."""
    return tuple(line.split())
