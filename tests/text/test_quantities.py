# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import pytest

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
        ("120 km/h", "one hundred twenty kilometers per hour"),
        ("1 km", "one kilometer"),
        ("1.5 km", "one point five kilometers"),
        ("5kg", "five kilograms"),
        ("25 m²", "twenty-five square meters"),
        ("9.8 m/s²", "nine point eight meters per second squared"),
        ("-5 °C", "minus five degrees Celsius"),
        ("-3.5C, or +1 F", "minus three point five degrees Celsius, or plus one degree Fahrenheit"),
        ("a 100m dash", "a one hundred meter dash"),
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
        ("the word dates back to 1825.", "the word dates back to eighteen twenty-five."),
        ("roughly 1980 to 1995, when", "roughly nineteen eighty to nineteen ninety-five, when"),
        ("prior to 1990", "prior to nineteen ninety"),
        ("roughly 1500 to 2000 people", "roughly one thousand five hundred to two thousand people"),
        ("rose to 1825 units", "rose to one thousand eight hundred twenty-five units"),
    ],
)
def test_the_ends_of_a_span_of_years_are_years(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("2048 bytes", "two thousand forty-eight bytes"),
        ("1950 items", "one thousand nine hundred fifty items"),
        ("1999 people", "one thousand nine hundred ninety-nine people"),
        ("the 1999 elections", "the nineteen ninety-nine elections"),
        ("in 1999 people danced", "in nineteen ninety-nine people danced"),
        ("May 1999", "May nineteen ninety-nine"),
        ("1500 people", "one thousand five hundred people"),
        ("more than 1984 books", "more than one thousand nine hundred eighty-four books"),
        ("the summer of 1999", "the summer of nineteen ninety-nine"),
        ("2024 results", "twenty twenty-four results"),
        ("1984 was a year", "nineteen eighty-four was a year"),
    ],
)
def test_counts_are_told_from_years(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("3m people watched", "three million people watched"),
        ("1.2bn users", "one point two billion users"),
        ("3M makes tape", "three M makes tape"),
        ("3m tall", "three meters tall"),
        ("5m users and 3m more people", "five million users and three million more people"),
        ("7B parameters", "seven billion parameters"),
        ("a 7B model", "a seven B model"),
        ("5K run", "five K run"),
        ("10k steps", "ten thousand steps"),
    ],
)
def test_short_signs_of_large_numbers_are_told_from_measures(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 10k race", "a ten K race"),
        ("I ran a 5k.", "I ran a five K."),
        ("The 10K starts at noon.", "The ten K starts at noon."),
        ("a 10k loan", "a ten thousand loan"),
        ("I earn 10k a month.", "I earn ten thousand a month."),
        ("we have 10k runners", "we have ten thousand runners"),
    ],
)
def test_kilometers_of_a_race_are_no_thousands(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1/2 c. milk, 2 c. flour", "one half cup milk, two cups flour"),
        ("born c. 1450", "born circa fourteen fifty"),
        ("1 (14-oz.) can", "one, fourteen ounce, can"),
        ("2 Tbsp oil", "two tablespoons oil"),
        ("28 pts, 11 reb", "twenty-eight points, eleven rebounds"),
        ("25 bps, 35 mpg", "twenty-five basis points, thirty-five miles per gallon"),
        ("5 000 000 people", "five million people"),
        ("2 x Coffee", "two times Coffee"),
    ],
)
def test_recipes_and_players_are_counted_in_words(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("2,5 kg of flour", "two point five kilograms of flour"),
        ("0,5 l and 3,5 %", "zero point five liters and three point five percent"),
        ("1,5 million people", "one point five million people"),
        ("1,200 kg", "one thousand two hundred kilograms"),
        ("pages 1,2 and 3", "pages one, two and three"),
    ],
)
def test_a_decimal_comma_before_a_unit_is_a_point(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It was -3.5Q here.", "It was minus three point five Q here."),
        ("A list:\n-3D printer", "A list: three D printer"),
    ],
)
def test_a_minus_before_letters_that_are_no_unit_is_said_and_the_hyphen_of_a_list_is_not(
    written: str, spoken: str
) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("up 0.1 pt. to 3.9%", "up zero point one points to three point nine percent"),
        ("1 pt. cream and 2 pts. milk", "one pint cream and two pints milk"),
        ("He scored 22 pts in the game.", "He scored twenty-two points in the game."),
    ],
)
def test_points_of_a_percentage_and_pints_are_told_apart(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("45k mi. and 10k km", "forty-five thousand miles and ten thousand kilometers"),
        ("10K people", "ten thousand people"),
    ],
)
def test_a_large_number_keeps_its_unit(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("4 oz./115 g butter", "four ounces, one hundred fifteen grams butter"),
        ("180C/160C fan/gas 4", "one hundred eighty degrees Celsius, one hundred sixty degrees Celsius fan, gas four"),
        ("350/mm3 and 16/min", "three hundred fifty per cubic millimeter and sixteen per minute"),
        ("250/serving, 50 kcal/100 g", "two hundred fifty per serving, fifty kilocalories per one hundred grams"),
        ("up 3.2pc", "up three point two percent"),
        ("a 10-yr. Treasury bond", "a ten year Treasury bond"),
    ],
)
def test_a_measure_in_two_units_has_a_pause_and_a_rate_has_per(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("batting .305 with a .950 OPS", "batting three oh five with a nine fifty OPS"),
        (".305 m", "zero point three zero five meters"),
    ],
)
def test_batting_averages_are_read_in_pairs(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("24k gold, 24k people", "twenty-four karat gold, twenty-four thousand people"),
        ("12V DC, 5A", "twelve volts DC, five amps"),
        ("Take gate 5A.", "Take gate five A."),
    ],
)
def test_karats_and_amps_are_told_from_thousands_and_gates(written: str, spoken: str) -> None:
    assert said(written) == spoken
