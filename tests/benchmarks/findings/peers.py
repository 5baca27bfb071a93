"""Other programs that find errors, each with its default settings and its own way with Markdown.

    python -m venv PEERS; PEERS/bin/pip install codespell==2.4.3 typos==1.52.0
    npm install --prefix PEERS harper.js@2.10.0       # WebAssembly; needs node
    apt-get install hunspell hunspell-en-us

They are given the same texts. What of it is not there is left out with a notice.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from tests.benchmarks.findings.judging import Found

Find: TypeAlias = Callable[[Sequence[str]], list[list[Found]]]
"""Says of each text what it finds in it."""

_HARPER: Final = Path(__file__).with_name("harper.mjs")
_CODESPELL_LINE: Final = re.compile(r"(.*?)\.md:(\d+): (\S+) ==> (.*)")
_REASON: Final = re.compile(r" \| .*")


@dataclass(frozen=True, slots=True)
class Peer:
    """A program and which it is."""

    version: str
    find: Find


def installed_peers(directory: Path) -> dict[str, Peer]:
    """Return those that are installed in `directory` or for all; say which are not."""
    programs = {
        "codespell": directory / "bin" / "codespell",
        "typos": directory / "bin" / "typos",
        "hunspell": Path(shutil.which("hunspell") or "hunspell"),
        "Harper": directory / "node_modules" / "harper.js" / "package.json",
    }
    found: dict[str, Peer] = {}
    for name, program in programs.items():
        if program.exists():
            found[name] = _PEERS[name](program)
        else:
            sys.stderr.write(f"{name} is left out: there is no {program}\n")
    return found


def codespell(program: Path) -> Peer:
    """Run codespell on a directory; it names lines and words, not columns."""

    def find(texts: Sequence[str]) -> list[list[Found]]:
        with _files(texts) as directory:
            output = _output([program.absolute(), "."], directory)
        found: list[list[Found]] = [[] for _ in texts]
        seen: dict[tuple[int, int, str], int] = {}
        for line in output.splitlines():
            match = _CODESPELL_LINE.fullmatch(line)
            if match is None:
                continue
            idx, number, word = int(Path(match[1]).name), int(match[2]), match[3]
            row = texts[idx].split("\n")[number - 1]
            places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", row)]
            nth = seen[idx, number, word] = seen.get((idx, number, word), -1) + 1
            if nth < len(places):
                start = _line_start(texts[idx], number) + places[nth]
                fixes = tuple(_REASON.sub("", match[4]).split(", "))
                found[idx].append(Found(start, start + len(word), "misspelling", "", fixes))
        return found

    return Peer(_output([program.absolute(), "--version"]).strip(), find)


def typos(program: Path) -> Peer:
    """Run typos on a directory; its columns are bytes of UTF-8."""

    def find(texts: Sequence[str]) -> list[list[Found]]:
        with _files(texts) as directory:
            output = _output([program.absolute(), "--format", "json", "."], directory)
        found: list[list[Found]] = [[] for _ in texts]
        for line in output.splitlines():
            said = json.loads(line)
            if said["type"] != "typo" or "line_num" not in said:
                continue
            idx = int(Path(said["path"]).stem)
            row = texts[idx].split("\n")[said["line_num"] - 1]
            column = len(row.encode()[: said["byte_offset"]].decode())
            start = _line_start(texts[idx], said["line_num"]) + column
            fixes = tuple(said["corrections"])
            found[idx].append(Found(start, start + len(said["typo"]), "typo", "", fixes))
        return found

    return Peer(_output([program.absolute(), "--version"]).split()[-1], find)


def hunspell(program: Path) -> Peer:
    """Give hunspell what stands between white space, each once: that is all it looks at."""

    def find(texts: Sequence[str]) -> list[list[Found]]:
        chunks = list(dict.fromkeys(chunk for text in texts for chunk in text.split()))
        asked = "".join(f"^{chunk}\n" for chunk in chunks)
        command = [program.absolute(), "-a", "-d", "en_US", "-i", "utf-8"]
        answers = _answers(_output(command, asked=asked).removesuffix("\n").split("\n")[1:])
        said = dict(zip(chunks, answers, strict=True))
        return [list(_shifted(text, said)) for text in texts]

    version = re.search(r"Hunspell ([\d.]+)", _output([program.absolute(), "-v"]))
    return Peer(version[1] if version else "", find)


def harper(package: Path) -> Peer:
    """Give Harper texts as Markdown, through its JavaScript package."""
    directory = package.parent.parent.parent

    def find(texts: Sequence[str]) -> list[list[Found]]:
        asked = "".join(json.dumps(text) + "\n" for text in texts)
        output = _output(["node", _HARPER, directory.absolute()], asked=asked)
        return [
            [
                Found(one["start"], one["end"], one["kind"], "", tuple(one["suggestions"]))
                for one in json.loads(line)
            ]
            for line in output.splitlines()
        ]

    return Peer(json.loads(package.read_text(encoding="utf-8"))["version"], find)


_PEERS: Final[Mapping[str, Callable[[Path], Peer]]] = {
    "codespell": codespell,
    "typos": typos,
    "hunspell": hunspell,
    "Harper": harper,
}


@contextmanager
def _files(texts: Sequence[str]) -> Generator[str]:
    """Make a directory with the texts as Markdown files, named by number."""
    with TemporaryDirectory(prefix="findings-") as directory:
        for idx, text in enumerate(texts):
            Path(directory, f"{idx}.md").write_text(text, encoding="utf-8", newline="")
        yield directory


def _output(command: Sequence[object], directory: str = ".", asked: str = "") -> str:
    """Run a program and return what it prints; that it found something is no failure."""
    done = subprocess.run(
        [str(part) for part in command],
        input=asked,
        capture_output=True,
        encoding="utf-8",
        cwd=directory,
        check=False,
    )
    if not done.stdout and done.stderr:
        raise RuntimeError(f"{command[0]}: {done.stderr[-500:]}")
    return done.stdout


def _line_start(text: str, number: int) -> int:
    return sum(len(line) + 1 for line in text.split("\n")[: number - 1])


def _answers(lines: Sequence[str]) -> Iterator[list[Found]]:
    """Return what hunspell says of each line: its answers end with an empty line."""
    found: list[Found] = []
    for line in lines:
        if not line:
            yield found
            found = []
        elif line[0] in "&#":
            head, _, fixes = line.partition(": ")
            parts = head.split(" ")
            start = int(parts[-1]) - 1
            suggestions = tuple(fixes.split(", ")) if fixes else ()
            found.append(Found(start, start + len(parts[1]), "unknown word", "", suggestions))


def _shifted(text: str, said: Mapping[str, list[Found]]) -> Iterator[Found]:
    for match in re.finditer(r"\S+", text):
        for one in said[match[0]]:
            start = match.start() + one.start
            yield Found(start, match.start() + one.end, one.code, "", one.suggestions)
