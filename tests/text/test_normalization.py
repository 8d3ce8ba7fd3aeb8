# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import re

import pytest

from halfgig.text.normalization import rules, tokens
from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("0", "zero"),
        ("21", "twenty-one"),
        ("101", "one hundred one"),
        ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
        ("1,00,000", "one hundred thousand"),
        ("10000", "ten thousand"),
        ("-5", "minus five"),
        ("−5", "minus five"),
        ("3.14", "three point one four"),
        (".5", "zero point five"),
        ("1.0", "one point zero"),
        ("007", "zero zero seven"),
        ("~10", "about ten"),
        ("±3", "plus or minus three"),
        ("18+", "eighteen plus"),
        ("1.5M users", "one point five million users"),
        ("5k", "five thousand"),
        ("3.5 billion people", "three point five billion people"),
        ("6.02e23", "six point zero two times ten to the power of twenty-three"),
        ("1.6×10^-19", "one point six times ten to the power of minus nineteen"),
        ("6.02 × 10²³", "six point zero two times ten to the power of twenty-three"),
        ("10^6", "ten to the power of six"),
        ("１２３", "one hundred twenty-three"),
        ("٣٤", "thirty-four"),
        (
            "12345678901234567890",
            "one two three four five six seven eight nine zero one two three four five six seven eight nine zero",
        ),
    ],
)
def test_numbers_are_counted(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1st", "first"),
        ("2nd", "second"),
        ("3rd", "third"),
        ("21st", "twenty-first"),
        ("1,000th", "one thousandth"),
        ("1/2", "one half"),
        ("3/4", "three quarters"),
        ("2/3", "two thirds"),
        ("1/100", "one hundredth"),
        ("22/7", "twenty-two over seven"),
        ("8/10", "eight out of ten"),
        ("3 1/2 cups", "three and a half cups"),
        ("½", "one half"),
        ("2½ hours", "two and a half hours"),
        ("1¾", "one and three quarters"),
        ("24/7", "twenty-four seven"),
        ("10-20", "ten to twenty"),
        ("5–10%", "five to ten percent"),
        ("5%-10%", "five percent to ten percent"),
        ("pp. 3–5", "pages three to five"),
        ("a 3-2 win", "a three to two win"),
        ("16:9", "sixteen to nine"),
        ("5 + 3 = 8", "five plus three equals eight"),
        ("5 - 3 = 2", "five minus three equals two"),
        ("3 × 4", "three times four"),
        ("3 x 4", "three by four"),
        ("6 ÷ 2", "six divided by two"),
        ("x² < 9", "x squared less than nine"),
        ("50%", "fifty percent"),
    ],
)
def test_ordinals_fractions_ranges_and_sums_are_said_as_such(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1984", "nineteen eighty-four"),
        ("1905", "nineteen oh five"),
        ("2005", "two thousand five"),
        ("2024", "twenty twenty-four"),
        ("in 1066", "in ten sixty-six"),
        ("1066 AD", "ten sixty-six A.D."),
        ("500 BC", "five hundred B.C."),
        ("1999-2003", "nineteen ninety-nine to two thousand three"),
        ("1914–18", "nineteen fourteen to eighteen"),
        ("the 1900s", "the nineteen hundreds"),
        ("the '90s", "the nineties"),
        ("the 1980's", "the nineteen eighties"),
        ("in his 20s", "in his twenties"),
        ("pre-2020", "pre twenty twenty"),
        ("1500 km", "one thousand five hundred kilometers"),
        ("$1984", "one thousand nine hundred eighty-four dollars"),
    ],
)
def test_years_are_said_in_pairs_and_counts_are_not(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("$3.50", "three dollars and fifty cents"),
        ("$1", "one dollar"),
        ("$0.99", "ninety-nine cents"),
        ("$0.01", "one cent"),
        ("-$5", "minus five dollars"),
        ("£1,250,000", "one million two hundred fifty thousand pounds"),
        ("£2.50", "two pounds and fifty pence"),
        ("€5", "five euros"),
        ("5 €", "five euros"),
        ("$1.2 million", "one point two million dollars"),
        ("€1.5bn", "one point five billion euros"),
        ("$5k", "five thousand dollars"),
        ("50¢", "fifty cents"),
        ("¥500", "five hundred yen"),
        ("₹100", "one hundred rupees"),
        ("USD 20", "twenty U.S. dollars"),
        ("20 EUR", "twenty euros"),
        ("$5-10", "five to ten dollars"),
        ("$5-$10", "five to ten dollars"),
        ("$100/month", "one hundred dollars per month"),
    ],
)
def test_money_names_its_currency_after_the_sum(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("3/14/2025", "March fourteenth, twenty twenty-five"),
        ("3/14/25", "March fourteenth, twenty twenty-five"),
        ("31/12/1999", "December thirty-first, nineteen ninety-nine"),
        ("2025-03-14", "March fourteenth, twenty twenty-five"),
        ("14.03.2025", "March fourteenth, twenty twenty-five"),
        ("on 3/14", "on March fourteenth"),
        ("March 3", "March third"),
        ("Mar 3rd", "March third"),
        ("Jan. 5, 2024", "January fifth, twenty twenty-four"),
        ("3 March 2025", "the third of March twenty twenty-five"),
        ("the 4th of July", "the fourth of July"),
        ("March 3-5", "March third to fifth"),
        ("March 2025", "March twenty twenty-five"),
        ("Mon, Mar 3", "Monday, March third"),
        ("it may mar 3", "it may mar three"),
        ("45/99/2000", "forty-five slash ninety-nine slash two thousand"),
        ("2024-01-01T12:30:05Z", "January first, twenty twenty-four at twelve thirty and five seconds"),
    ],
)
def test_dates_are_said_as_dates(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("5:30pm", "five thirty p.m."),
        ("5 p.m.", "five p.m."),
        ("10 AM", "ten a.m."),
        ("10:00am", "ten a.m."),
        ("17:45", "seventeen forty-five"),
        ("12:00", "twelve o'clock"),
        ("17:00", "seventeen hundred"),
        ("00:05", "zero oh five"),
        ("3:05 pm", "three oh five p.m."),
        ("5:30:15", "five thirty and fifteen seconds"),
        ("9am-5pm", "nine a.m. to five p.m."),
        ("9:00–17:00", "nine o'clock to seventeen hundred"),
    ],
)
def test_times_of_day_are_said_as_such(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("120 km/h", "one hundred twenty kilometers per hour"),
        ("1 km", "one kilometer"),
        ("1.5 km", "one point five kilometers"),
        ("5kg", "five kilograms"),
        ("25 m²", "twenty-five square meters"),
        ("9.8 m/s²", "nine point eight meters per second squared"),
        ("-5 °C", "minus five degrees Celsius"),
        ("98.6°F", "ninety-eight point six degrees Fahrenheit"),
        ("37 ℃", "thirty-seven degrees Celsius"),
        ("90°", "ninety degrees"),
        ("5'10\"", "five foot ten"),
        ("5′10″", "five foot ten"),
        ("6 ft. tall", "six feet tall"),
        ("512 MB", "five hundred twelve megabytes"),
        ("3 GHz", "three gigahertz"),
        ("60 mph", "sixty miles per hour"),
        ("100 kWh", "one hundred kilowatt hours"),
        ("a 5-km run", "a five kilometer run"),
        ("1/2 km", "one half kilometer"),
        ("10-20 km", "ten to twenty kilometers"),
        ("20 in 5", "twenty in five"),
        ("a m and kg", "a m and kg"),
    ],
)
def test_units_are_named_after_a_number_and_only_there(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("555-123-4567", "five five five, one two three, four five six seven"),
        ("(555) 123-4567", "five five five, one two three, four five six seven"),
        ("+1 555 123 4567", "one, five five five, one two three, four five six seven"),
        ("1-800-555-0199", "one, eight hundred, five five five, zero one nine nine"),
        ("555.123.4567", "five five five, one two three, four five six seven"),
        ("555-1234", "five five five, one two three four"),
        ("call 911", "call nine one one"),
        ("room 101", "room one oh one"),
    ],
)
def test_telephone_numbers_are_read_in_groups(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Dr. Smith", "Doctor Smith"),
        ("Mr. and Mrs. Jones", "Mister and Missus Jones"),
        ("Ms. Lee", "Miz Lee"),
        ("Prof. Plum", "Professor Plum"),
        ("St. James St. is long", "Saint James Street is long"),
        ("12 Main St. Springfield", "twelve Main Street Springfield"),
        ("in St. Louis", "in Saint Louis"),
        ("Mulholland Dr. is long", "Mulholland Drive is long"),
        ("cats vs. dogs", "cats versus dogs"),
        ("pears etc. are fruit", "pears et cetera are fruit"),
        ("e.g. this", "for example this"),
        ("i.e. that", "that is that"),
        ("approx. 5", "approximately five"),
        ("No. 5", "Number five"),
        ("Fig. 3", "Figure three"),
        ("Vol. IV", "Volume four"),
        ("Acme Inc. makes", "Acme Incorporated makes"),
        ("the U.S. economy", "the U.S. economy"),
        ("a Ph.D. student", "a P.H.D. student"),
        ("J. R. R. Tolkien", "J R R Tolkien"),
        ("A/C and AM/PM", "A C and AM PM"),
        ("R&D at AT&T", "R and D at ay T and T"),
    ],
)
def test_abbreviations_are_said_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Henry VIII", "Henry the eighth"),
        ("Louis XIV's army", "Louis the fourteenth's army"),
        ("Elizabeth I of England", "Elizabeth the first of England"),
        ("World War II", "World War two"),
        ("Chapter IV", "Chapter four"),
        ("chapter iv", "chapter four"),
        ("Part I", "Part one"),
        ("Rocky IV", "Rocky four"),
        ("Henry and I", "Henry and I"),
        ("tell Henry I am late", "tell Henry I am late"),
        ("the part I like", "the part I like"),
        ("MIX and CV", "MIX and CV"),
        ("My CV", "My CV"),
        ("Malcolm X", "Malcolm X"),
        ("vitamin C", "vitamin C"),
        ("Ⅷ", "eight"),
    ],
)
def test_roman_numerals_count_after_names_and_only_there(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("https://www.example.com/foo/", "example dot com slash foo"),
        ("http://localhost:8080/x", "localhost colon eighty eighty slash X"),
        ("www.bbc.co.uk", "bbc dot CO dot UK"),
        ("example.org", "example dot org"),
        ("john.doe@example.com", "john dot doe at example dot com"),
        ("report.pdf", "report dot PDF"),
        ("Node.js", "Node dot JS"),
        (".NET", "dot NET"),
        ("/usr/local/bin", "slash usr slash local slash bin"),
        ("#ThrowbackThursday", "hashtag Throwback Thursday"),
        ("@jane_doe", "at jane underscore doe"),
        ("#1 fan", "number one fan"),
        ("192.168.1.1", "one ninety-two dot one sixty-eight dot one dot one"),
        ("192.168.1.1:8080", "one ninety-two dot one sixty-eight dot one dot one port eighty eighty"),
        ("v2.0.1", "version two point zero point one"),
        ("Python 3.11.4", "Python three point eleven point four"),
        ("#ff8800", "hex F F eight eight zero zero"),
        ("0xFF", "hex F F"),
        ("COVID-19", "COVID nineteen"),
        ("MP3", "MP three"),
        ("H2O", "H two O"),
        ("A4", "ay four"),
        ("1080p", "ten eighty p"),
        ("4K", "four K"),
        ("C++ and C#", "C plus plus and C sharp"),
        ("user_name", "user name"),
    ],
)
def test_addresses_and_names_of_things_are_spelt_as_people_do(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("it’s “fine”", "it's fine"),
        ("'quoted' text", "quoted text"),
        ("rock 'n' roll", "rock and roll"),
        ("yes—no", "yes — no"),
        ("yes - no", "yes — no"),
        ("well-known", "well-known"),
        ("one (or two) now", "one, or two, now"),
        ("Wow!!!", "Wow!"),
        ("What?!", "What?"),
        ("wait... what", "wait… what"),
        ("Hello , world !", "Hello, world!"),
        ("hi 😀👍🏽 there", "hi there"),
        ("1️⃣", "one"),
        ("so :) then", "so then"),
        ("A → B", "A — B"),
        ("cats & dogs", "cats and dogs"),
        ("§ 5", "section five"),
        ("© 2024", "copyright twenty twenty-four"),
        ("item(s)", "items"),
    ],
)
def test_signs_become_words_pauses_or_nothing(written: str, spoken: str) -> None:
    assert said(written) == spoken


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
        ("he\0llo", "hello"),
        ("ex\u00adam\u00adple", "example"),
        ("\ufeffhi", "hi"),
        ("zero\u200bwidth", "zerowidth"),
        ("\u202eright\u202c", "right"),
        ("half \ud83d pair", "half pair"),
        ("a\x07b\x85c", "ab c"),
        ("cafe\u0301", "café"),
        ("ﬁnd", "find"),
    ],
)
def test_what_cannot_be_seen_cannot_be_heard(written: str, spoken: str) -> None:
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
def test_other_languages_keep_their_figures_and_get_no_english_word(written: str, spoken: str) -> None:
    assert said(written, "fr") == spoken


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
