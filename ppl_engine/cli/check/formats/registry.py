"""Every form that a report may have, by its name."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeAlias

from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.formats.github import GitHubReport
from ppl_engine.cli.check.formats.gitlab import GitLabReport
from ppl_engine.cli.check.formats.heat import HeatReport
from ppl_engine.cli.check.formats.json_objects import JsonLinesReport, JsonReport
from ppl_engine.cli.check.formats.junit import JUnitReport
from ppl_engine.cli.check.formats.markdown import MarkdownReport
from ppl_engine.cli.check.formats.sarif import SarifReport
from ppl_engine.cli.check.formats.text import TextReport
from ppl_engine.cli.output import Output


class Report(Protocol):
    """Is told of the documents one by one, as they are checked."""

    def add(self, checked: Checked) -> None:
        """Take in a document. What can be written is handed on at once."""
        ...

    def end(self, *, is_complete: bool) -> None:
        """Finish: what programs read is whole, even where the work was interrupted."""
        ...


MakeReport: TypeAlias = Callable[[Output, Run], Report]

REPORTS: Final[Mapping[str, MakeReport]] = {
    "text": TextReport,
    "heat": HeatReport,
    "json": JsonReport,
    "jsonl": JsonLinesReport,
    "sarif": SarifReport,
    "github": GitHubReport,
    "gitlab": GitLabReport,
    "junit": JUnitReport,
    "markdown": MarkdownReport,
}
"""Those of `formats.NAMES`, and `heat`, which has an option of its own."""
