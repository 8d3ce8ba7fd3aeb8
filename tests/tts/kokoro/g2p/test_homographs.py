import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.tts.kokoro.g2p.homographs import tags_of

KINDS = {
    "VB": "verb", "VBP": "verb", "VBZ": "verb", "VBD": "past", "VBN": "past", "NN": "noun", "NNS": "noun",
    "JJ": "adjective",
}  # fmt: skip


def kind(sentence: str) -> str:
    """Return what the word between asterisks is taken for first."""
    words = sentence.replace(",", " ,").replace(".", " .").split()
    (index,) = (index for index, word in enumerate(words) if word.startswith("*"))
    tags = tags_of([word.strip("*") for word in words], index)
    return KINDS.get(tags[0], tags[0]) if tags else ""


@pytest.mark.parametrize(
    "sentence",
    [
        "They want to *record* it.",
        "We will *present* the plan.",
        "I did not *object* to it.",
        "*Close* the door.",
        "*Separate* the eggs.",
        "Farms *produce* the food.",
        "People who *live* here know.",
        "She *lives* in Leeds.",
        "Did you *read* it?",
        "Don't *tear* it up.",
        "He can *wind* the clock.",
        "Which they *refuse* to do.",
        "*Alternate* between them.",
        "*Bow* to the king.",
    ],
)
def test_verbs_are_told(sentence: str) -> None:
    assert kind(sentence) == "verb"


@pytest.mark.parametrize(
    "sentence",
    [
        "An old weather *record* was kept.",
        "*Produce* is fresh.",
        "*Objects* in the mirror.",
        "The nurse cleaned the *wound*.",
        "She burst into *tears*.",
        "One *minute* later.",
        "At the *close* of day.",
        "The good *use* of it.",
    ],
)
def test_nouns_are_told(sentence: str) -> None:
    assert kind(sentence) in ("noun", "adjective")


@pytest.mark.parametrize(
    "sentence",
    [
        "He *read* the book.",
        "They had *read* it before.",
        "It was *read* aloud.",
        "Mary *read* the letter.",
        "He *wound* the bandage around it.",
        "We *used* to go there.",
    ],
)
def test_the_past_is_told(sentence: str) -> None:
    assert kind(sentence) == "past"


@pytest.mark.parametrize(
    ("sentence", "tag"),
    [
        ("*That* is mine.", "DT"),
        ("To *that* object.", "DT"),
        ("I know *that* he did.", "IN"),
        ("The house *that* Jack built.", "IN"),
        ("A *lead* pipe.", "METAL"),
        ("Vitamin *A* helps.", "NN"),
        ("*A* dog barked.", "DT"),
        ("Then *I* left.", "PRP"),
        ("Made by *IBM* here.", "NNP"),
        ("Call *Smith* now.", "NNP"),
    ],
)
def test_small_words_and_names_are_told(sentence: str, tag: str) -> None:
    words = sentence.strip(".").split()
    (index,) = (index for index, word in enumerate(words) if word.startswith("*"))

    assert tag in tags_of([word.strip("*") for word in words], index)


def test_a_shouted_word_is_no_name() -> None:
    assert tags_of(["DO", "NOT", "WAIT"], 1) == ()


some_words = st.sampled_from(
    ["to", "that", "read", "live", "close", "the", "I", "A", "a", ",", ".", "use", "Used", "US"]
)


@given(st.lists(some_words, min_size=1))
def test_any_row_of_words_has_tags(words: list[str]) -> None:
    for index in range(len(words)):
        assert all(isinstance(tag, str) for tag in tags_of(words, index))


@pytest.mark.parametrize(
    "sentence", ["Stack *overflow* errors are common.", "*Overflow* errors are common.", "The plugin *indent* settings"]
)
def test_a_word_between_nouns_may_be_one(sentence: str) -> None:
    words = sentence.rstrip(".").split()
    (index,) = (index for index, word in enumerate(words) if word.startswith("*"))
    assert "NN" in tags_of([word.strip("*") for word in words], index)
