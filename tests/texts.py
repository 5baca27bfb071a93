"""Texts that break things, and hypothesis strategies for more of them."""

from typing import Final

from hypothesis import strategies as st

NASTY: Final = (
    "",
    " ",
    "\n",
    "a",
    "👩‍👩‍👧‍👦 family, 👍🏽 thumb, 🇩🇪 flag",
    "e\u0301 cafe\u0301 a\u030a\u0323",
    "one\r\ntwo\rthree\nfour\u2028five\u2029six\x0cseven\x0beight\x85nine",
    "\x00 NUL \x00\x00",
    "\ud800 lone \udfff surrogates \udc00\ud83d",
    "עברית مرحبا بالعالم \u202eright to left\u202c",
    "漢字かな交じり文、テスト。한국어 텍스트 ภาษาไทย",
    "<|endoftext|> <s> </s> <unk> [MASK]",
    "don't “quote” it’s ‘fine’ — really…",
    " leading and trailing \t ",
    "\ufeffBOM first",
    "\u200d\u0301\ufe0f marks first",
)

characters = st.one_of(
    st.sampled_from("ab  \n\r\t.,'’-_`#é中𝄞😀\u0301\u200d\u2028\x0c\x00\ud800"),
    st.characters(),
)
texts = st.text(characters, max_size=200)
