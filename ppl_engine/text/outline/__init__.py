"""The headings of documents, and the documented names of programs: what a text is divided by.

A file for each format, by the grammar or the tokens that its prose is read by. Pure.
"""

from ppl_engine.text.outline.heading import Heading, Section
from ppl_engine.text.outline.sections import outline, sections

__all__ = ["Heading", "Section", "outline", "sections"]
