from ppl_engine.findings.finding import Alternative, Finding
from ppl_engine.text.spans import Span


def finding_at(
    text: str, start: int, end: int, code: str = "surprising-word", instead: str = "horse"
) -> Finding:
    return Finding(
        code=code,
        severity="information",
        message="m",
        span=Span(start, end),
        text=text[start:end],
        surprisal_bits=40.0,
        entropy_bits=2.0,
        rank=500,
        alternatives=(Alternative(instead, 0.5),),
    )


def found(text: str, *words: str, code: str = "surprising-word") -> list[Finding]:
    """Every place of each of these words, in the order of the text."""
    places = [
        (at, at + len(word))
        for word in words
        for at in range(len(text))
        if text.startswith(word, at)
    ]
    return [finding_at(text, start, end, code) for start, end in sorted(places)]
