"""What could have been meant: known slips by table, and what holds of any text by property."""

from collections.abc import Sequence

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ppl_engine.english.lexicon import load_lexicon
from ppl_engine.findings.correction.candidates import candidates, expected_here
from ppl_engine.findings.correction.place import place_of
from ppl_engine.findings.correction.slips import COSTS, Candidate, Slip
from ppl_engine.findings.correction.spelling import Edit, edit_of
from ppl_engine.findings.correction.word_list import words
from ppl_engine.text.words import Units, units
from tests.texts import NASTY, characters

PIECES = (
    *words("the The a an I i it's its is it user users dont alot with out teh can’t - . ` THE"),
    *words("iPhone any one of english work, 中 foo_bar >"),
    *("\n", "\n\n", "\r\n", "\t", ""),
)
BREAK_IN_PARAGRAPH = regex.compile(r"\r\n|\r|\n")


def of_marked(marked: str, expected: tuple[str, ...] = ()) -> tuple[str, list[Candidate]]:
    """Return the text and what could be meant by the word between the bars."""
    before, word, after = marked.split("|")
    text = before + word + after
    found = units(text)
    idx = found.starts.tolist().index(len(before))
    assert found.ends[idx] == len(before) + len(word)
    return text, [one for group in meant(text, found, idx, expected) for one in group]


def meant(
    text: str, found: Units, idx: int, expected: Sequence[str]
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the candidates for a word, and those of what a model would expect there."""
    place = place_of(text, found.starts, found.ends, found.is_word, idx)
    if place is None:
        return [], []
    lexicon = load_lexicon()
    return candidates(text, place, lexicon), expected_here(text, place, lexicon, expected)


def applied(text: str, candidate: Candidate) -> str:
    return text[: candidate.span.start] + candidate.text + text[candidate.span.end :]


def cost(marked: str, wanted: str, slip: Slip) -> float:
    """Return what it costs to mean the wanted text, which must be among the candidates."""
    text, found = of_marked(marked)
    (candidate,) = [c for c in found if applied(text, c) == wanted and c.slip is slip]
    return candidate.cost_bits


@pytest.mark.parametrize(
    ("marked", "wanted", "slip"),
    [
        ("|Teh| cat sat.", "The cat sat.", Slip.SPELLING),
        ("We |recieve| it.", "We receive it.", Slip.SPELLING),
        ("We |seperate| them.", "We separate them.", Slip.SPELLING),
        ("It |occured| here.", "It occurred here.", Slip.SPELLING),
        ("It is |accomodated|.", "It is accommodated.", Slip.SPELLING),
        ("in the |enviroment|", "in the environment", Slip.SPELLING),
        ("the |wrods| are", "the words are", Slip.SPELLING),
        ("the |hosue| is", "the house is", Slip.SPELLING),
        ("the |defualt| is", "the default is", Slip.SPELLING),
        ("use |pyhton| for", "use Python for", Slip.SPELLING),
        ("This is |alot| of it.", "This is a lot of it.", Slip.SPLIT),
        ("Look |inthe| file.", "Look in the file.", Slip.SPLIT),
        ("It works |with| out it.", "It works without it.", Slip.JOINED),
        ("Not |any| where else.", "Not anywhere else.", Slip.JOINED),
        ("Ask any |one| here.", "Ask anyone here.", Slip.JOINED),
        ("It is th |e| same.", "It is the same.", Slip.JOINED),
        ("He is |int| he house.", "He is in the house.", Slip.SPELLING),
        ("Then |i| go.", "Then I go.", Slip.CASE),
        ("Then |i'm| gone.", "Then I'm gone.", Slip.CASE),
        ("an |english| text", "an English text", Slip.CASE),
        ("in |javascript| code", "in JavaScript code", Slip.CASE),
        ("It ends. |then| it starts.", "It ends. Then it starts.", Slip.CASE),
        ("so |The| end", "so the end", Slip.CASE),
        ("see the |the| cat", "see the cat", Slip.DOUBLED),
        ("see |the| the cat", "see the cat", Slip.DOUBLED),
        ("see the\n|the| cat", "see the cat", Slip.DOUBLED),
        ("a kind of the |of| the same", "a kind of the same", Slip.DOUBLED),
        ("He went to |house|.", "He went to the house.", Slip.MISSING),
        ("This |example| of it.", "This is example of it.", Slip.MISSING),
        ("|Cat| sat.", "The cat sat.", Slip.MISSING),
        ("want |go| home", "want to go home", Slip.MISSING),
        ("It is |hour| long.", "It is an hour long.", Slip.MISSING),
        ("We can |to| go.", "We can go.", Slip.SUPERFLUOUS),
        ("We can to |go|.", "We can go.", Slip.SUPERFLUOUS),
        ("|Is| it good.", "It is good.", Slip.SWAPPED),
        ("Is |it| good.", "It is good.", Slip.SWAPPED),
        ("the |red| house", "the house red", Slip.SWAPPED),
        ("I |dont| know", "I don't know", Slip.APOSTROPHE),
        ("We’re off. I |dont| know", "We’re off. I don’t know", Slip.APOSTROPHE),
        ("|Its| good.", "It's good.", Slip.CONFUSION),
        ("with |it's| name", "with its name", Slip.CONFUSION),
        ("if |your| right", "if you're right", Slip.CONFUSION),
        ("the |users| name", "the user's name", Slip.APOSTROPHE),
        ("the |users| name", "the users' name", Slip.APOSTROPHE),
        ("all |user's| know", "all users know", Slip.APOSTROPHE),
        ("|Lets| go", "Let's go", Slip.CONFUSION),
        ("it |work| well", "it works well", Slip.AGREEMENT),
        ("it has |work| well", "it has worked well", Slip.AGREEMENT),
        ("they |goes| out", "they go out", Slip.AGREEMENT),
        ("it has |went| out", "it has gone out", Slip.INFLECTION),
        ("two |child| sat", "two children sat", Slip.INFLECTION),
        ("two |entry| sat", "two entries sat", Slip.AGREEMENT),
        ("it runs |quick|", "it runs quickly", Slip.INFLECTION),
        ("two |criterion|", "two criteria", Slip.INFLECTION),
        ("they |is| here", "they are here", Slip.INFLECTION),
        ("|This| files are", "These files are", Slip.INFLECTION),
        ("is |a| hour", "is an hour", Slip.ARTICLE),
        ("is a |hour|", "is an hour", Slip.ARTICLE),
        ("is an |user|", "is a user", Slip.ARTICLE),
        ("It depends |from| it.", "It depends on it.", Slip.PREPOSITION),
        ("is |then| it", "is than it", Slip.CONFUSION),
        ("for |there| files", "for their files", Slip.CONFUSION),
        ("the |manger| said", "the manager said", Slip.CONFUSION),
        ("in the |trail| version", "in the trial version", Slip.CONFUSION),
        ("you can |loose| data", "you can lose data", Slip.CONFUSION),
    ],
)
def test_what_was_meant_is_among_the_candidates(marked: str, wanted: str, slip: Slip) -> None:
    assert COSTS.doubled_small <= cost(marked, wanted, slip) < 20


def test_slips_that_are_commoner_cost_less() -> None:
    transposed = cost("the |wrods| are", "the words are", Slip.SPELLING)
    other = cost("the |wofds| are", "the words are", Slip.SPELLING)
    into_a_word = cost("the |cords| are", "the words are", Slip.SPELLING)
    assert transposed < other < into_a_word
    long = cost("the |documentatoin| is", "the documentation is", Slip.SPELLING)
    assert transposed < long
    doubled = cost("the |the| cat".replace("the |", "see the |", 1), "see the cat", Slip.DOUBLED)
    on_purpose = cost("say that |that| is", "say that is", Slip.DOUBLED)
    assert doubled < on_purpose
    by_sound = cost("is a |hour|", "is an hour", Slip.ARTICLE)
    against_sound = cost("is an |hour|", "is a hour", Slip.ARTICLE)
    assert by_sound < against_sound


@pytest.mark.parametrize(
    ("meant", "written", "edit"),
    [
        ("the", "teh", Edit.TRANSPOSITION),
        ("occurred", "occured", Edit.DOUBLING),
        ("always", "allways", Edit.DOUBLING),
        ("separate", "seperate", Edit.VOWEL),
        ("word", "wort", Edit.OTHER),
        ("read", "resd", Edit.KEYBOARD_NEIGHBOR),
        ("file", "filke", Edit.KEYBOARD_NEIGHBOR),
        ("word", "wprd", Edit.KEYBOARD_NEIGHBOR),
        ("word", "wzrd", Edit.OTHER),
        ("environment", "enviroment", Edit.OTHER),
        ("accommodate", "acomodate", Edit.SEVERAL),
    ],
)
def test_edits_are_told_apart(meant: str, written: str, edit: Edit) -> None:
    assert edit_of(meant, written) is edit


@pytest.mark.parametrize(
    "marked", ["the |TEH| is", "a |snake_case| name", "|x86| code", "in |3rd| place", "|,| no"]
)
def test_what_is_no_plain_word_is_left_alone(marked: str) -> None:
    assert of_marked(marked, ("the",))[1] == []


@pytest.mark.parametrize(
    "marked",
    [
        *("the\n\n|the|", "the. |the|", "- the\n- |the|", "the *|the|*", "the `|the|`"),
        *("## the\n|the|", "= the\r\n|the|", "text\n# of the\n|the|"),
    ],
)
def test_what_stands_apart_is_not_doubled_nor_put_together(marked: str) -> None:
    text, found = of_marked(marked)
    assert {c.span.of(text) for c in found} == {"the"}


def test_what_the_model_expects_is_dear_and_in_its_order() -> None:
    _, found = of_marked("a |banana| there", ("trumpet", " violin ", "two words", "\n", ""))
    expected = [c for c in found if c.slip is Slip.EXPECTED]
    assert [c.text for c in expected] == ["trumpet", "violin"]
    assert expected[0].cost_bits < expected[1].cost_bits
    assert found[-2:] == expected
    (at_start,) = [c for c in of_marked("|Banana| it is", ("that",))[1] if c.slip is Slip.EXPECTED]
    assert at_start.text == "That"


def test_what_the_model_expects_is_not_asked_about_a_word_in_no_list() -> None:
    """It has another fault: its letters."""
    _, found = of_marked("We |recieve| it.", ("receive", "see"))
    assert [c.slip for c in found if c.text in {"receive", "see"}] == [Slip.SPELLING]


@given(
    st.one_of(
        st.sampled_from(NASTY),
        st.lists(
            st.one_of(
                st.sampled_from(PIECES),
                st.text(characters, max_size=4),
            ),
            max_size=8,
        ).map(" ".join),
    ),
    st.lists(st.text(characters, max_size=5), max_size=3),
)
def test_of_any_word_of_any_text(text: str, expected: list[str]) -> None:
    found = units(text)
    for idx in range(len(found.starts)):
        start, end = int(found.starts[idx]), int(found.ends[idx])
        possible, likely = meant(text, found, idx, expected)
        assert len(possible) <= 60
        assert [c.cost_bits for c in possible] == sorted(c.cost_bits for c in possible)
        for group in (possible, likely):
            assert len({applied(text, c) for c in group}) == len(group)
        for candidate in possible + likely:
            replaced = candidate.span.of(text)
            assert candidate.span.start <= start < end <= candidate.span.end
            assert candidate.text
            assert applied(text, candidate) != text
            assert candidate.cost_bits > 0 or candidate.slip is Slip.DOUBLED
            n_breaks = len(BREAK_IN_PARAGRAPH.findall(replaced))
            assert n_breaks <= (candidate.slip is Slip.DOUBLED)
            assert not BREAK_IN_PARAGRAPH.search(candidate.text)


@given(st.text(characters, max_size=40), st.text(characters, max_size=40))
def test_what_was_meant_depends_on_the_place_alone(before: str, after: str) -> None:
    text = before + " then with out teh " + after
    lexicon = load_lexicon()
    found = units(text)
    for idx in range(len(found.starts)):
        place = place_of(text, found.starts, found.ends, found.is_word, idx)
        if place is None:
            continue
        low = place.before[-1].span.start if place.before else place.span.start
        high = place.after[-1].span.end if place.after else place.span.end
        alone = [one.moved(low) for one in candidates(text[low:high], place.moved(-low), lexicon)]
        assert alone == candidates(text, place, lexicon)
