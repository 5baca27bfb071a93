"""Branches by the scorers that tests of the layers above are given: the same as windows are."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.scoring.branches import Branch, branches_as_windows
from ppl_engine.scoring.scorer import Scorer
from ppl_engine.scoring.windows import Window
from tests.cli.fake_scorer import FakeScorer
from tests.fakes import BigramScorer, ContextScorer, uniform
from tests.texts import *
