"""What is prose in programs: comments and docstrings, less what in them is code or for tools."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppl_engine.text import code
from ppl_engine.text.languages import LANGUAGES, PROGRAMS, language_of_name
from ppl_engine.text.prose import prose_spans
from tests.marked import check_marks, without_marks

EXAMPLES = {
    "javascript": """
        #!/usr/bin/env node
        // Copyright 2024 Someone. All rights reserved.
        // Licensed under the MIT license.

        /* eslint-disable no-console */
        /**
         * Adds two numbers, as the caller wishes.
           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
         *
         * Use {@link add} or `x + y` in the long run.
           ~~~             ~~         ~~~~~~~~~~~~~~~~
         * @param {number} left - the left one
                                  ~~~~~~~~~~~~
         * @param right the right one
                        ~~~~~~~~~~~~~
         * @returns {number} their sum
                             ~~~~~~~~~
         * @example
         * add(1, 2)
         * @see other
         */
        function add(left, right) { // why not
                                       ~~~~~~~
          // const x = 5;
          // return foo(x);
          return "// not a comment"; /* inline words */
                                        ~~~~~~~~~~~~
        }
        // TODO(me): make this faster.
                     ~~~~~~~~~~~~~~~~~
        // eslint-disable-next-line
    """,
    "rust": """
        //! The crate does things.
            ~~~~~~~~~~~~~~~~~~~~~~
        //!
        //! ```
        //! let x = 1;
        //! ```
        /// Returns the [`Foo`] of `bar`.
            ~~~~~~~~~~~         ~~
        ///
        /// # Errors
            ~~~~~~~~
        /// Fails if the file is missing; see Foo::bar and do_it().
            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~          ~~~
        fn f() {} // SAFETY: the pointer is valid
                             ~~~~~~~~~~~~~~~~~~~~
    """,
    "go": """
        // Package foo does words.
           ~~~~~~~~~~~~~~~~~~~~~~~
        package foo

        //go:build linux
        // Do reads the file.
           ~~~~~~~~~~~~~~~~~~
        //
        //	x := 1
        //
        // More words follow.
           ~~~~~~~~~~~~~~~~~~
        func Do() {}
    """,
    "python": r'''
        # -*- coding: utf-8 -*-
        """Module words here.
           ~~~~~~~~~~~~~~~~~~

        Example::
        ~~~~~~~~~

            code here

        More words:
        ~~~~~~~~~~~

        >>> f(1)
        2

        Args:
            x (int): The first one
                     ~~~~~~~~~~~~~
                goes on here.
                ~~~~~~~~~~~~~
            y: second.
               ~~~~~~~

        :param z: the third
                  ~~~~~~~~~
        :returns: nothing at all
                  ~~~~~~~~~~~~~~

        .. code-block:: python

            x = 1

        Words at the end.
        ~~~~~~~~~~~~~~~~~
        """
        x = f"""not doc"""
        # x = 5
        # if x:
        #     return x
        y = 1  # noqa: E501
        z = 2  # seconds since start, see `x`
                 ~~~~~~~~~~~~~~~~~~~~~~~~
        def f():
            r"""One line \\d."""
                ~~~~~~~~
    ''',
    "java": """
        /**
         * Reads <b>the</b> file {@code foo}.
           ~~~~~    ~~~     ~~~~
         * <pre>
         *   int x;
         * </pre>
         * @throws IOException if it fails
                               ~~~~~~~~~~~
         * @author Me
         */
        class A { /* words */ }
                     ~~~~~
    """,
    "csharp": """
        /// <summary>
        /// Gets the <see cref="Foo"/> value.
            ~~~~~~~~                   ~~~~~~
        /// </summary>
        /// <param name="x">The value.</param>
                            ~~~~~~~~~~
        class A {}
    """,
    "c": r"""
        #include <x.h>
        /* A block of words
           ~~~~~~~~~~~~~~~~
           that goes on. */
           ~~~~~~~~~~~~~
        /** \brief Words here.
                   ~~~~~~~~~~~
         *  \param[in] x the thing
                         ~~~~~~~~~
         *  \return nothing
                    ~~~~~~~
         */
        int x; ///< member words
                    ~~~~~~~~~~~~
        #if 0
        #endif
    """,
    "lua": """
        -- words here
           ~~~~~~~~~~
        --[[ block words
             ~~~~~~~~~~~
        on two lines ]]
        ~~~~~~~~~~~~
        --- doc words
            ~~~~~~~~~
        -- @param x the thing
                    ~~~~~~~~~
        local x = 1 -- trailing
                       ~~~~~~~~
    """,
    "ruby": """
        # frozen_string_literal: true

        # Words here.
          ~~~~~~~~~~~
        =begin
        Block words.
        ~~~~~~~~~~~~
        =end
        x = 1
    """,
    "sql": """
        -- words here
           ~~~~~~~~~~
        SELECT 1; /* more words */
                     ~~~~~~~~~~
        -- SELECT a FROM b;
    """,
    "shellscript": """
        #!/bin/bash
        # Words about the script.
          ~~~~~~~~~~~~~~~~~~~~~~~
        echo "# no" # yes it is
                      ~~~~~~~~~
        # shellcheck disable=SC2034
    """,
    "css": """
        /* Words about the layout. */
           ~~~~~~~~~~~~~~~~~~~~~~~
        a { color: red; } /* color: red; */
    """,
    "yaml": """
        # Words here.
          ~~~~~~~~~~~
        key: value # trailing words
                     ~~~~~~~~~~~~~~
        # key: value
    """,
    "toml": """
        # Words here.
          ~~~~~~~~~~~
        x = 1 # and here
                ~~~~~~~~
    """,
    "php": """
        <html>
        <?php
        // Words here.
           ~~~~~~~~~~~
        /** Doc words.
            ~~~~~~~~~~
         * @return int the count
                   ~~~~~~~~~~~~~
         */
        # hash words
          ~~~~~~~~~~
        $x = 1;
    """,
    "kotlin": """
        /** Words of [Foo] here.
            ~~~~~~~~       ~~~~~
         * @param x the one
                    ~~~~~~~
         */
        fun f() {} // trailing words
                      ~~~~~~~~~~~~~~
    """,
    "swift": """
        /// Words here.
            ~~~~~~~~~~~
        /// - Parameter x: the one
                           ~~~~~~~
        /// - Returns: a thing
                       ~~~~~~~
        func f() {} // trailing
                       ~~~~~~~~
        /* multi
           ~~~~~
         words */
         ~~~~~
    """,
    "typescriptreact": """
        // Words here.
           ~~~~~~~~~~~
        const x = <div>{/* jsx words */}text</div>;
                           ~~~~~~~~~
    """,
    "cpp": """
        // Words here.
           ~~~~~~~~~~~
        /// Doc.
            ~~~~
        int main() { return 0; }
    """,
}


@pytest.mark.parametrize("language", EXAMPLES)
def test_comments_are_prose_and_programs_are_not(language: str) -> None:
    check_marks(EXAMPLES[language], language)


def test_every_language_has_its_grammar_and_is_known_by_its_suffix() -> None:
    assert set(PROGRAMS) <= set(LANGUAGES)
    for language in PROGRAMS:
        assert code.is_readable(language), language


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(language: str, line_end: str) -> None:
    text = without_marks(EXAMPLES.get(language, EXAMPLES["cpp"]))
    expected = [span.of(text) for span in prose_spans(text, language)]
    other = text.replace("\n", line_end)
    assert [span.of(other) for span in prose_spans(other, language)] == expected


@pytest.mark.parametrize(
    "comment",
    [
        "noqa: E501",
        "type: ignore[arg-type]",
        "SPDX-License-Identifier: MIT",
        "Copyright 2020 Somebody Else",
        "x = compute(1, 2)",
        "return x",
        "if x > 3:",
        "for (int i = 0; i < n; i++) {",
        "foo(bar, baz);",
        "import os",
        "from a.b import c",
        "self.assertEqual(a, b)",
        "-----------------",
        "https://example.org/a",
    ],
)
def test_what_is_for_tools_or_was_switched_off_is_no_prose(comment: str) -> None:
    assert prose_spans(f"x = 1\n\n# {comment}\ny = 2\n", "python") == ()


@pytest.mark.parametrize(
    "comment",
    [
        "Return the first of them, if any.",
        "import the rest of the files",
        "if nothing is there, go on",
        "this is for people (and nobody else)",
        "for each file, in order",
        "Let it be; the caller knows.",
        "class of the thing, as it is said",
        "Note that an e-mail is read/written.",
    ],
)
def test_sentences_that_begin_like_statements_are_prose(comment: str) -> None:
    text = f"x = 1\n\n# {comment}\ny = 2\n"
    assert [span.of(text) for span in prose_spans(text, "python")] == [comment]


def test_nothing_is_prose_in_a_language_without_its_grammar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code, "grammar", lambda *_: None)
    assert prose_spans("# Words here.\n", "python") == ()
    assert not code.is_readable("python")


@pytest.mark.parametrize("language", ["unknown", "haskell", "dockerfile", "cobol"])
def test_nothing_is_prose_in_a_language_that_is_not_known(language: str) -> None:
    assert prose_spans("words that might be a program\n", language) == ()


@pytest.mark.parametrize("language", ["plaintext", "text", ""])
def test_a_text_without_a_language_is_plain(language: str) -> None:
    assert len(prose_spans("Some words.\n", language)) == 1


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a.py", "python"),
        ("A.H", "c"),
        ("x.test.tsx", "typescriptreact"),
        ("Rakefile", "ruby"),
        ("Makefile", "unknown"),
        ("README", "plaintext"),
        ("a.unheard", "unknown"),
    ],
)
def test_the_name_of_a_file_tells_its_language(name: str, language: str) -> None:
    assert language_of_name(name) == language


PIECES = (
    *("// words\n", "# words\n", "-- words\n", "/* words\n * words */", "/**", "*/", '"""', "'"),
    *("<!-- ", "-->", "--[[", "]]", "=begin\n", "=end\n", "{", "}", "(", "\\", "\0", "\ud800", "é"),
    *(
        "\r",
        "\r\n",
        "\n\n",
        " ",
        "\t",
        "@param x ",
        "`",
        "```\n",
        ">>> ",
        ":",
        "::\n",
        "    ",
        "x = 1",
    ),
    *(
        "#!",
        "//!",
        "𝄞 ",
        "中文",
        "<a>",
        "$",
        "|",
        "\u2028",
        "\f",
        "def f():\n",
        "#include <a>\n",
        "- a: b\n",
    ),
)


@pytest.mark.parametrize("language", PROGRAMS)
@settings(max_examples=30)
@given(data=st.data())
def test_any_text_is_read_in_order_and_within_it(language: str, data: st.DataObject) -> None:
    pieces = st.one_of(st.sampled_from(PIECES), st.text(max_size=5))
    text = "".join(data.draw(st.lists(pieces, max_size=25)))
    end = 0
    for span in prose_spans(text, language):
        assert end <= span.start < span.end <= len(text)
        assert span.of(text).strip() == span.of(text)
        end = span.end


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize("part", ["a", '"', "# ", "é(", "\n"])
def test_a_long_text_of_anything_is_read_in_bounded_time(language: str, part: str) -> None:
    """Repairing what is no program takes grammars minutes, or for ever, when they get it whole."""
    prose_spans(part * 200_000, language)


@pytest.mark.parametrize("language", PROGRAMS)
def test_no_comment_lies_where_its_characters_do_not(language: str) -> None:
    """Offsets after characters of one to four bytes, and after a line that no grammar gets."""
    rng = random.Random(1)
    sign = {"css": ("/*", "*/"), "sql": ("--", ""), "lua": ("--", "")}.get(language, ("//", ""))
    if language in {"python", "ruby", "shellscript", "toml", "yaml"}:
        sign = ("#", "")
    head = "<?php\n" if language == "php" else ""
    for _ in range(20):
        word = "".join(rng.choices("aé中𝄞\ud800", k=6))
        long = rng.choice(["", f"{sign[0]} {word * 1000} {sign[1]}\n"])
        text = f"{head}\n{long}\n{sign[0]} {word} and words {sign[1]}\n"
        assert prose_spans(text, language)[-1].of(text) == f"{word} and words"
