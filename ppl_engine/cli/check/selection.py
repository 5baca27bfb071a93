"""Which kinds of findings a run is asked for, beside what configurations say."""

import argparse
from dataclasses import dataclass, replace

from ppl_engine.cli.check.kinds import KINDS
from ppl_engine.cli.options import SEVERITIES
from ppl_engine.configuration.schema import Configuration
from ppl_engine.findings.codes import CODES
from ppl_engine.ignoring.rules import Rules


@dataclass(frozen=True, slots=True)
class Selection:
    """What is said on the command line of kinds of findings."""

    selected: frozenset[str] = frozenset()
    """Where there are any, the only ones that are shown."""

    ignored: frozenset[str] = frozenset()
    least_severity: str = SEVERITIES[0]

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Selection":
        """Return what the arguments say."""
        return cls(
            frozenset(code for codes in arguments.select for code in codes),
            frozenset(code for codes in arguments.ignore for code in codes),
            arguments.severity,
        )

    def configured(self, configuration: Configuration) -> Configuration:
        """Return a configuration without what it says against kinds that are selected by name."""
        severity = {
            code: one
            for code, one in configuration.severity.items()
            if one != "off" or code not in self.selected
        }
        ignore = configuration.ignore - self.selected
        return replace(configuration, ignore=ignore, severity=severity)

    def narrowed(self, rules: Rules) -> Rules:
        """Return rules that leave out what is not asked for."""
        least = SEVERITIES.index(self.least_severity)
        off = {
            code
            for code in CODES
            if code in self.ignored
            or (self.selected and code not in self.selected)
            or SEVERITIES.index(rules.severities.get(code, KINDS[code].severity)) < least
        }
        return replace(rules, codes_off=rules.codes_off | off)
