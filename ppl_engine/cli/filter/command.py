"""`ppl filter`: the records of a data set that a model reads as somebody wants."""

import argparse
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ppl_engine.cli.cluster import engines, is_spread
from ppl_engine.cli.filter.options import add_filter, limits_of, quantiles_of
from ppl_engine.cli.session import ExitCode, Models, Session
from ppl_engine.cli.sources import STDIN, find_files
from ppl_engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ppl_engine.cli.options import Subparsers
    from ppl_engine.filtering.items import Source
    from ppl_engine.filtering.limits import Limits, Quantiles
    from ppl_engine.filtering.outputs.opening import Targets
    from ppl_engine.filtering.passes import ScoredGroup, ScoreGroups, Tally
    from ppl_engine.filtering.score_file import ScoreFile
    from ppl_engine.records import BadRecord
    from ppl_engine.scoring.lines import LineScore
    from ppl_engine.scoring.scorer import ModelInfo

_N_BAD_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Model:
    """What scores texts."""

    info: "ModelInfo"
    score: "ScoreGroups"


@dataclass(frozen=True, slots=True)
class Task:
    """What one run is to do."""

    source: "Source"
    targets: "Targets"
    limits: "Limits"
    quantiles: "Quantiles | None"
    scores: str | None
    """The file of scores; None if they need not be kept for another run."""

    is_restarted: bool

    @property
    def is_stream(self) -> bool:
        """Whether the input can be read once only."""
        return STDIN in self.source.files

    @property
    def is_done_at_once(self) -> bool:
        """Whether each record can be written as soon as it has its score."""
        nobody_waits = self.scores is None and self.quantiles is None
        return self.is_stream or (nobody_waits and not self.targets.needs_schema())


def add_to(commands: "Subparsers") -> None:
    """Add the command and its options."""
    add_filter(commands).set_defaults(run=run)


def run(arguments: argparse.Namespace, models: Models) -> int:
    """Filter the records; 0, or 2 if something could not be read or written."""
    session = Session.of(arguments, models)
    with session.reporting_failures():
        _run(arguments, session)
    return ExitCode.FAILED if session.has_failed else ExitCode.CLEAN


def _run(arguments: argparse.Namespace, session: Session) -> None:
    # All that needs numpy is imported after the help could have been printed.
    from ppl_engine.cli.filter.report import show  # noqa: PLC0415

    task = _task(arguments, session)
    if not task.source.files:
        session.fail("there is nothing to filter")
        return
    with _model(arguments, session) as model:
        tally, limits = _filtered(task, model, session)
        if not arguments.dry_run and task.scores is not None and arguments.scores is None:
            Path(task.scores).unlink(missing_ok=True)
        show(arguments, tally, limits, model.info)
    if arguments.dry_run and task.scores is not None:
        session.note(f"the scores are kept in {task.scores} for the run without --dry-run")


def _task(arguments: argparse.Namespace, session: Session) -> Task:
    from ppl_engine.filtering.items import Source  # noqa: PLC0415
    from ppl_engine.filtering.outputs.opening import Targets  # noqa: PLC0415
    from ppl_engine.records import RECORD_SUFFIXES  # noqa: PLC0415

    out: str | None = arguments.output
    if out is None and not arguments.dry_run:
        raise EngineError(
            "Say where to write with -o FILE, or only look how scores are spread with --dry-run."
        )
    files = tuple(find_files(arguments.paths, RECORD_SUFFIXES, session))
    source = Source(files, arguments.field, lines=arguments.lines)
    beside = None if out in {None, STDIN} or STDIN in files else out
    targets = Targets(
        kept=out,
        rejected=arguments.rejected,
        bad=arguments.bad or (f"{out}.bad.jsonl" if out not in {None, STDIN} else None),
        has_scores=arguments.add_scores,
    )
    targets.check(source)
    task = Task(
        source,
        Targets(None, None, None, has_scores=False) if arguments.dry_run else targets,
        limits_of(arguments),
        quantiles_of(arguments),
        arguments.scores or (beside and f"{beside}.scores"),
        is_restarted=arguments.restart,
    )
    if task.is_stream:
        _check_stream(task)
    return task


def _check_stream(task: Task) -> None:
    if len(task.source.files) > 1:
        raise EngineError("Standard input can not be mixed with files: it can be read only once.")
    for option, is_asked in (
        ("--keep-quantile", task.quantiles is not None),
        ("--scores", task.scores is not None),
        ("an output in Parquet", task.targets.needs_schema()),
    ):
        if is_asked:
            raise EngineError(
                f"With {option} the input is read twice, which standard input can not be; "
                "write it to a file first."
            )


@contextmanager
def _model(arguments: argparse.Namespace, session: Session) -> Generator[Model, None, None]:
    if is_spread(arguments):
        from ppl_engine.distributed.engines import model_of  # noqa: PLC0415
        from ppl_engine.distributed.scoring import score_partition  # noqa: PLC0415

        with engines(arguments, session) as pool:
            yield Model(pool.call(model_of), partial(pool.map, score_partition))
        return
    from ppl_engine.streaming import score_text_groups  # noqa: PLC0415

    scorer = session.engine.scorer

    def score(groups: "Iterable[Sequence[str]]") -> "Iterator[list[LineScore]]":
        return score_text_groups(groups, scorer)

    yield Model(scorer.model, score)


def _filtered(task: Task, model: Model, session: Session) -> "tuple[Tally, Limits]":
    from ppl_engine.cli.filter.report import Counting  # noqa: PLC0415
    from ppl_engine.filtering.passes import (  # noqa: PLC0415
        remembered,
        score_records,
        scored,
    )

    if task.is_done_at_once:
        with Counting("records") as counting:
            groups = counting.counted(scored(task.source, model.score), lambda group: len(group[0]))
            return _sorted(task, groups, task.limits, session), task.limits
    with _score_file(task, model.info, session) as file:
        with Counting("records") as counting:
            counting.add(file.n_rows)
            score_records(task.source, model.score, file, counting.add)
        limits = _with_quantiles(task, file)
        return _sorted(task, remembered(task.source, file), limits, session), limits


@contextmanager
def _score_file(
    task: Task, info: "ModelInfo", session: Session
) -> "Generator[ScoreFile, None, None]":
    from ppl_engine.filtering.identity import identity_of  # noqa: PLC0415
    from ppl_engine.filtering.score_file import ScoreFile  # noqa: PLC0415

    source = task.source
    form = "lines" if source.lines else "by suffix"
    identity = identity_of(source.files, field=source.field, form=form, model=info)
    with tempfile.TemporaryDirectory(prefix="ppl-filter-") as directory:
        path = Path(directory, "scores") if task.scores is None else Path(task.scores)
        if task.is_restarted:
            path.unlink(missing_ok=True)
        file = ScoreFile.open(path, identity)
        try:
            if file.n_rows:
                session.note(f"{path}: {file.n_rows:,} records have their scores already")
            yield file
        finally:
            file.close()


def _with_quantiles(task: Task, file: "ScoreFile") -> "Limits":
    from ppl_engine.filtering.limits import Measure, cut  # noqa: PLC0415

    quantiles = task.quantiles
    if quantiles is None:
        return task.limits
    found = cut(quantiles, lambda: (quantiles.measure.of(rows) for rows in file.chunks()))
    limits = task.limits
    if quantiles.measure is Measure.PERPLEXITY:
        return replace(limits, perplexity=limits.perplexity.within(found))
    return replace(limits, bits_per_byte=limits.bits_per_byte.within(found))


def _sorted(
    task: Task, groups: "Iterable[ScoredGroup]", limits: "Limits", session: Session
) -> "Tally":
    from ppl_engine.filtering.outputs.opening import open_outputs  # noqa: PLC0415
    from ppl_engine.filtering.passes import sort_records  # noqa: PLC0415

    tell = _teller(session)
    with ExitStack() as stack:
        outputs = open_outputs(task.targets, task.source, tell, stack)
        tally = sort_records(groups, limits, outputs)
    bad = task.targets.bad
    if tally.n_bad > _N_BAD_SHOWN:
        session.note(f"and {tally.n_bad - _N_BAD_SHOWN:,} more bad records")
    if bad is not None and tally.n_bad:
        session.note(f"bad records are in {bad}")
    elif bad is not None:
        Path(bad).unlink(missing_ok=True)  # of an earlier run
    return tally


def _teller(session: Session) -> "Callable[[BadRecord], None]":
    n_told = 0

    def tell(bad: "BadRecord") -> None:
        nonlocal n_told
        n_told += 1
        if n_told <= _N_BAD_SHOWN:
            session.fail(f"{bad.place}: {bad.reason}")

    return tell
