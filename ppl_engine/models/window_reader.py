"""Windows read by a model, from their beginnings or from what is kept of others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ppl_engine.models.body import Body, Past
from ppl_engine.models.branching import Reading, tensors
from ppl_engine.models.head import Head
from ppl_engine.models.kept import KeptWindow, KeptWindows
from ppl_engine.models.rows import RowTable, first_row, n_rows, padded, targets
from ppl_engine.models.tokens.tokenizer import TextTokenizer
from ppl_engine.scoring.scores import Floats, Ints
from ppl_engine.scoring.windows import Window


@dataclass(frozen=True, slots=True)
class CausalParts:
    """A model taken apart."""

    body: Body
    head: Head
    tokenizer: TextTokenizer


class WindowReader:
    """Reads windows and branches, and keeps what was read to go on from."""

    def __init__(self, parts: CausalParts, kept: KeptWindows, context: int) -> None:
        self.parts = parts
        self.kept = kept
        self._context = context

    @torch.inference_mode()
    def read(self, windows: Sequence[Window]) -> list[RowTable]:
        """Read windows from their beginnings, side by side."""
        head = self.parts.head
        read = [replace(w, ids=w.ids[: self._context]) for w in windows]
        ids, wanted = (tensor.to(head.device) for tensor in padded(read))
        hidden = self.parts.body.hidden_states(ids, wanted)  # (R, D)
        sizes = [n_rows(w) for w in read]
        all_targets = [targets(w, first_row(w))[:n] for w, n in zip(windows, sizes, strict=True)]
        table = self._scored(hidden, torch.cat(all_targets))
        ends = np.cumsum(sizes).tolist()
        return [table.slice(end - n, end) for n, end in zip(sizes, ends, strict=True)]

    @torch.inference_mode()
    def go_on(self, window: Window) -> KeptWindow:
        """Read a window from where it differs from one that is kept, and keep it."""
        ids, first = window.ids, first_row(window)
        body, device = self.parts.body, self.parts.head.device
        found = self.kept.take(ids)
        known, start, before = None, 0, None  # rows known, first token to read, rows between
        past = found[0].past if found else body.new_past(len(ids))
        if found:
            kept, start = found
            if kept.first_row <= first < start:
                known = kept.table.slice(first - kept.first_row, start - kept.first_row)
                before = torch.from_numpy(known.hidden[-1:])
                known = known.slice(0, start - first - 1)
            else:
                start = min(start, first)
            past.crop(start)
        hidden = torch.empty(0) if before is None else before.to(device)  # (R, D)
        if start < len(ids):
            n_wanted = len(ids) - max(start, first)
            read = body.more_hidden_states(torch.from_numpy(ids[start:]).to(device), past, n_wanted)
            hidden = read if before is None else torch.cat([hidden, read.float()])
        table = self._scored(hidden, targets(window, len(ids) - len(hidden)))
        table = known.followed_by(table) if known else table
        window_kept = KeptWindow(ids, past, first, table)
        self.kept.put(window_kept)
        return window_kept

    @torch.inference_mode()
    def begin(self, windows: Sequence[Window]) -> list[KeptWindow]:
        """Read windows from their beginnings, side by side, and keep them."""
        device = self.parts.head.device
        texts = [(torch.from_numpy(w.ids).to(device), n_rows(w)) for w in windows]
        hidden, pasts = self.parts.body.begun_hidden_states(texts)  # (R, D)
        table = self._scored(hidden, torch.cat([targets(w, first_row(w)) for w in windows]))
        ends = np.cumsum([n for _, n in texts]).tolist()
        found = [
            KeptWindow(w.ids, past, first_row(w), table.slice(end - n, end))
            for w, past, end, (_, n) in zip(windows, pasts, ends, texts, strict=True)
        ]
        for one in found:
            self.kept.put(one)
        return found

    def past_of(self, ids: Ints) -> Past:
        """Return what is known after some ids, to be looked at only; read now if nobody did.

        It is read from its beginning: going on would write over what may be looked at, too.
        """
        if len(ids) == 0:
            return self.parts.body.new_past(0)
        past = self.kept.past_of(ids)
        return self.begin([Window(ids, len(ids))])[0].past if past is None else past

    @torch.inference_mode()
    def read_branches(self, readings: Sequence[Reading], pasts: Sequence[Past]) -> list[Floats]:
        """Return ln p of the targets of each."""
        head = self.parts.head
        branches, wanted = tensors(readings, head.device)
        hidden = self.parts.body.branch_hidden_states(branches, pasts)  # (R, D)
        rows = torch.arange(len(wanted), device=head.device)
        found = head.logprobs(hidden, rows, wanted).cpu().numpy()
        ends = np.cumsum([len(reading.ids) for reading in readings])
        return np.split(found, ends[:-1])

    def _scored(self, hidden: Tensor, wanted: Tensor) -> RowTable:
        """Score tokens (R,) against what final hidden states (R, D) predict."""
        return RowTable.of(self.parts.head.score(hidden, wanted.to(hidden.device)), hidden)
