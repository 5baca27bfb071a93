"""Words that are mistaken for each other, written for this project.

Homophones, look-alikes, and pairs of common words in technical prose that one slip makes of each
other. What the rules of apostrophes and inflection find is not repeated here.
"""

from collections.abc import Iterable
from typing import Final

# Sets are parted by commas, those of a word the likeliest first; an underscore is a space.
_SETS: Final = """
their there they're, then than, affect effect, affects effects, affected effected, loose lose,
looses loses, loosing losing, loosed lost, to too two, form from, of off, or of, were where we're
wear, which witch, weather whether, accept except expect, accepts excepts expects, accepted
excepted expected, principal principle, principals principles, complement compliment, complements
compliments, complemented complimented, complementary complimentary, discreet discrete, discreetly
discretely, lead led lid, passed past, quite quiet quit, trial trail, trials trails, angel angle,
angels angles, manger manager, mangers managers, pubic public, contact contract, contacts
contracts, contacted contracted, casual causal, casually causally, its it's, your you're, whose
who's, here hear, no know now, not now, not note, know known, new knew now, by buy bye, for four
fore far, one won on, own won on, right write rite, rights writes, righting writing, sight site
cite, sights sites cites, cited sited sighted, break brake, breaks brakes, peace piece, plain
plane plan, plains planes plans, wait weight, waits weights, waist waste, week weak, weekly
weakly, meat meet, meats meets, hole whole, role roll rule, roles rolls rules, rode road, sale
sail, sea see, seen scene, seem seam, seems seams, steal steel still, tail tale, threw through,
through thorough though, thought though, thought through, tough though, throughout through_out,
allowed aloud, already all_ready, altogether all_together, anyway any_way, everyday every_day,
maybe may_be, sometime some_time, sometimes sometime, anyone any_one, everyone every_one, awhile
a_while, into in_to, onto on_to, login log_in, logout log_out, setup set_up, backup back_up,
checkout check_out, cleanup clean_up, shutdown shut_down, workaround work_around, rollback
roll_back, lookup look_up, startup start_up, fallback fall_back, timeout time_out, rollout
roll_out, breakdown break_down, signup sign_up, overview over_view, cannot can_not, advice advise,
advices advises, device devise, devices devises, practice practise, license licence, desert
dessert, deserts desserts, dairy diary, deceased diseased, defuse diffuse, elicit illicit,
emigrate immigrate, eminent imminent, ensure insure assure, ensures insures assures, ensured
insured assured, ensuring insuring assuring, envelop envelope, exercise exorcise, farther further
father, formerly formally, formally normally, forth fourth, hoard horde, idle idol ideal, imply
infer, implies infers, implied inferred, implying inferring, incidence incidents, instance
instants, instance instant, latter later letter, lessen lesson, liable reliable, lightening
lightning, metal medal mental, miner minor, moral morale, mourning morning, pair pear pare, pairs
pears, palate palette pallet, patience patients, pedal peddle, peer pier, personal personnel,
perspective prospective, precede proceed, precedes proceeds, preceded proceeded, preceding
proceeding, precedence precedents, presence presents, prescribe proscribe, profit prophet, rain
reign rein, raise rise, raises rises, raised rose, rational rationale, real reel, residence
residents, respectfully respectively, root route rout, roots routes, rooted routed, sheer shear,
shone shown, sole soul, stake steak, stair stare, stationary stationery, straight strait, suit
suite, suits suites, taught taut, team teem, tenant tenet, tenants tenets, throne thrown, tide
tied, tire tier, tires tiers, track tract trace, tracks tracts traces, vain vein vane, vale veil,
verses versus, waive wave, waived waved, waives waves, ware wear where, wood would, want went
won't, wont won't, what that, than that, then them they, them theme, there these three, these
this, those this, these those, this thus, his is, has as, has his, as is, as at, is it, it if, if
is, is in, in it, in on, on an, an and, and any, any many, at a, or are, our are, our or, our out,
be by, be been, been being, been bean, he the, the they, then the, she he, her here, hear their,
him his, how who, hot how, nor not, nor or, use us, used user, uses users, using suing, since
sense, cents sense, some same, sum some, son sun soon, such much, so sow sew, tot to, your our,
you your, hour our, was has, were was, we be, we've were, well we'll, we'd wed, while whole white,
while will, whine wine, with width, with within, with which, wit with, without within, either
ether, neither nether, wander wonder, word work world, words works worlds, worked word, worse
worst, worth worthy, able table, access assess, accesses assesses, access excess, adapt adopt
adept, adapts adopts, adapted adopted, adapting adopting, adaptation adoption, addition edition,
additions editions, additional addition, adverse averse, aid aide, aids aides, aisle isle, alley
ally, allusion illusion, alter altar, alternate alternative, alternately alternatively, alternates
alternatives, amend emend, appraise apprise, area are, arrange range, ascent assent, assistance
assistants, asset assert, assets asserts, attach attack, attached attacked, attaches attacks,
attaching attacking, authentication authorization, aural oral, bare bear bar, bares bears, base
bass, basis bases, bazaar bizarre, berth birth, beside besides, bit byte bite, bits bytes bites,
bloc block, board bored broad, border boarder, borders boarders, born borne, bound bond, bounds
bonds, boundary bound, breath breathe, breaths breathes, bread bred, build built, button bottom,
buttons bottoms, cache cash catch, caches catches, cached cashed, call cell, calls cells, callous
callus, canvas canvass, capital capitol, carat caret carrot, career carrier, careers carriers,
cast caste cost, casts costs, cause case, causes cases, caused cased, cease seize, censor sensor,
censors sensors, chance change, chances changes, change charge, changes charges, changed charged,
choose chose, chooses chose, cheap chip, class clash, clause close, clauses closes, clean clear,
cleaned cleared, cleaning clearing, clock block lock, clocks blocks locks, close clothes, coarse
course, collation collection, collision collusion, color colon, column volume, columns volumes,
command comment commend, commands comments commends, commented commanded, commit comment, commits
comments, common comment, compete complete, competes completes, competed completed, competing
completing, compiler complier, compilers compliers, comprise compromise, comprises compromises,
concept contempt, confident confidant, confirm conform, confirms conforms, confirmed conformed,
confirmation conformation, connection collection, connections collections, conscience conscious,
conserve converse, consistent constant, consistently constantly, content context contest, contents
contexts contests, continual continuous, continually continuously, contain container, contains
containers, converse convert, conversion conversation, conversions conversations, convert covert,
core corps, correspondence correspondents, cord chord, council counsel, councils counsels, count
court, counts courts, county country, counties countries, create crate, creates crates, created
crated, creation relation, credible creditable, current currant, custom costume, customs costumes,
data date, dates data, daemon demon, daemons demons, death dead, decent descent, decision
division, decisions divisions, declaration deceleration, default fault, defer differ, defers
differs, deferred differed, deference difference, define refine, defined refined, defiantly
definitely, delay relay, delays relays, delayed relayed, denied dined, dependent dependant,
dependents dependence, dependency dependent, deprecated depreciated, deprecate depreciate,
deprecation depreciation, derive drive, derives drives, describe prescribe, description
prescription, descriptor description, detect detest, detects detests, detected detested, deter
defer, die dye dice, dies dyes, diner dinner, direct erect, disk disc desk, disks discs desks,
disburse disperse, discussed disgust, disinterested uninterested, distinct distinctive, do due,
does dose, down own, draft draught, dual duel, during daring, each reach, easy ease, edit exit,
edits exits, effective efficient, effectively efficiently, emit omit, emits omits, emitted
omitted, emitting omitting, enable unable, enables unable, ensue ensure, enter entry, entries
enters, entire entry, entity entry, entities entries, ever every, even event, events evens, evens
even, every very, evoke invoke, evokes invokes, evoked invoked, exact extract, exacts extracts,
exist exit, exists exits, existed exited, existing exiting, expand expend, expands expends,
expanded expended, expansive expensive, explicit implicit, explicitly implicitly, extend extent,
extends extents, external eternal internal, extra extract, face phase, faces phases, fact fast,
fair fare, fail fall file, fails falls files, failed filed, failing filing falling, feature
future, features futures, feat feet, few view, field filed filled, fields files, file fill, files
fills, filing filling, fill feel, fills feels, filter filler, final finally, finally finely, find
fine fund, first fist, fit fix, fits fixes, flag flat, flags flats, flair flare, flaw flow, flaws
flows, flew flow, flour floor, folder holder, folders holders, follow allow, follows allows, font
front, fonts fronts, foreword forward, forewords forwards, found fund, frame fame, free three,
friend fiend, full fully, function fraction, functions fractions, gate gait, gather rather,
general generally, genetic generic, grate great, group grope, guest quest, guess guest, guide
guild, hand had, handle handler, handles handlers, hangar hanger, hard heard, hash has, hashes
has, heal heel, head heard, height weight, heights weights, heir air, held help, high height,
higher hire, hint hit, hints hits, host hose, hosts hoses, human humane, image imagine, images
imagines, import important, imported important, incite insight, index indent, indent intent,
indents intents, indented intended, include conclude, inclusive exclusive, individual
individually, ingenious ingenuous, input impute, inputs outputs, insert inset, inserts insets,
inspect expect, instead instant, integer integral, intense intents, interface interfere,
interfaces interferes, interpret interrupt, interrupts interprets, interrupted interpreted,
interval internal, intervals internals, inverse invert, item time, items times, join joint, joins
joints, just must, keep kept, knight night, knot not, label table, labels tables, large larger,
last least, lasts lists, last list, last lost, latest least, launch lunch, launches lunches, lay
lie, layer lawyer, layers lawyers, layer later, leak leek, lean learn, leans learns, leased least,
leave live, leaves lives, lets let's, level lever, levels levers, library literary, life live,
light right, like link, likes links, limit limited, line link, lines links, lined linked, list
lost, local locale, locals locales, locally local, locate allocate, located allocated, location
allocation, log long, logs longs, logging lodging, login logging, look loop, looks loops, looked
looped, looking looping, made make, main man, manor manner, mark make, marks makes, marked market,
match march, matches marches, math path, matter mater, mean man, means man, mean men, member
remember, members remembers, merge emerge, merged emerged, merges emerges, message massage,
messages massages, meter metre, method mother, methods mothers, might night, miss mass, mist
missed, mode model, modes models, mode more, model module, models modules, module modulo, modal
model, moth month, moths months, more move, moved more, most must, mount amount, mounts amounts,
mounted amounted, multiple multiply, multiples multiplies, muscle mussel, native naive, naval
navel, need knead, nest next, net next, new few, node note, nodes notes, noted nodes, none one,
normal formal, nothing noting, notice note, object subject, objects subjects, objective objection,
off on, often of, offer over, offers overs, once one, only one, operation option, operations
options, opinion option, opinions options, order older, other another, over other, overdo overdue,
package packet, packages packets, packet pocket, packets pockets, pane pain, panes pains,
parameter perimeter, parameters perimeters, parent patent, parents patents, parse pause purse,
parses pauses, parsed paused, parsing pausing passing, parsed passed, parses passes, parse pass,
part party, parts parties, part port, parts ports, paste past, path patch, paths patches, path
pat, pattern patent, patterns patents, peak peek pique, peaks peeks, perfect prefect, perform
preform, performs preforms, performed preformed, performance preference, period periodic,
persecute prosecute, place palace, places palaces, place plate, play pay, plays pays, point paint,
points paints, point print, points prints, policy police, pole poll, poles polls, polling pulling,
pool pull, pools pulls, poor pour pore, port post, ports posts, pose post, possible possibly,
probable probably, posses possess, pray prey, predicate predict, predicates predicts, prefer
refer, prefers refers, preferred referred, preserve reserve, preserves reserves, preserved
reserved, present prevent, presents prevents, present percent, preview review, previews reviews,
price prize, prices prizes, problem program, process possess, processes possesses, produce
product, produces products, production reduction, profile profiler, program programme, programs
problems, project protect, projects protects, projected protected, projection protection, prompt
promote, prompts promotes, proof prove, proofs proves, properly property, property proper, propose
purpose, proposes purposes, proposed purposed, prove provide, proved provided, proves provides,
proving providing, put but, query quarry, queries quarries, queue cue, queues cues, quota quote,
quotas quotes, random ransom, range rage, ranges rages, rap wrap, rapped wrapped, rather rate, raw
row, rows raws, read red, read ready, reads reds, ready already, real really, reality realty,
realize release, reason season, reasons seasons, receipt recipe, receipts recipes, receive
relieve, recent resent, record recorder, recover discover, recovered discovered, refer infer,
reference preference, references preferences, refuse reuse, refused reused, refuses reuses,
register registrar, regard reward, reject eject, rejects ejects, rejected ejected, relation
relative, relay reply, relay rely, relays relies, relayed relied, release lease, releases leases,
remain remind, remains reminds, remote remove, removed remote, repeat repeal, replace replay,
replaced replayed, replay reply, replays replies, replayed replied, report resort, reported
resorted, request quest, requests quests, request require, requests requires, requested required,
reset rest, resets rests, resent reset, resource recourse, resources recourses, respond response,
responds responses, result resort, results resorts, rest test, restore store, restored stored,
restores stores, retain return, retains returns, retained returned, reverse reserve, reverses
reserves, reversed reserved, review renew, reviewed renewed, ring wring, risk disk, risks disks,
root rot, rote wrote, round around, run ran, runs ruins, safe save, safes saves, safely safety,
sample simple, samples simples, sand send, scrip script, search research, searches researches,
section session, sections sessions, select elect, selects elects, selected elected, selection
election, selective collective, self shelf, send sent, sent cent scent, serial cereal, series
serious, serve sever, serves severs, served severed, server sever, server severe, service serves,
several severe, set sit, sets sits, set seat, sets seats, shape share, shapes shares, shaped
shared, shell shall, shells shall, shift shirt, shifts shirts, ship shop, ships shops, short sort,
shorts sorts, shorted sorted, shorter sorter, short shot, should shoulder, show shown, shows
shown, side site size, sides sites sizes, sign sing, signs sings, signed singed, signing singing,
signal single, signals singles, simple simply, simply imply, since sine, singular single, site
sit, skip ship, skipped shipped, slash splash, sleep slip, sleeps slips, slide slice, slides
slices, slot slow, slots slows, soft sort, sold sole, solid sold, sound found, source sauce,
sources sauces, source course, space spice, spaces spices, span spawn, spans spawns, spare spark,
spare sparse, special especial, specially especially, specific pacific, specify specific, speed
spend, speeds spends, spit split, spits splits, stack stock, stacks stocks, stage state, stages
states, staging stating, stable table, stale stable, star start, stars starts, starred started,
stared started, starting staring string, stat state, state stale, static statistic, status statue
statute, step stop, steps stops, stepped stopped, store story, stores stories, storage shortage,
stream steam, streams steams, string sting, strings stings, strict strip, strip stripe, strips
stripes, structure stricture, stub stab, style still, subject subset, subsequent consequent,
subsequently consequently, succeed success, succeeds success, summary summery, super supper,
supply apply, supplied applied, supplies applies, support sport, supported sported, supports
sports, suppose supposed, switch with, symbol cymbal, symbols cymbals, sync sink, syncs sinks,
table tablet, tables tablets, tag tab, tags tabs, take tale, taken token, takes tales, talk task,
talks tasks, task ask, tasks asks, temple template, temples templates, temporal temporary,
temporally temporarily, term team, terms teams, test text, tests texts, tested texted, testing
texting, thank than, thanks thank, that the, their the, them the, thing think, things thinks,
thing thin, this the, thread tread threat, threads treads threats, time tie, times ties, title
tile, titles tiles, ton tone, tool toll, tools tolls, took tool, top to, topic tropic, topics
tropics, tortuous torturous, touch tough, trade tread, trail train, transfer transform, transfers
transforms, transferred transformed, transit transmit, transition translation, transitions
translations, trap wrap, treat threat, treats threats, tree three, trees threes, true truth, trust
thrust, try tray, turn tune, turns tunes, turned tuned, type typo, types typos, undo undue, union
onion, unions onions, unique unit, unit unite, units unites, unit until, united untied, universal
universe, update upgrade, updates upgrades, updated upgraded, upload download, uploads downloads,
uploaded downloaded, upon open, usage use, use case, user use, valid value, valid invalid, values
valves, value valve, variance variants, variant variance, vary very, verify vary, version vision,
versions visions, via vie, view vie, virtual visual, visible viable, wade weighed, walk wall, wall
well, wand want, wants wands, warn worn, warning wanting, was saw, was wash, watch match, water
waiter, weighs ways, wet whet, when then, where there, which while, wherever whenever, white
write, wholly holy, wide width, wild while, will well, win wind, window widow, windows widows,
wired weird, wise wish, without with_out, woman women, worker walker, wrap warp, wraps warps,
wrapped warped, wrapper rapper, write written, wrote write, yoke yolk, able enable
"""


def _by_word(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in table.replace("\n", " ").split(","):
        words = [word.replace("_", " ") for word in line.split()]
        for word in words:
            found.setdefault(word, {}).update(_others(word, words))
    return {word: tuple(others) for word, others in found.items()}


def _others(word: str, words: Iterable[str]) -> dict[str, None]:
    return {other: None for other in words if other != word}


CONFUSIONS: Final = _by_word(_SETS)
"""For each word the others that may have been meant, the likeliest first."""
