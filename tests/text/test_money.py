import pytest

from tests.text.said import said


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
        ("$3/1M tokens", "three dollars per one million tokens"),
    ],
)
def test_money_names_its_currency_after_the_sum(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("R$ 99,90", "ninety-nine Brazilian reais and ninety centavos"),
        ("€1.299,90", "one thousand two hundred ninety-nine euros and ninety cents"),
        ("€1,299", "one thousand two hundred ninety-nine euros"),
        ("30 zł and ₪40", "thirty zloty and forty shekels"),
        ("S$15", "fifteen Singapore dollars"),
    ],
)
def test_other_currencies_and_decimal_commas_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("CA$20", "twenty Canadian dollars"),
        ("Rs. 500 and Rs 1,200", "five hundred rupees and one thousand two hundred rupees"),
    ],
)
def test_more_dollars_and_rupees_have_names(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("EUR/USD 1.0850", "EUR USD one point zero eight five zero"),
        ("tea 2/$5", "tea two for five dollars"),
    ],
)
def test_pairs_of_currencies_and_prices_of_several_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken
