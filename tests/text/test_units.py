import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 5 min walk and 5 kg bags", "a five minute walk and five kilogram bags"),
        ("a $5 bill", "a five dollar bill"),
        ("a 5 km run", "a five kilometer run"),
        ("a $20 million deal", "a twenty million dollar deal"),
        ("a 90° angle", "a ninety degree angle"),
        ("a 30 min break", "a thirty minute break"),
        ("a 2 GB file", "a two gigabyte file"),
        ("$100 bills", "one hundred dollar bills"),
        ("a cheap $5 bill", "a cheap five dollar bill"),
        ("the $20 million deal", "the twenty million dollar deal"),
        ("He paid $5 million in cash.", "He paid five million dollars in cash."),
        ("a $3.50 coffee", "a three dollar and fifty cent coffee"),
        ("two 5 kg bags", "two five kilogram bags"),
        ("the 5 km we ran", "the five kilometers we ran"),
        ("a 6 ft tall man", "a six foot tall man"),
        ("He is 6 ft tall.", "He is six feet tall."),
        ("a 5-10 km run", "a five to ten kilometer run"),
        ("a 20 min walk and 5 km of road", "a twenty minute walk and five kilometers of road"),
        ("a 50¢ stamp", "a fifty cent stamp"),
        ("a 16 GB RAM kit", "a sixteen gigabyte RAM kit"),
        ("a 5 mph limit", "a five mile per hour limit"),
        ("It is 5 km away.", "It is five kilometers away."),
        ("a 60 W bulb", "a sixty watt bulb"),
        ("The $5 he owes", "The five dollars he owes"),
        ("a $5/month plan", "a five dollar per month plan"),
        ("a 3-hour tour", "a three hour tour"),
        ("the 100 m dash", "the one hundred meter dash"),
        ("a total of 5 km", "a total of five kilometers"),
    ],
)
def test_a_unit_before_a_noun_is_singular(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("$83.12/bbl", "eighty-three dollars and twelve cents per barrel"),
        ("250 mg/5 mL", "two hundred fifty milligrams per five milliliters"),
        ("13.5 g/dL", "thirteen point five grams per deciliter"),
        ("10 mcg", "ten micrograms"),
        ("$5/mo., £3/kg", "five dollars per month, three pounds per kilogram"),
        ("$4.50/ea", "four dollars and fifty cents each"),
        ("8 L/100 km", "eight liters per one hundred kilometers"),
        ("a late fee/month, but day/night", "a late fee per month, but day slash night"),
    ],
)
def test_rates_of_medicine_and_trade_are_said_with_per(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("in 2 wks, at 12 kts", "in two weeks, at twelve knots"),
        ("a 3-pk. AA set, 6 ct.", "a three pack AA set, six count."),
        ("3 yrs. 2 mos. old", "three years two months old"),
        ("He's 6 yrs old, Bob's 6 km run", "He's six years old, Bob's six kilometer run"),
        ("Sq. ft.: 1,200", "Square feet: one thousand two hundred"),
    ],
)
def test_weeks_knots_packs_and_years_with_months_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1 Tbsp. (15 mL) oil", "one tablespoon, fifteen milliliters, oil"),
        ("7fl oz of milk, 12 min/side", "seven fluid ounces of milk, twelve minutes per side"),
    ],
)
def test_a_stop_before_a_bracket_with_another_measure_ends_no_sentence(written: str, spoken: str) -> None:
    assert said(written) == spoken
