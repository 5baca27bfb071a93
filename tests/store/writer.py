"""A process that keeps windows until it is done or killed: python writer.py DIRECTORY FIRST N."""

import sys
from pathlib import Path

from tests.store.making import Opened

if __name__ == "__main__":
    directory, first, n_numbers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    opened = Opened(directory)
    for number in range(first, first + n_numbers):
        opened.keep(number)
        print(number, flush=True)  # noqa: T201 - a program's output
    opened.store.close()
    print("notices:", opened.notices)  # noqa: T201 - a program's output
