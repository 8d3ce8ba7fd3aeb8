# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It costs $1.5M-$2M.", "It costs one point five to two million dollars."),
        ("$10k-$20k", "ten thousand to twenty thousand dollars"),
        ("the 1980s-1990s", "the nineteen eighties to nineteen nineties"),
        ("10k-20k users", "ten thousand to twenty thousand users"),
        ("between 5kg-10kg", "between five and ten kilograms"),
        ("between $5-$10", "between five and ten dollars"),
        ("between 1990-1995", "between nineteen ninety and nineteen ninety-five"),
        ("5kg-10kg", "five to ten kilograms"),
        ("10ft-20ft", "ten to twenty feet"),
        ("1st-3rd place", "first to third place"),
        ("20~30 seconds", "twenty to thirty seconds"),
        ("£1m–£2m", "one to two million pounds"),
        ("It costs $900k-$1.2M.", "It costs nine hundred thousand to one point two million dollars."),
        ("£5-£10 a day", "five to ten pounds a day"),
        ("$5 - $10 each", "five to ten dollars each"),
        ("€2.5bn–€3bn", "two point five to three billion euros"),
        ("$1.50-$2.50", "one dollar and fifty cents to two dollars and fifty cents"),
        ("$10-20k", "ten to twenty thousand dollars"),
        ("50-60 mph", "fifty to sixty miles per hour"),
        ("5 km - 10 km", "five to ten kilometers"),
        ("5 kg-10 g", "five kilograms to ten grams"),
        ("20°C-25°C", "twenty to twenty-five degrees Celsius"),
        ("20-25°C", "twenty to twenty-five degrees Celsius"),
        ("the 1960s–70s", "the nineteen sixties to seventies"),
        ("80s-90s music", "eighties to nineties music"),
        ("5th–8th grade", "fifth to eighth grade"),
        ("2x-3x faster", "two to three times faster"),
        ("3-4x", "three to four times"),
        ("5'-6' tall", "five to six feet tall"),
        ("Mon-Fri 9am-5pm", "Monday to Friday nine a.m. to five p.m."),
        ("Jan–Mar", "January to March"),
        ("10 MB-20 MB", "ten to twenty megabytes"),
        ("5-10 million people", "five to ten million people"),
        ("1M-2M users", "one to two million users"),
        ("10%-20%", "ten to twenty percent"),
        ("pages 3-5", "pages three to five"),
        ("ages 5~7", "ages five to seven"),
        ("50-50", "fifty fifty"),
        ("a 3-2 win", "a three to two win"),
        ("10-5", "ten to five"),
        ("24-7", "twenty-four seven"),
    ],
)
def test_the_ends_of_a_range_are_joined_by_to_and_share_a_unit(written: str, spoken: str) -> None:
    assert said(written) == spoken
