"""The whole text of each document with its surprisal."""

from collections.abc import Iterator

from ppl_engine.analysis import Analysis
from ppl_engine.cli.check.checked import Checked, Run
from ppl_engine.cli.check.formats.text import total_parts
from ppl_engine.cli.heat_map import colored, in_brackets, legend
from ppl_engine.cli.output import Output, Part, on_terminal
from ppl_engine.cli.reports import write_text
from ppl_engine.heat import BAND_EDGES_BITS, bands


class HeatReport:
    """Every document as a heat map, then what the colors mean, and totals."""

    def __init__(self, output: Output, run: Run) -> None:
        self._output = output
        self._run = run

    def add(self, checked: Checked) -> None:
        """Write a document."""
        if checked.analysis is not None:
            _write_heat(self._output, checked.path, checked.analysis)

    def end(self, *, is_complete: bool) -> None:
        """Write the legend and the totals."""
        if is_complete:
            write_text(self._output, [_legend_parts(self._output), total_parts(self._run.tally)])


def _write_heat(output: Output, path: str, analysis: Analysis) -> None:
    """Write a whole document with its surprisal."""
    text, words = analysis.text, analysis.words
    ends, surprisal_bits = words.ends.tolist(), words.surprisal_bits.tolist()
    heat = bands(words.surprisal_bits).tolist()
    output.write((f"{on_terminal(path)}\n\n", "bold"))
    if output.has_color:
        output.write(*colored(text, words.starts.tolist(), ends, heat))
    else:
        output.write(*in_brackets(text, ends, surprisal_bits, heat))
    output.write("\n" if text.endswith(("\n", "\r")) else "\n\n")
    output.flush()


def _legend_parts(output: Output) -> Iterator[Part]:
    """Yield what the colors mean, where there are any."""
    if output.has_color:
        yield from legend(BAND_EDGES_BITS)
        yield "\n"
