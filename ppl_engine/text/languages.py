"""The formats of documents, by the language ids of editors and by the names of files."""

from collections.abc import Mapping
from typing import Final

PLAIN_LANGUAGES: Final = frozenset({"plaintext", "text", "txt", ""})
"""The ids of texts that are prose as a whole; without an id, a text is taken for one."""

_DOCUMENTS: Final = {
    "plaintext": (".text", ".txt"),
    "markdown": (".markdown", ".md", ".mdown"),
    "mdx": (".mdx",),
    "restructuredtext": (".rest", ".rst"),
    "asciidoc": (".adoc", ".asciidoc"),
    "latex": (".latex", ".tex"),
    "git-commit": (),
}
# Documents too, but most of those in a folder were made by programs.
_PAGES: Final = {"html": (".htm", ".html", ".xhtml")}
_PROGRAMS: Final = {
    "c": (".c", ".h"),
    "cpp": (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".cu", ".cuh"),
    "csharp": (".cs", ".csx"),
    "css": (".css",),
    "go": (".go",),
    "java": (".java",),
    "javascript": (".js", ".cjs", ".mjs"),
    "javascriptreact": (".jsx",),
    "kotlin": (".kt", ".kts"),
    "lua": (".lua",),
    "php": (".php",),
    "python": (".py", ".pyi", ".pyw"),
    "ruby": (".rb", ".rake", ".gemspec"),
    "rust": (".rs",),
    "shellscript": (".sh", ".bash", ".zsh", ".bats"),
    "sql": (".sql",),
    "swift": (".swift",),
    "toml": (".toml",),
    "typescript": (".ts", ".cts", ".mts"),
    "typescriptreact": (".tsx",),
    "yaml": (".yaml", ".yml"),
}

# What editors call the same thing.
_ALIASES: Final = {
    "bash": "shellscript",
    "c_sharp": "csharp",
    "cs": "csharp",
    "gitcommit": "git-commit",
    "cuda": "cpp",
    "htm": "html",
    "jsx": "javascriptreact",
    "rst": "restructuredtext",
    "sh": "shellscript",
    "tex": "latex",
    "tsx": "typescriptreact",
    "yml": "yaml",
    "zsh": "shellscript",
}

GRAMMARS: Final[Mapping[str, tuple[str, str]]] = {
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "css": ("tree_sitter_css", "language"),
    "go": ("tree_sitter_go", "language"),
    "html": ("tree_sitter_html", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "javascriptreact": ("tree_sitter_javascript", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "lua": ("tree_sitter_lua", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "python": ("tree_sitter_python", "language"),
    "restructuredtext": ("tree_sitter_rst", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "shellscript": ("tree_sitter_bash", "language"),
    "sql": ("tree_sitter_sql", "language"),
    "swift": ("tree_sitter_swift", "language"),
    "toml": ("tree_sitter_toml", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "typescriptreact": ("tree_sitter_typescript", "language_tsx"),
    "yaml": ("tree_sitter_yaml", "language"),
}
"""The module and the function that give the grammar of a language, but for that of Markdown."""

GRAMMAR_LIBRARIES: Final = (
    "tree-sitter-markdown",
    *sorted({module.replace("_", "-") for module, _ in GRAMMARS.values()}),
)
"""The distributions that hold grammars."""

UNKNOWN: Final = "unknown"
"""The language of a file of which nothing is known: nothing in it is prose."""

PROGRAMS: Final = tuple(_PROGRAMS)
"""The ids of programming languages, of which comments and docstrings are read."""

LANGUAGES: Final = (*_DOCUMENTS, *_PAGES, *_PROGRAMS)
"""The language ids that are told apart; of any other, nothing is prose."""

DOCUMENT_SUFFIXES: Final = frozenset(s for suffixes in _DOCUMENTS.values() for s in suffixes)
"""The suffixes by which a file is known to be a document."""

_BY_SUFFIX: Final = {
    suffix: language
    for languages in (_DOCUMENTS, _PAGES, _PROGRAMS)
    for language, suffixes in languages.items()
    for suffix in suffixes
}
_COMMIT_NAMES: Final = frozenset({"commit_editmsg", "merge_msg", "squash_msg", "tag_editmsg"})
_PROGRAM_NAMES: Final = frozenset(
    {"makefile", "gnumakefile", "dockerfile", "containerfile", "jenkinsfile", "justfile"}
)
_RUBY_NAMES: Final = frozenset({"rakefile", "gemfile", "podfile", "vagrantfile", "brewfile"})


def known_language(language: str) -> str:
    """Return the id by which we know the language that an editor calls `language`."""
    return _ALIASES.get(language, language)


def language_of(path_suffix: str) -> str:
    """Return the language id for the suffix of a file's name, its dot included.

    A name without a suffix is that of a plain text; an unknown suffix may be that of a program.
    """
    return _BY_SUFFIX.get(path_suffix.lower(), UNKNOWN) if path_suffix else "plaintext"


def language_of_name(name: str) -> str:
    """Return the language id for a file by its name without folders."""
    lowered = name.lower()
    if lowered in _RUBY_NAMES:
        return "ruby"
    if lowered in _COMMIT_NAMES:
        return "git-commit"
    if lowered in _PROGRAM_NAMES:
        return UNKNOWN
    _, dot, suffix = lowered.rpartition(".")
    return language_of(dot + suffix if dot else "")
