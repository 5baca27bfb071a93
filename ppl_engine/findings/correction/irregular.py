"""Forms of English words that follow no rule, written for this project."""

from typing import Final

from ppl_engine.findings.correction.word_list import words

# A line is a word with all its forms.
_FORMS: Final = """
be am is are was were been being
have has had having
do does did done doing
this that these those
it they them he she him her
i me
we us
who whom
much many
less fewer
go goes went gone going
say says said saying
make makes made making
take takes took taken taking
come comes came coming
see sees saw seen seeing
know knows knew known knowing
get gets got gotten getting
give gives gave given giving
find finds found finding
think thinks thought thinking
tell tells told telling
become becomes became becoming
show shows showed shown showing
leave leaves left leaving
feel feels felt feeling
bring brings brought bringing
begin begins began begun beginning
keep keeps kept keeping
hold holds held holding
write writes wrote written writing
rewrite rewrites rewrote rewritten rewriting
overwrite overwrites overwrote overwritten overwriting
stand stands stood standing
understand understands understood understanding
hear hears heard hearing
mean means meant meaning
meet meets met meeting
run runs ran running
pay pays paid paying
sit sits sat sitting
speak speaks spoke spoken speaking
lie lies lay lain lying
lay lays laid laying
lead leads led leading
read reads reading
grow grows grew grown growing
lose loses lost losing
fall falls fell fallen falling
send sends sent sending
build builds built building
rebuild rebuilds rebuilt rebuilding
draw draws drew drawn drawing
break breaks broke broken breaking
spend spends spent spending
rise rises rose risen rising
drive drives drove driven driving
buy buys bought buying
wear wears wore worn wearing
choose chooses chose chosen choosing
seek seeks sought seeking
throw throws threw thrown throwing
catch catches caught catching
deal deals dealt dealing
win wins won winning
forget forgets forgot forgotten forgetting
sell sells sold selling
fight fights fought fighting
teach teaches taught teaching
eat eats ate eaten eating
sing sings sang sung singing
strike strikes struck striking
hang hangs hung hanging
shake shakes shook shaken shaking
ride rides rode ridden riding
feed feeds fed feeding
shoot shoots shot shooting
drink drinks drank drunk drinking
fly flies flew flown flying
hide hides hid hidden hiding
swim swims swam swum swimming
blow blows blew blown blowing
steal steals stole stolen stealing
wake wakes woke woken waking
freeze freezes froze frozen freezing
bind binds bound binding
wind winds wound winding
spin spins spun spinning
swear swears swore sworn swearing
tear tears tore torn tearing
stick sticks stuck sticking
sleep sleeps slept sleeping
sweep sweeps swept sweeping
creep creeps crept creeping
dig digs dug digging
bend bends bent bending
lend lends lent lending
shrink shrinks shrank shrunk shrinking
sink sinks sank sunk sinking
slide slides slid sliding
withdraw withdraws withdrew withdrawn withdrawing
arise arises arose arisen arising
overcome overcomes overcame overcoming
override overrides overrode overridden overriding
undo undoes undid undone undoing
undergo undergoes underwent undergone undergoing
forbid forbids forbade forbidden forbidding
forgive forgives forgave forgiven forgiving
mistake mistakes mistook mistaken mistaking
bear bears bore born borne bearing
bite bites bit bitten biting
beat beats beaten beating
light lights lit lighting
prove proves proved proven proving
put puts putting
set sets setting
reset resets resetting
cut cuts cutting
let lets letting
hit hits hitting
cost costs costing
split splits splitting
shut shuts shutting
spread spreads spreading
man men
woman women
child children
person people persons
foot feet
tooth teeth
mouse mice
goose geese
life lives
knife knives
half halves
leaf leaves
shelf shelves
wife wives
self selves
thief thieves
index indices indexes
matrix matrices
vertex vertices
appendix appendices
axis axes
analysis analyses
basis bases
crisis crises
hypothesis hypotheses
thesis theses
synthesis syntheses
parenthesis parentheses
criterion criteria
phenomenon phenomena
schema schemas schemata
medium media
datum data
bacterium bacteria
formula formulas formulae
good better best well
bad worse worst badly
far farther further
"""

AGREEING: Final = frozenset(
    words("am is are was were has have had do does did this that these those")
)
"""Forms that agree with another word; mixing these up is commonest."""


def _by_form(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in table.split("\n"):
        forms = line.split()
        for form in forms:
            others = (other for other in forms if other != form)
            found[form] = tuple(dict.fromkeys((*found.get(form, ()), *others)))
    return found


IRREGULAR: Final = _by_form(_FORMS)
"""The other forms of each word that has irregular ones."""
