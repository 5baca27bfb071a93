"""What is prose in AsciiDoc."""

from tests.engine.formats import check_any_text, check_edits, check_length
from tests.marked import check_marks

DOCUMENT = r"""
    = Title of it
      ~~~~~~~~~~~
    Some Author
    :toc:
    :name: value

    == A section
       ~~~~~~~~~

    Words with `code` and *bold* and {attr} and <<ref,the text>>.
    ~~~~~~~~~~        ~~~~~~~~~~~~~~        ~~~       ~~~~~~~~  ~
    See link:foo.html[the page] and https://example.org[its site].
    ~~~              ~~~~~~~~~~~~~~                         ~~~~~~

    [source,python]
    ----
    x = 1
    ----

    NOTE: Take care here.
          ~~~~~~~~~~~~~~~

    * an item
    ~~~~~~~~~
    ** another item
    ~~~~~~~~~~~~~~~
    . numbered
    ~~~~~~~~~~

    .A title
     ~~~~~~~
    ....
    literal
    ....

    // a comment
    image::foo.png[]

    |===
    |one |two
     ~~~  ~~~
    |===

     literal line

    term:: its meaning
    ~~~~   ~~~~~~~~~~~
"""

PIECES = (
    *(
        "= Title\n",
        "----\n",
        "....\n",
        "[source]\n",
        "[[",
        "]]",
        "<<",
        ">>",
        "`",
        "+",
        "|===\n",
        "|",
        "* item\n",
    ),
    *(
        "NOTE: ",
        ".Title\n",
        "image::a[]\n",
        "link:a[",
        "{a}",
        "//",
        "////\n",
        ":a: b\n",
        " literal\n",
        "::",
    ),
)
LONG = ("a", "`", "<<", "{", "[", "é ", "\n", "= ", "+", "link:")


def test_text_is_prose_and_markup_is_not() -> None:
    check_marks(DOCUMENT, "asciidoc")


def test_any_text_is_read() -> None:
    check_any_text("asciidoc", PIECES)


def test_edits_are_followed() -> None:
    check_edits("asciidoc", PIECES, DOCUMENT)


def test_a_long_text_of_anything_is_read_in_bounded_time() -> None:
    check_length("asciidoc", LONG)
