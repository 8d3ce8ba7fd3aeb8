# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import re

import pytest

from halfgig.text.normalization import rules, tokens
from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**bold** and _soft_ and ~~gone~~", "bold and soft and gone"),
        ("`code`", "code"),
        ("# Heading", "Heading"),
        ("- item", "item"),
        ("1. item", "one, item"),
        ("> quote", "quote"),
        ("see [the page](http://example.com/x).", "see the page."),
        ("![a cat](cat.png)", "a cat"),
        ("as shown[12] here", "as shown here"),
        ("```python\nprint\n```", "print"),
        ("<b>bold</b> <br/>", "bold"),
        ("R&amp;D", "R and D"),
        ("2*3*4", "two times three times four"),
    ],
)
def test_markup_is_not_heard(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Es kostet 3,50 € am 3. März um 17:30 Uhr.", "Es kostet 3,50 € am 3. März um 17:30 Uhr."),
        ("C'est l’hôtel « ici » : 50 %.", "C'est l'hôtel ici: 50 %."),
        ("¿Qué tal? 😀 **Bien** & [tú](http://x.es)", "Qué tal? Bien & tú"),
        ("World War II, Dr. No, 5 km", "World War II, Dr. No, 5 km"),
        ("3 000 000 d’habitants, -5 °C", "3 000 000 d'habitants, -5 °C"),
    ],
)
def test_languages_without_rules_keep_their_figures_and_get_no_english_word(written: str, spoken: str) -> None:
    assert said(written, "fi") == spoken


def test_every_english_accent_is_put_into_words() -> None:
    assert said("5 km", "en-gb-scotland") == said("5 km", "EN") == "five kilometers"


def test_tokens_cover_the_text_without_gaps() -> None:
    text = "On 3/14/2025 Dr. Smith\u200b paid $3.50!\n\n- **Bye** 😀"
    assert "".join(text[token.start : token.end] for token in tokens(text)) == text


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_rule_repeats_without_a_bound(language: str) -> None:
    for rule in rules(language):
        bare = re.sub(r"\[[^\]]*\]", "", re.sub(r"\\.", "", rule.pattern)).replace("}+", "}")
        assert "*" not in bare, rule.pattern
        assert "+" not in bare, rule.pattern


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Call setItemCount() here.", "Call set Item Count here."),
        ("iPhone, macOS, eBay", "iPhone, macOS, eBay"),
        ("in Eb major and in the key of Db", "in E flat major and in the key of D flat"),
        ("Brown v. Board of Education was long.", "Brown versus Board of Education was long."),
        ("2. v. To send a letter.", "two, v. To send a letter."),
    ],
)
def test_names_of_code_keys_and_court_cases_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken
