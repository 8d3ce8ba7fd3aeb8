# ruff: noqa: RUF001 - letters of the IPA look like others
from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    "sentence",
    [
        "I read it yesterday.",
        "She read the letter.",
        "I have read it.",
        "He has never read it.",
        "It had been read aloud.",
        "Have you read it?",
        "The teacher read the story to us.",
        "My father read it.",
        "The sign read no entry.",
        "I read a book last week.",
        "I read the book last night.",
        "As I read the letter, I cried.",
        "She sat down and read the paper.",
        "I've read that book.",
        "The book was widely read.",
        "I just read about it.",
        "I read your email.",
        "I read somewhere that bees sleep.",
        "Yesterday they read the verdict.",
        "A few years ago we read Homer.",
        "Once upon a time she read stories.",
        "Nobody read it.",
        "Mary read the letter aloud.",
        "Who read my diary?",
        "He is well-read.",
        "I re-read it yesterday.",
        "They had already read it.",
    ],
)
def test_what_was_read_rhymes_with_bed(say: Callable[[str], str], sentence: str) -> None:
    assert "ɹˈɛd" in say(sentence)
    assert "ɹˈid" not in say(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I read every day.",
        "They read books.",
        "People read news online.",
        "I always read the terms.",
        "When I read, I relax.",
        "You should read this.",
        "Did you read it?",
        "We want to read.",
        "Let him read.",
        "Please read this.",
        "Read the instructions.",
        "Students read three novels each term.",
        "We read at night.",
        "You read too fast.",
        "I used to read a lot.",
        "Sit down and read the paper.",
        "Does he read well?",
        "Don't read it.",
        "He can read and write.",
        "He could neither read nor write.",
        "I'll read it later.",
        "The children read quietly every morning.",
        "It's a good read.",
        "I need read access.",
        "She reads and I read.",
        "He taught me to read.",
        "What did the letter read?",
        "Make sure you read the label.",
        "He made the class read the play.",
        "Everyone should read more.",
        "Teachers read to their students.",
        "I read to my kids every night.",
        "Kids who read do better.",
        "The instructions read as follows.",
        "To read is to live.",
        "If you read this, call me.",
        "You read my mind.",
        "Please re-read it.",
    ],
)
def test_what_one_reads_rhymes_with_seed(say: Callable[[str], str], sentence: str) -> None:
    assert "ɹˈid" in say(sentence)
    assert "ɹˈɛd" not in say(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I used to smoke.",
        "He used to live here.",
        "We never used to fight.",
        "My father used to say that.",
        "People used to write letters.",
        "There used to be a shop here.",
        "That used to work.",
        "The shop used to open at nine.",
        "She is used to it.",
        "I'm used to waking early.",
        "They got used to the noise.",
        "You get used to it.",
        "He was used to being alone.",
        "Are you used to the cold?",
        "Things used to be simpler.",
        "My sister and I used to dance.",
        "When I was a boy I used to swim.",
        "Used to be, we walked.",
        "She always used to win.",
        "The old man used to sit here.",
        "Didn't he use to smoke?",
        "He didn't use to smoke.",
        "Who used to live here?",
        "It used to rain more.",
        "We became used to waiting.",
    ],
)
def test_a_habit_is_said_with_the_s_of_just(say: Callable[[str], str], sentence: str) -> None:
    assert "jˈus" in say(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A tool used to test code.",
        "The methods used to find it.",
        "Money used to buy food.",
        "The knife used to cut bread is dull.",
        "It is used to test code.",
        "This is used to make bread.",
        "They were used to build it.",
        "Wood is often used to make paper.",
        "It can be used to clean glass.",
        "The term used to describe it is old.",
        "He showed the key used to open the door.",
        "The data used to train the model.",
        "Describe the process used to make steel.",
        "The technique she used to paint it.",
        "a machine used to cut grass",
        "Software used to edit photos is expensive.",
        "He has used to great effect.",
        "These are words used to express doubt.",
        "What is it used to do?",
        "the algorithm used to sort the list",
        "a device used to measure heat",
        "He used it to open the door.",
        "Resources used to fund schools.",
        "The stones used to build the wall came from here.",
        "The drug is being used to treat fever.",
        "the password used to log in",
        "Equipment used to lift loads.",
        "I used two pans.",
        "We used the car to go home.",
    ],
)
def test_a_purpose_is_said_with_the_z_of_use(say: Callable[[str], str], sentence: str) -> None:
    assert "jˈuzd" in say(sentence)
