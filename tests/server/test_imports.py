import ast
import subprocess
import sys
from pathlib import Path

SOURCES = sorted((Path(__file__).parents[2] / "server").rglob("*.py"))
HEAVY = {"torch", "transformers", "tokenizers", "safetensors"}


def imported(source: Path) -> set[str]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}


def test_the_server_never_imports_a_model_library() -> None:
    assert SOURCES
    assert {source.name: imported(source) & HEAVY for source in SOURCES} == {
        source.name: set[str]() for source in SOURCES
    }


def test_initialize_is_answered_before_anything_heavy_is_imported() -> None:
    code = "import sys, ppl_lsp.__main__, ppl_lsp.server; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert {*HEAVY, "numpy"} & set(loaded) == set()


def test_the_engine_process_is_started_before_the_protocol_is_imported() -> None:
    code = "import sys, ppl_lsp.__main__; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "ppl_engine.host.launch" in loaded
    assert {"pygls", "lsprotocol", "cattrs", "numpy"} & set(loaded) == set()
