import pytest

from tests.text.said import said


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
        ("Your code is 4821.", "Your code is four eight two one."),
        ("The OTP is 839201.", "The OTP is eight three nine two zero one."),
        ("Call 5551234567.", "Call five five five, one two three, four five six seven."),
        ("zip code 90210", "zip code nine zero two one zero"),
        ("Account 12345678.", "Account one two three four five six seven eight."),
        ("the 911 operator", "the nine one one operator"),
        ("my PIN is 1234", "my PIN is one two three four"),
        ("The password is 4821", "The password is four eight two one"),
        ("Your verification code: 482913.", "Your verification code: four eight two nine one three."),
        ("Order 12345 has shipped.", "Order one two three four five has shipped."),
        ("Please order 500 units.", "Please order five hundred units."),
        ("My account has 1234 followers.", "My account has one thousand two hundred thirty-four followers."),
        ("order #98765", "order number nine eight seven six five"),
        (
            "tracking number 1Z999AA10123456784",
            "tracking number one Z nine nine nine ay ay one zero one two three four five six seven eight four",
        ),
        ("confirmation code AB12CD", "confirmation code ay B one two C D"),
        ("The code is 4821 lines long.", "The code is four thousand eight hundred twenty-one lines long."),
        ("Your order is 250 dollars.", "Your order is two hundred fifty dollars."),
        ("flight 1234", "flight twelve thirty-four"),
        ("Flight UA 903 is late", "Flight UA nine oh three is late"),
        ("Bus 405 and Route 101", "Bus four oh five and Route one oh one"),
        ("gate 23", "gate twenty-three"),
        ("Room 1204", "Room twelve oh four"),
        ("call 5551234", "call five five five, one two three four"),
        ("Call me at 555 1234", "Call me at five five five, one two three four"),
        ("call 1500 people", "call one thousand five hundred people"),
        ("Text 12345 to donate", "Text one two three four five to donate"),
        ("dial 112", "dial one one two"),
        ("999 emergency", "nine nine nine emergency"),
        ("911 people died", "nine hundred eleven people died"),
        ("the 911 call", "the nine one one call"),
        ("a Porsche 911", "a Porsche nine eleven"),
        ("SW1A 1AA", "S W one ay, one ay ay"),
        ("K1A 0B1", "K one ay, zero B one"),
        ("Austin, TX 78701", "Austin, Texas seven eight seven zero one"),
        ("my card ending in 4242", "my card ending in four two four two"),
        ("ext. 204", "extension two zero four"),
        ("x204", "x two oh four"),
        ("area code 212", "area code two one two"),
        ("error code 404", "error code four oh four"),
        ("+44 20 7946 0958", "four four, two zero, seven nine four six, zero nine five eight"),
    ],
)
def test_numbers_that_name_something_are_read_digit_by_digit_or_in_pairs_and_amounts_are_not(
    written: str, spoken: str
) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("invoice #2024-0117", "invoice number two zero two four, zero one one seven"),
        ("order #B-12", "order number B, one two"),
        ("00:1A:2B:3C:4D:5E", "zero zero, one ay, two B, three C, four D, five E"),
    ],
)
def test_numbers_with_leading_zeros_and_addresses_of_hardware_are_identifiers(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("PO No. 45-8831-A", "PO Number four five, eight eight three one, ay"),
        ("No. 10A", "Number ten ay"),
    ],
)
def test_a_code_with_letters_behind_no_is_spelled(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 404 error, a 500 error", "a four oh four error, a five hundred error"),
        ("INV# 10023, train no. 12345", "INV number one zero zero two three, train number one two three four five"),
        ("Apt #3B", "Apartment number three B"),
        ("no. 50000", "number fifty thousand"),
    ],
)
def test_status_codes_and_long_numbers_are_read_as_codes(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("code SAVE20", "code SAVE twenty"),
        ("code XKTQ47", "code X K T Q four seven"),
    ],
)
def test_a_code_that_can_be_said_is_said_as_a_word(written: str, spoken: str) -> None:
    assert said(written) == spoken
