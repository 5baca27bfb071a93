"""The field's reference text, cut by the field's reference tokenizer."""

import json
import lzma
from hashlib import sha256
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from ppl_engine.models.tokens.tokenizer import TextTokenizer

DATA: Final = Path(__file__).parent.parent / "data"


def unpacked(name: str) -> str:
    return lzma.decompress((DATA / name).read_bytes()).decode("utf-8")


def gpt2_tokenizer() -> TextTokenizer:
    merges = [tuple(line.split()) for line in unpacked("gpt2-vocab.bpe.xz").splitlines()[1:]]
    vocabulary = json.loads(unpacked("gpt2-encoder.json.xz"))
    backend = Tokenizer(models.BPE(vocabulary, merges))  # type: ignore[arg-type]
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    return TextTokenizer(backend)


def test_wikitext2_joined_by_blank_lines_has_287644_gpt2_tokens() -> None:
    raw = unpacked("wikitext2-test.raw.xz")
    assert sha256(raw.encode()).hexdigest().startswith("173c87a5")
    # The data set's rows are the lines with their line breaks; empty lines are empty rows.
    rows = ["" if line == " \n" else line for line in raw.splitlines(keepends=True)]
    joined = "\n\n".join(rows)
    encoding = gpt2_tokenizer().encode(joined)
    assert len(encoding.ids) == 287_644
    assert encoding.exact_spans
