"""From all that was found in a text to what is shown of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ppl_engine.findings.codes import WORD_CODES
from ppl_engine.findings.finding import Finding, Severity
from ppl_engine.ignoring.dictionary import Dictionary
from ppl_engine.ignoring.directives import Directives, Problem, directives
from ppl_engine.ignoring.fingerprint import fingerprint
from ppl_engine.ignoring.terms import Terms


@dataclass(frozen=True, slots=True)
class Rules:
    """What is not wanted in one document. A value; where it comes from it does not know."""

    dictionaries: tuple[Dictionary, ...] = ()
    terms: Terms = field(default_factory=Terms)
    """What the project itself calls things."""

    codes_off: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = field(default_factory=dict[str, Severity])
    """By code, where it is not that of the finding."""

    accepted: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many findings of a fingerprint are accepted."""

    is_excluded: bool = False
    """Whether nothing of the document is wanted."""


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is left of the findings of a text."""

    findings: tuple[Finding, ...]
    """In the order of the text, under the severity that the rules give them."""

    n_ignored: int
    problems: tuple[Problem, ...]
    """Comments to us that are not understood."""


def sift(findings: Sequence[Finding], text: str, language: str, rules: Rules) -> Sifted:
    """Apply the rules and the comments in a text to what was found in it."""
    said = directives(text, language)
    wanted = [finding for finding in findings if _is_wanted(finding, text, said, rules)]
    shown = tuple(_severed(finding, rules) for finding in _not_accepted(wanted, text, rules))
    return Sifted(shown, len(findings) - len(shown), () if rules.is_excluded else said.problems)


def kept(
    findings: Sequence[Finding], text: str, language: str, rules: Rules
) -> tuple[Finding, ...]:
    """Return the findings that are wanted, in the order of the text."""
    return sift(findings, text, language, rules).findings


def _is_wanted(finding: Finding, text: str, said: Directives, rules: Rules) -> bool:
    if rules.is_excluded or finding.code in rules.codes_off:
        return False
    if said.silence(finding.code, finding.span):
        return False
    return finding.code not in WORD_CODES or not _is_known(finding, text, said, rules)


def _is_known(finding: Finding, text: str, said: Directives, rules: Rules) -> bool:
    """Whether the word that is doubted is one that somebody vouches for."""
    word = finding.span.of(text)
    dictionaries = (said.dictionary, *rules.dictionaries)
    if any(dictionary.holds(word) for dictionary in dictionaries):
        return True
    if finding.code == "ungrounded":
        return False  # a project's terms may be an invention that its documents repeat
    if finding.code == "likely-mistake":
        return rules.terms.excuse_mistake(word, [one.text for one in finding.alternatives])
    return rules.terms.excuse_surprise(word)


def _not_accepted(findings: list[Finding], text: str, rules: Rules) -> list[Finding]:
    if not rules.accepted:
        return findings
    left = Counter(rules.accepted)
    shown: list[Finding] = []
    for finding in findings:
        name = fingerprint(finding, text)
        if left[name] > 0:
            left[name] -= 1
        else:
            shown.append(finding)
    return shown


def _severed(finding: Finding, rules: Rules) -> Finding:
    severity = rules.severities.get(finding.code, finding.severity)
    return finding if severity == finding.severity else replace(finding, severity=severity)
