import pytest

from ppl_engine.analysis import Progress
from ppl_lsp.features.status import scoring_message


@pytest.mark.parametrize(
    ("progress", "message"),
    [
        (None, "ppl: scoring…"),
        (Progress(0, 0), "ppl: scoring…"),
        (Progress(0, 300), "ppl: scoring 0 %"),
        (Progress(299, 300), "ppl: scoring 99 %"),
        (Progress(300, 300), "ppl: scoring 100 %, comparing…"),
    ],
)
def test_the_status_says_how_far_it_is(progress: Progress | None, message: str) -> None:
    assert scoring_message(progress) == message
