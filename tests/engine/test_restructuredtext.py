"""What is prose in reStructuredText."""

from tests.engine.formats import check_any_text, check_edits, check_length
from tests.marked import check_marks

DOCUMENT = r"""
    Title words
    ~~~~~~~~~~~
    ===========

    Some *text* with ``code`` and :ref:`label` and `link <http://x>`_.
    ~~~~~~~~~~~~~~~~          ~~~              ~~~  ~~~~             ~
    See :doc:`the other page <foo>` and |sub| and word_ and [1]_.
    ~~~                             ~~~       ~~~       ~~~     ~

    .. note:: This is a note
              ~~~~~~~~~~~~~~
       with more text.
       ~~~~~~~~~~~~~~~

       And a paragraph with ``code``.
       ~~~~~~~~~~~~~~~~~~~~         ~

       - list **here**
       ~~~~~~~~~~~~~~~

    .. code-block:: python
       :linenos:

       x = 1

    .. _label:

    Example::
    ~~~~~~~

       code here

    >>> 1+1
    2

    - item one
      ~~~~~~~~
      goes on
    ~~~~~~~~~
    - item
      ~~~~

    :param x: the thing
              ~~~~~~~~~
    :type x: int
    term
    ~~~~
       definition of it
       ~~~~~~~~~~~~~~~~

    .. a comment

    | line block
      ~~~~~~~~~~
    | more
      ~~~~

    ===== =====
     aa    bb
     ~~~~~~~~
    ===== =====
    cell  words
    ~~~~~~~~~~~
    ===== =====

    +------+------+
    | cell | two  |
      ~~~~   ~~~
    +------+------+

    .. figure:: x.png
       :alt: some words

       The caption.
       ~~~~~~~~~~~~

    .. image:: foo.png

    .. toctree::

       one
       two

    .. py:function:: foo(a, b)

       Does things.
       ~~~~~~~~~~~~

       .. versionadded:: 3.1
                         ~~~
          The thing.
          ~~~~~~~~~~

        A block quote here.
        ~~~~~~~~~~~~~~~~~~~

    .. [1] A footnote here.
           ~~~~~~~~~~~~~~~~

    .. math::

       x = 1

    -o FILE  option words
             ~~~~~~~~~~~~
"""

PIECES = (
    *(
        "Title\n=====\n\n",
        "``code``",
        "`text <x>`_",
        ":ref:`a`",
        ".. note:: ",
        ".. note::\n\n   x\n",
        "::\n\n",
    ),
    *(
        "   ",
        "* item\n",
        "1. item\n",
        ":param x: y\n",
        "|a|",
        "| line\n",
        "+---+\n",
        "=== ===\n",
        ".. [1] x\n",
    ),
    *(">>> x\n", ".. _a:\n", ".. comment\n", "`", "``", "*", "**", "_", ":", "..", "|", "[", "]_"),
)


def test_text_is_prose_and_markup_is_not() -> None:
    check_marks(DOCUMENT, "restructuredtext")


def test_any_text_is_read() -> None:
    check_any_text("restructuredtext", PIECES)


def test_edits_are_followed() -> None:
    check_edits("restructuredtext", PIECES, DOCUMENT)


def test_a_long_text_of_anything_is_read_in_bounded_time() -> None:
    check_length("restructuredtext", ("a", "`", "*", ":", "..", "é ", "\n", "| a\n", "- ", "_"))
