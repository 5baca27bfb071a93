"""What is prose in HTML."""

from ppl_engine.text.prose import prose_spans
from tests.engine.formats import check_any_text, check_edits, check_length
from tests.marked import check_marks

DOCUMENT = r"""
    <!DOCTYPE html>
    <html lang="en"><head><title>The title</title><meta content="words"><style>a{}</style></head>
                                 ~~~~~~~~~
    <body><!-- a comment here -->
    <p>Some <b>bold</b> text &amp; <code>code</code> and <kbd>x</kbd>.
       ~~~~    ~~~~     ~~~~                         ~~~             ~
    <p>Next <a href="http://x">link</a> <img alt="an image"> {{ template }} {% if x %}.
       ~~~~                    ~~~~                                                   ~
    <pre>code
    </pre><script>var x</script><div class="a">Words here</div>
                                               ~~~~~~~~~~
    <ul><li>item one<li>item two</ul>
            ~~~~~~~~    ~~~~~~~~
    </body></html>
"""

PIECES = (
    *(
        "<p>",
        "</p>",
        "<code>",
        "</code>",
        "<pre>",
        "</pre>",
        "<br/>",
        "<a href='x'>",
        "</a>",
        "&amp;",
        "&",
    ),
    *("<!--", "-->", "<script>", "</script>", "<style>", "</style>", "<", ">", '"', "'", "=", "/"),
    *("{{ x }}", "{%", "%}", "<?php ", "?>", "<![CDATA[", "]]>", "<!DOCTYPE html>"),
)


def test_text_is_prose_and_markup_is_not() -> None:
    check_marks(DOCUMENT, "html")


def test_the_rest_of_a_page_is_read_after_what_is_broken() -> None:
    text = "<p>One</b> two.</p></div>\n<p>Three.</p>"
    assert [span.of(text) for span in prose_spans(text, "html")] == ["One", "two.", "Three."]


def test_any_text_is_read() -> None:
    check_any_text("html", PIECES)


def test_edits_are_followed() -> None:
    check_edits("html", PIECES, DOCUMENT)


def test_a_long_text_of_anything_is_read_in_bounded_time() -> None:
    check_length("html", ("a", "<", "<a>", "&", "é ", "\n", '"', "<!--", "</a>", "<p>"))
