"""English words that no theme should begin, end or consist of; other languages do with stop words alone.

There is no part-of-speech tagger here: it would cost more to load than everything else. These lists and two
suffixes do most of its work, which is to keep verbs and measures out of noun phrases.
"""

_VERBS = """
accept accepts add adds agree agrees allow allows answer answers appoint apply applies ask asks award
base bear become becomes becoming began begin begins believe believes belong belongs bought break bring
brings broke brought build builds built buy buys call calls came carry carries catch caught cause causes
change changes check checks choose chose close closes come comes commit complete confirm confirms
consider contain contains continue costs count counts cover covers cut cuts decide decides depend
depends differ differs do does done draw draws drew drive drove earn end ends ensure enter expect
expects explain explains extend fail fails fall falls feed feeds feel fell felt fill fills find finds
fix follow follows found gave get gets give gives go goes gone got grew grow grows happen happens hear
heard held help helps hire hold holds include includes increase keep keeps kept knew know knows laid
last lasts lead leads learn learnt leave leaves led left let lets lie lies look looks lose lost made
make makes mean means meant meet meets met move moves need needs offer offers open opens pass passes pay
pays paid prefer propose proposes prove put puts quote ran reach read reads receive recommend recommends
reduce reject remain remains remove repeat replace require requires rest rise rises rose run runs said
sat saw say says see seek seem seems seen sell sells send sends sent serve serves set sets settle shared
show shows shown shut sign sit sits sold speak spend spent spoke stand stands start starts stay stays
stood stop stops store suggest take taken takes taking talk tell tells think thinks thought threw told
took travel treat tried tries try turn turns understand understood use uses visit wait waits want wants
wash went win wish won work works write writes written wrote would could should might must shall asking
being doing having getting giving going making putting saying working running waiting
"""

_MEASURES = """
year years month months week weeks fortnight day days hour hours minute minutes second seconds morning
afternoon evening midnight noon today tomorrow yesterday quarter per cent percent metre metres meter
meters centimetre centimetres millimetre millimetres kilometre kilometres mile miles kilowatt kilowatts
terabytes litre litres tonne tonnes pound pounds dollar dollars euro euros january february march april
may june july august september october november december monday tuesday wednesday thursday friday
saturday sunday one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
hundreds thousand thousands million millions billion dozen half third thirds fourth fifth sixth seventh
eighth ninth tenth first twice once average total am pm spring summer autumn winter kwh usd gbp eur
"""

_VAGUE = """
able actual again ahead ago already alone also always another anyone apart available average away back
bad best better big bit both brief case cases certain chance cheap cheaper clear close common contrary
current dear dearer different difficult document documents due early earlier easy else end enough entire
especially even ever every everyone everything example existing extra fact far few fewer fine former
full further general given good great half hand hard harder high higher hope important impossible
individual instead item items kind large larger late later latter least less level like likely little
long longer lot low lower lowest main major many matter maybe minor more most much near nearest
necessary never new newer next nobody none normal note nothing now number numbers often old older only
open order other others otherwise own page paragraph part particular parts past people perhaps person
piece place places point points poor possible present previous question questions quick quickly quiet
rate rather ready real reason reasons recent reliable rest result results right same section seen
separate several short similar single situation size small smaller something sometimes soon special
still strong such sure table term than thank thanks thing things time times together too top true under
unfair upper usable use useful usual version view way ways weak well whole wide work worse worst wrong
yet yours young today owner option options decision decisions recommendation recommendations summary
introduction background conclusion status purpose overview plan plans cold hot wet dry empty third-party
able-bodied etc whatever whenever wherever
"""

_WEAK_ALONE_WORDS = """
area areas board centre center city club committee company condition council county cover department
district door director draft file files firm fund group head kind leader list lists manager managers
meeting member members name names national office officer panel party parties peak post posts power
private public record records region report reports review room series service services shop side site
sites staff state station street survey system systems team teams town unit units west east north south
children copy copies master local digital fragile text website
"""
WEAK_ALONE = frozenset(_WEAK_ALONE_WORDS.split())
"""Words that name a theme only together with another: "board" says nothing, "procurement board" does."""

_NOT_PAST_TENSE = frozenset(
    {"bed", "beds", "seed", "feed", "speed", "shed", "weed", "breed", "greed", "creed", "hundred"}
)
_NOT_ADVERB = frozenset({"family", "supply", "assembly", "reply", "anomaly", "monopoly", "daily", "weekly"})

# With the past tenses and the verbs above, enough to tell a sentence from a line that only names things.
_AUXILIARIES = """
am are be been being can can't cannot could did do does don't had has have is isn't may might must shall
should was wasn't were weren't will won't would wouldn't
"""
_VERB_SET = frozenset((_VERBS + _AUXILIARIES).split())
NOISE = _VERB_SET | frozenset((_MEASURES + _VAGUE).split())


def is_noise(word: str) -> bool:
    """Whether the lower-case `word` is a verb, an adverb, a measure or too vague for a theme."""
    if word in NOISE:
        return True
    if len(word) > 4 and word.endswith("ed"):
        return word not in _NOT_PAST_TENSE
    return len(word) > 4 and word.endswith("ly") and word not in _NOT_ADVERB


def is_verb(word: str) -> bool:
    """Whether the lower-case `word` can be the verb of a sentence."""
    return word in _VERB_SET or (len(word) > 4 and word.endswith("ed"))
