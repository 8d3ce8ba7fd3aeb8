"""Closed classes of English words, which show the part of speech of their neighbours."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


POSSESSIVES = words("my your his her its our their whose")
ARTICLES = words("a an the")
NUMBERS = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen"
)
DETERMINERS = (
    POSSESSIVES
    | ARTICLES
    | NUMBERS
    | words(
        "this that these those some any no every each another what which much many few several all both either "
        "neither such"
    )
)
PREPOSITIONS = words(
    "of in on at for from with by without into onto upon about under over between among against during after before "
    "until till since through across along around behind beyond per via like than as despite within toward towards "
    "near inside outside above below beneath"
)
SUBJECTS = words("i you we they he she it who there")
SINGULAR_SUBJECTS = words("he she it")
PLURAL_SUBJECTS = words("i you we they")
OBJECTS = words("it them him us me her you himself herself itself themselves yourself myself everything everyone")
MODALS = words(
    "will would can could shall should may might must do does did don't doesn't didn't won't wouldn't can't cannot "
    "couldn't shouldn't mustn't let's let i'll you'll he'll she'll it'll we'll they'll i'd you'd he'd she'd we'd "
    "they'd help please"
)
BE = words(
    "am is are was were be been being isn't aren't wasn't weren't i'm you're we're they're he's she's it's that's "
    "there's who's what's gets got getting"
)
HAVE = words("have has had having haven't hasn't hadn't i've you've we've they've could've would've should've")
ADVERBS = words(
    "not never always also even ever just still only often soon now then really usually sometimes again already "
    "almost rather quite seldom hardly yet thus altogether perhaps maybe instead indeed twice"
)
CONJUNCTIONS = words("and or but nor so if when while because although though that where whether unless")
ADJECTIVES = words(
    "good bad great new old big small large high low little more most less own same such first last next full free "
    "best better worse early late long short public daily annual strong sharp final whole main other poor rich common "
    "simple careful further local fresh hot cold clear real human heavy light wide maximum minimum total modern "
    "recent second third double single net tax rapid slow steady slight dramatic significant huge substantial"
)
ADJECTIVAL = ("al", "ive", "ous", "ful", "ic", "ble", "less", "ary", "ish")
FINITE_VERBS = words(
    "said says made makes came went took saw gave gives found told tells knew knows thought thinks felt feels kept "
    "began begins ran brought wrote writes stood heard meant means met sat spoke speaks led grew lost fell sent built "
    "drew broke spent rose drove bought wore chose seems seem becomes become became get gets goes go come comes take "
    "takes know think see sees want wants keep give tell ask asks believe believes provide provides include includes "
    "follow follows allow allows add adds consider appear appears expect suggest suggests require requires had needs "
    "ate threw held hid left paid put sang slept sold stole taught won understood looked asked began turned hates"
)
"""Verbs in a form with tense that are hardly ever nouns."""


def is_adverb(word: str) -> bool:
    """Return whether a lower-case word is an adverb that may stand between a verb and the word before it."""
    return word in ADVERBS or (word.endswith("ly") and len(word) > 4)


def is_mark(word: str) -> bool:
    """Return whether a token has neither letter nor digit."""
    return not (word[:1].isalnum() or any(character.isalnum() for character in word))


def is_plural(word: str) -> bool:
    """Return whether a lower-case noun looks like a plural."""
    irregular = ("people", "children", "men", "women", "police", "teeth", "feet")
    return word in irregular or (word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")))
