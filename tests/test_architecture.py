"""The invariants of docs/architecture.md, as far as a program can check them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "ppl_engine"
SERVER = ROOT / "server" / "ppl_lsp"
TORCH = {"torch", "transformers", "safetensors", "tokenizers", "huggingface_hub"}
EDITOR = {"pygls", "lsprotocol", "ppl_lsp", "cattrs"}
PURE = (
    *sorted((ENGINE / "text").rglob("*.py")),
    *sorted((ENGINE / "scoring").rglob("*.py")),
    *sorted((ENGINE / "findings").rglob("*.py")),
    *sorted((ENGINE / "ignoring").rglob("*.py")),
    *sorted((ENGINE / "grounding").rglob("*.py")),
    *sorted((ENGINE / "evaluation").rglob("*.py")),
    ENGINE / "analysis.py",
    ENGINE / "explanation.py",
    ENGINE / "heat.py",
    SERVER / "line_index.py",
)
ALLOWED_IN_PURE = {
    "numpy",
    "rapidfuzz",
    "regex",
    "tree_sitter",
    "tree_sitter_markdown",
    "ppl_engine",
}


def sources(directory: Path) -> list[Path]:
    return sorted(directory.rglob("*.py"))


@cache
def parsed(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, at its top or inside a function."""
    for node in parsed(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def called(path: Path) -> Iterator[str]:
    for node in parsed(path):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(ENGINE), ids=named)
def test_the_engine_knows_no_editor(path: Path) -> None:
    assert not packages(path) & EDITOR


@pytest.mark.parametrize("path", sources(ENGINE / "report"), ids=named)
def test_the_report_knows_no_command_line(path: Path) -> None:
    assert not [name for name in imported(path) if name.startswith("ppl_engine.cli")]


@pytest.mark.parametrize("path", [*sources(ENGINE), *sources(SERVER)], ids=named)
def test_only_models_and_their_training_import_torch(path: Path) -> None:
    if not {ENGINE / "models", ENGINE / "pretraining"} & set(path.parents):
        assert not packages(path) & TORCH


@pytest.mark.parametrize("path", [*sources(ENGINE), *sources(SERVER)], ids=named)
def test_nothing_but_itself_imports_the_training(path: Path) -> None:
    if path.parent != ENGINE / "pretraining":
        assert not any(name.startswith("ppl_engine.pretraining") for name in imported(path))


@pytest.mark.parametrize("path", PURE, ids=named)
def test_the_core_imports_no_io(path: Path) -> None:
    allowed = (set(sys.stdlib_module_names) | ALLOWED_IN_PURE) - {
        *("os", "io", "pathlib", "logging", "time", "threading", "asyncio", "socket", "subprocess"),
    }
    assert packages(path) <= allowed
    assert not any("ppl_engine.models.loading" in name for name in imported(path))


@pytest.mark.parametrize("path", PURE, ids=named)
def test_text_knows_no_scores_and_scores_know_no_findings(path: Path) -> None:
    above = {"text": ("scoring", "findings"), "scoring": ("findings",)}.get(path.parent.name, ())
    unknown = tuple(f"ppl_engine.{name}" for name in above)
    assert not any(unknown and name.startswith(unknown) for name in imported(path))


@pytest.mark.parametrize("path", [*sources(ENGINE), *sources(SERVER)], ids=named)
def test_lines_are_never_cut_by_splitlines(path: Path) -> None:
    """`str.splitlines` ends lines at form feeds and U+2028, where no editor does."""
    engine_modules = {ENGINE / name for name in ("text", "scoring", "ignoring")}
    text_modules = engine_modules | {SERVER, *(path for path in SERVER.iterdir() if path.is_dir())}
    if path.parent in text_modules:
        assert not [name for name in called(path) if name.endswith(".splitlines")]


@pytest.mark.parametrize("path", sources(SERVER), ids=named)
def test_positions_are_converted_by_our_own_line_index(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for name in ("position_codec", "client_position_at_offset", "offset_at_position"):
        assert f".{name}" not in source


@pytest.mark.parametrize("path", [*sources(ENGINE), *sources(SERVER)], ids=named)
def test_no_code_from_a_model_or_a_pickle_is_run(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    trusting = [
        keyword
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "trust_remote_code"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert not trusting
    assert not packages(path) & {"pickle", "shelve", "marshal", "dill"}
    assert not [name for name in called(path) if name in {"eval", "exec", "torch.load"}]


@pytest.mark.parametrize("module", ["ppl_lsp.server", "ppl_lsp.__main__", "ppl_engine.cli"])
def test_importing_loads_no_torch(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        f"loaded = {TORCH - {'safetensors'} | {'rapidfuzz'}!r} & set(sys.modules)\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_wheel_holds_the_two_packages_and_the_embedded_model() -> None:
    builder = WheelBuilder(str(ROOT))
    paths = {file.distribution_path for file in builder.recurse_included_files()}
    tops = {path.partition("/")[0] for path in paths}
    assert {"ppl_engine", "ppl_lsp"} == tops
    for name in ("words.tsv.xz", "clean_prose.jsonl.xz"):
        assert f"ppl_engine/english/{name}" in paths
    embedded = {path for path in paths if path.startswith("ppl_engine/models/embedded/")}
    for name in (
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "calibration.json",
        "README.md",
    ):
        assert f"ppl_engine/models/embedded/{name}" in embedded


@pytest.mark.parametrize("path", [*sources(ENGINE), *sources(SERVER)], ids=named)
def test_nothing_imports_the_folders_of_the_repository(path: Path) -> None:
    assert not packages(path) & {"server", "client", "docs", "tests"}


@pytest.mark.parametrize("path", [*sources(ENGINE), *sources(SERVER)], ids=named)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").split("\n")) <= 300
