"""What is prose in commit messages."""

import pytest

from ppl_engine.text.languages import language_of_name
from ppl_engine.text.prose import prose_spans
from tests.marked import check_marks

MESSAGE = """
    fix(parser)!: Read the last line too
                  ~~~~~~~~~~~~~~~~~~~~~~

    The line after 1a2b3c4d was lost; see #12 and `read_line`.
    ~~~~~~~~~~~~~~          ~~~~~~~~~~~~~     ~~~            ~
    It is found again by next_line().
    ~~~~~~~~~~~~~~~~~~~~            ~

        indented output of a program

    Note: this is a sentence, since more words follow
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    on a second line.
    ~~~~~~~~~~~~~~~~~

    Signed-off-by: Some One <one@example.org>
    Co-authored-by: Some Other <other@example.org>
    Reviewed-by: A Person
      who has a long name
    # Please enter the commit message for your changes.
    # On branch main
    # ------------------------ >8 ------------------------
    diff --git a/x b/x
    +words that were added
"""


@pytest.mark.parametrize("language", ["git-commit", "gitcommit"])
def test_the_message_is_prose_and_what_git_adds_is_not(language: str) -> None:
    check_marks(MESSAGE, language)


def test_a_subject_that_looks_like_a_trailer_is_the_message() -> None:
    check_marks("docs: say why\n      ~~~~~~~\n\n# On branch main\n", "git-commit")


def test_a_fixup_names_what_it_fixes() -> None:
    check_marks("fixup! Read the last line\n       ~~~~~~~~~~~~~~~~~~\n", "git-commit")


def test_lines_end_as_on_any_system() -> None:
    text = "Words\r\n\r\n# comment\r\nmore words\r\n\r\nFixes: one\r\n"
    assert [s.of(text) for s in prose_spans(text, "git-commit")] == ["Words", "more words"]


def test_git_names_the_file() -> None:
    assert language_of_name("COMMIT_EDITMSG") == "git-commit"
