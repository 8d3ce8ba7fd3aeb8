"""SSML's useful part, and a clear refusal of the rest."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadMarkup
from halfgig.text.lexicon import Lexicon, read_lexicon
from halfgig.text.script import read_script
from tests.support.cost import costs_at_most

if TYPE_CHECKING:
    from halfgig.text.sentences import Sentence

DTD = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol9 "&lol;&lol;&lol;&lol;">]>'


def sentences(inside: str, language: str = "en-us", lexicon: Lexicon | None = None) -> list[Sentence]:
    script = read_script(f"<speak>{inside}</speak>")
    finder = (lexicon or Lexicon()).finder(language, reads_phonemes=True)
    return [sentence for passage in script.passages for sentence in script.sentences(passage, finder)]


def said(inside: str, language: str = "en-us") -> list[str]:
    return [sentence.spoken for sentence in sentences(inside, language)]


def refusal(document: str) -> str:
    with pytest.raises(BadMarkup) as refused:
        read_script(document)
    return str(refused.value)


def test_tags_are_not_read_and_not_written() -> None:
    (sentence,) = sentences('It is <sub alias="so">thus</sub>.')
    assert sentence.written == "It is thus."
    assert sentence.spoken == "It is so."


def test_white_space_is_that_of_xml() -> None:
    assert said("\n  One\n\n  two.\n\n  - Three\n") == ["One two.", "Three"]


def test_signs_may_be_written_as_references() -> None:
    assert said("A &lt; B &amp; C &#65;.") == ["A is less than B and C A."]


@pytest.mark.parametrize(
    ("tag", "pause_s"),
    [('time="500ms"', 0.5), ('time="1.5s"', 1.5), ('time=".5s"', 0.5), ('time="0s"', 0.0), ('time="60s"', 60.0)],
)
def test_a_break_is_a_pause_of_its_time(tag: str, pause_s: float) -> None:
    assert sum(sentence.pause_s for sentence in sentences(f"Oh<break {tag}/>no.")) == pause_s


@pytest.mark.parametrize(
    ("strength", "spoken"),
    [
        ("none", ["Oh no."]),
        ("x-weak", ["Oh no."]),
        ("weak", ["Oh, no."]),
        ("medium", ["Oh, no."]),
        ("strong", ["Oh", "no."]),
        ("x-strong", ["Oh", "no."]),
    ],
)
def test_a_break_has_the_strength_of_a_mark(strength: str, spoken: list[str]) -> None:
    assert said(f'Oh <break strength="{strength}"/>no.') == spoken


def test_paragraphs_and_sentences_end_sentences() -> None:
    made = sentences("<p><s>One</s><s>Two</s></p><p>Three</p>")
    assert [sentence.spoken for sentence in made] == ["One", "Two", "Three"]
    assert made[1].pause_s > made[0].pause_s


def test_a_pause_between_two_voices_is_kept() -> None:
    made = sentences('<voice name="a">One.</voice><break time="2s"/><voice name="b">Two.</voice>')
    assert [(sentence.spoken, sentence.pause_s) for sentence in made] == [("One.", 0.0), ("", 2.0), ("Two.", 0.0)]


@pytest.mark.parametrize(
    ("kind", "written", "spoken"),
    [
        ('"characters"', "Qz9", "Q Z nine"),
        ('"spell-out"', "FBI", "F B I"),
        ('"digits"', "0042", "zero zero four two"),
        ('"telephone"', "555-0199", "five five five, zero one nine nine"),
        ('"cardinal"', "1,204", "one thousand two hundred four"),
        ('"cardinal"', "1984", "one thousand nine hundred eighty-four"),
        ('"cardinal"', "-3.5", "minus three point five"),
        ('"ordinal"', "21", "twenty-first"),
        ('"date" format="mdy"', "12/5/2024", "December fifth, twenty twenty-four"),
        ('"date" format="dmy"', "12/5/2024", "May twelfth, twenty twenty-four"),
        ('"date" format="ymd"', "2024-05-12", "May twelfth, twenty twenty-four"),
        ('"date" format="my"', "5/1999", "May nineteen ninety-nine"),
        ('"date" format="md"', "7/4", "July fourth"),
        ('"date"', "2024-05-12", "May twelfth, twenty twenty-four"),
        ('"currency"', "USD 45.30", "forty-five dollars and thirty cents"),
        ('"time"', "2:30pm", "two thirty p.m."),
    ],
)
def test_say_as_says_what_it_is(kind: str, written: str, spoken: str) -> None:
    assert said(f"<say-as interpret-as={kind}>{written}</say-as>!")[0].removesuffix("!") == spoken


def test_in_another_language_letters_and_digits_stand_apart_and_the_engine_reads_them() -> None:
    assert said('<say-as interpret-as="digits">42</say-as> x', "de") == ["4 2 x"]
    assert said('<say-as interpret-as="characters">abc</say-as> x', "de") == ["a b c x"]


def test_phonemes_belong_to_their_word() -> None:
    (sentence,) = sentences('A <phoneme alphabet="ipa" ph="təmˈɑtO">tomato</phoneme>.')
    assert [(span.written, span.phonemes) for span in sentence.spans if span.phonemes] == [("tomato", "təmˈɑtO")]


def test_punctuation_after_an_element_ends_what_stands_in_it() -> None:
    made = sentences('I <prosody rate="slow">said</prosody>, "<lang xml:lang="fr">oui</lang>." So.')
    assert [sentence.spoken for sentence in made] == ["I", "said,", "oui.", "So."]


def test_rates_multiply() -> None:
    script = read_script('<speak>a<prosody rate="50%">b<prosody rate="slow">c</prosody>d</prosody>e</speak>')
    assert [passage.rate for passage in script.passages] == [1.0, 0.5, 0.375, 0.5, 1.0]


@pytest.mark.parametrize(("rate", "factor"), [("80%", 0.8), ("+20%", 1.2), ("-20%", 0.8), ("1.5", 1.5), ("fast", 1.25)])
def test_a_rate_is_a_percentage_a_factor_or_a_word(rate: str, factor: float) -> None:
    (passage,) = read_script(f'<speak><prosody rate="{rate}">a</prosody></speak>').passages
    assert passage.rate == pytest.approx(factor)


def test_a_named_voice_speaks_its_own_language_unless_it_says_otherwise() -> None:
    script = read_script(
        '<speak xml:lang="de-DE">a<voice name="x">b<lang xml:lang="fr">c</lang></voice>'
        '<voice name="y" xml:lang="es">d</voice></speak>'
    )
    assert [(each.voice, each.language) for each in script.passages] == [
        ("", "de-de"),
        ("x", ""),
        ("x", "fr"),
        ("y", "es"),
    ]


def test_markup_counts_before_the_lexicon() -> None:
    made = sentences('nginx <sub alias="it">nginx</sub>.', lexicon=read_lexicon("nginx = engine x"))
    assert [sentence.spoken for sentence in made] == ["engine x it."]


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ('<audio src="x"/>', r"line 1 .*<audio> is not supported.*speak, p, s, break"),
        ("<emphasis>a</emphasis>", "<emphasis> is not supported"),
        ('<mark name="x"/>', "<mark> is not supported"),
        ('<mstts:express-as style="sad">a</mstts:express-as>', "<mstts:express-as> is not supported"),
        ('<prosody pitch="high" rate="slow">a</prosody>', "pitch of <prosody> is not supported; it may have: rate"),
        ('<prosody volume="loud">a</prosody>', "volume of <prosody>"),
        ('<prosody rate="banana">a</prosody>', 'rate="banana"'),
        ('<voice gender="female">a</voice>', "gender of <voice>"),
        ("<voice>a</voice>", "<voice> has no name"),
        ('<break time="1 hour"/>', 'time="1 hour" of <break> must be 0s to 60s'),
        ('<break time="61s"/>', 'time="61s"'),
        ('<break strength="huge"/>', 'strength="huge"'),
        ('<say-as interpret-as="vxml:x">a</say-as>', 'interpret-as="vxml:x".*characters'),
        ('<say-as interpret-as="cardinal">many</say-as>', 'has "many"; write a number'),
        ('<say-as interpret-as="date" format="mdy">5/2024</say-as>', "2 numbers"),
        ('<say-as interpret-as="date" format="dyd">5/2024</say-as>', 'format="dyd"'),
        ("<sub>a</sub>", "<sub> has no alias"),
        ('<sub alias="b"/>', "<sub> is empty"),
        (f'<sub alias="{"b" * 301}">a</sub>', "301 characters"),
        ('<sub alias="b"><s>a</s></sub>', "<s> is inside <sub>"),
        ("<break>a<s/></break>", "<s> is inside <break>"),
        ('<phoneme alphabet="x-sampa" ph="a">a</phoneme>', 'alphabet="x-sampa"'),
        ('<phoneme ph="a]b">a</phoneme>', "is no phoneme"),
        ('<lang xml:lang="the moon">a</lang>', 'xml:lang="the moon"'),
        ("<speak>a</speak>", "<speak> is inside another element"),
        ("a & b", r"well-formed.*&amp; for &"),
        ("a &nbsp; b", "undefined entity"),
        ("<s>a", r"well-formed"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(inside: str, named: str) -> None:
    with pytest.raises(BadMarkup, match=named):
        read_script(f"<speak>{inside}</speak>")


def test_the_line_is_told() -> None:
    assert refusal("<speak>\n\n<audio/></speak>").startswith("line 3 of the SSML: <audio>")


@pytest.mark.parametrize("root", ["<vxml>a</vxml>", "<html/>"])
def test_another_root_is_refused(root: str) -> None:
    assert "begins with <" in refusal(f'<?xml version="1.0"?>{root}')


@pytest.mark.parametrize(
    "document",
    [
        f'<?xml version="1.0"?>{DTD}<speak>&lol9;</speak>',
        '<!DOCTYPE speak SYSTEM "file:///etc/passwd"><speak>a</speak>',
        '<!DOCTYPE speak PUBLIC "-//W3C//DTD SYNTHESIS 1.0//EN" "http://x/y.dtd"><speak>a</speak>',
    ],
    ids=["entities", "a file", "an address"],
)
def test_no_document_type_is_read(document: str) -> None:
    assert "DOCTYPE" in refusal(document)


def test_deep_nesting_is_refused_in_the_time_of_a_plain_document() -> None:
    deep, plain = "<speak>" + "<p>" * 100_000, f"<speak>{'<s>a</s>' * 10_000}</speak>"
    assert "32 other elements" in refusal(deep)
    assert costs_at_most(3, lambda: refusal(deep), lambda: read_script(plain))


def test_a_huge_attribute_is_refused() -> None:
    assert "the limit is 1000" in refusal(f'<speak><sub alias="{"x" * 1_000_000}">a</sub></speak>')


def test_too_many_elements_are_refused() -> None:
    assert "20000 elements" in refusal(f"<speak>{'<s>a</s>' * 20_001}</speak>")


@pytest.mark.parametrize("encoding", ["EBCDIC-CP-US", "utf-16", "no-such-encoding", "latin-1"])
def test_the_encoding_that_a_document_claims_does_not_matter(encoding: str) -> None:
    assert read_script(f'<?xml version="1.0" encoding="{encoding}"?><speak>é</speak>').text == "é"


def test_half_a_surrogate_pair_is_silent() -> None:
    assert said("Oh \ud800 no.") == ["Oh no."]


@pytest.mark.parametrize("document", ["<speak>a", "<speak", "<speak>a</p>", "<speak>a</speak>b", "<speak>&#0;</speak>"])
def test_what_is_not_xml_is_refused(document: str) -> None:
    assert "well-formed" in refusal(document)


TAGS = ["<p>", "</p>", "<s>", "</s>", '<break time="1s"/>', '<voice name="a">', "</voice>", "oh", " ", ".", "&amp;"]


@given(st.lists(st.sampled_from(TAGS), max_size=14))
def test_any_document_is_read_whole_or_refused(parts: list[str]) -> None:
    with contextlib.suppress(BadMarkup):
        assert "".join(said("".join(parts))).count("oh") == parts.count("oh")
