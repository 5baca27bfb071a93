"""Excerpts of clean prose: some small enough to ship, more to calibrate by."""

import random
from collections.abc import Iterable
from typing import Final

from ppl_engine.findings.calibration import Sample
from ppl_engine.pretraining.corpus import CorpusDocument

_FREE_TO_COPY: Final = ("MIT", "Apache-2.0", "BSD-3-Clause", "CC0-1.0", "PD", "CC-BY-4.0")
"""Licences under which an excerpt may be shipped with the name of its source, as they begin."""

_SHARE_ALIKE: Final = "SA"
_CHARACTERS: Final = 2400
_FEWEST_WORDS: Final = 200


def excerpts(
    documents: Iterable[CorpusDocument], n: int, seed: int
) -> list[tuple[CorpusDocument, Sample]]:
    """Return `n` excerpts of whole paragraphs with their documents, each of another source."""
    usable = [d for d in documents if _may_be_copied(d.licence)]
    random.Random(seed).shuffle(usable)
    found: dict[str, tuple[CorpusDocument, Sample]] = {}
    for document in usable:
        text = _excerpt(document.text)
        if document.source not in found and len(text.split()) >= _FEWEST_WORDS:
            found[document.source] = (document, Sample(text, "markdown"))
        if len(found) == n:
            break
    return list(found.values())


def beginnings(documents: Iterable[CorpusDocument], n: int, seed: int) -> list[Sample]:
    """Return the beginnings of `n` documents, of as many as have enough prose."""
    every = list(documents)
    random.Random(seed).shuffle(every)
    texts = (_excerpt(document.text) for document in every)
    enough = [text for text in texts if len(text.split()) >= _FEWEST_WORDS]
    return [Sample(text, "markdown") for text in enough[:n]]


def _may_be_copied(licence: str) -> bool:
    return licence.startswith(_FREE_TO_COPY) and _SHARE_ALIKE not in licence


def _excerpt(text: str) -> str:
    """Return the beginning of a text up to the end of a paragraph."""
    if len(text) <= _CHARACTERS:
        return text
    end = text.rfind("\n\n", 0, _CHARACTERS)
    return text[: end + 1] if end > 0 else ""


def sources(chosen: Iterable[tuple[CorpusDocument, Sample]]) -> str:
    """Say whose the excerpts are."""
    rows = sorted((d.source, d.path, d.licence) for d, _ in chosen)
    lines = [f"| {source} | {path} | {licence} |" for source, path, licence in rows]
    return "\n".join(
        [
            "# Sources of the clean prose",
            "",
            "The beginnings of these published documents are shipped as `clean_prose.jsonl.xz`.",
            "They are used to measure what a model takes for surprising where nothing is wrong.",
            "",
            "| repository | file | licence |",
            "| --- | --- | --- |",
            *lines,
            "",
        ]
    )
