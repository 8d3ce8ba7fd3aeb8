# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("3/14/2025", "March fourteenth, twenty twenty-five"),
        ("3/14/25", "March fourteenth, twenty twenty-five"),
        ("31/12/1999", "December thirty-first, nineteen ninety-nine"),
        ("2025-03-14", "March fourteenth, twenty twenty-five"),
        ("14.03.2025", "March fourteenth, twenty twenty-five"),
        ("on 3/14", "on March fourteenth"),
        ("shipped 3/14", "shipped March fourteenth"),
        ("ETA 3/14", "ETA March fourteenth"),
        ("a 3/14 share", "a three fourteenths share"),
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
        ("a 2:04:35 marathon", "a two oh four thirty-five marathon"),
        ("a 3:00:00 finish", "a three hours flat finish"),
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
        ("at 7.30pm", "at seven thirty p.m."),
        ("the 7.30 train", "the seven thirty train"),
        ("at 7.30", "at seven thirty"),
        ("at 19.30", "at nineteen thirty"),
        ("by 9.15 tomorrow", "by nine fifteen tomorrow"),
        ("grew at 3.15 percent", "grew at three point one five percent"),
        ("at 7.30 in the morning", "at seven thirty in the morning"),
        ("at 7.30pm. Then", "at seven thirty p.m. Then"),
        ("from 7.30am-8.30pm", "from seven thirty a.m. to eight thirty p.m."),
        ("UTC-5", "UTC minus five"),
        ("GMT+5:30", "GMT plus five thirty"),
        ("Mon-Fri 9am-5pm", "Monday to Friday nine a.m. to five p.m."),
        ("Jan–Mar", "January to March"),
    ],
)
def test_times_may_be_written_with_a_dot(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("She ran it in 45:32.", "She ran it in forty-five thirty-two."),
        ("a lap of 1:23.4", "a lap of one twenty-three point four"),
        ("a 60:40 split", "a sixty to forty split"),
        ("a 30:20 ratio", "a thirty to twenty ratio"),
        ("We leave at 0645 hours.", "We leave at oh six forty-five hours."),
        ("at 1500 hours", "at fifteen hundred hours"),
        ("1500 hours of work", "one thousand five hundred hours of work"),
    ],
)
def test_laps_and_military_times_are_told_from_ratios_and_counts(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Mon./Wed./Fri. at noon", "Monday, Wednesday, Friday at noon"),
        ("by Fri. 6/14", "by Friday June fourteenth"),
        ("Jan.-Mar., every year", "January to March, every year"),
        ("2024-05 and 2004-05", "May twenty twenty-four and two thousand four to zero five"),
    ],
)
def test_days_with_slashes_and_months_of_a_year_are_named(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Let's meet 12/25 at noon.", "Let's meet December twenty-fifth at noon."),
        ("your letter of 3/14", "your letter of March fourteenth"),
        ("valid thru 12/31", "valid thru December thirty-first"),
        ("Open 3/1-3/5", "Open March first to March fifth"),
        ("We moved the 3/14 meeting to 3/21.", "We moved the March fourteenth meeting to March twenty-first."),
        ("1/4-1/2 cup, meet 3/4 of it", "one quarter to one half cup, meet three quarters of it"),
    ],
)
def test_a_day_without_a_year_is_a_date_where_people_meet_write_or_are_due(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("departs 7:05a, arrives 3:40p", "departs seven oh five a.m., arrives three forty p.m."),
        ("open 9a-5p daily", "open nine a.m. to five p.m. daily"),
    ],
)
def test_a_single_letter_behind_a_time_is_half_of_a_day(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("closed Sun", "closed Sunday"),
        ("Call me on Fri or Sat.", "Call me on Friday or Saturday."),
        ("every Thu at 5", "every Thursday at five"),
        ("He sat on Sun shares.", "He sat on Sun shares."),
    ],
)
def test_short_days_are_days_where_a_day_follows(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1 Jan-31 Mar", "the first of January to the thirty-first of March"),
        ("Tue & Thu 7-8:30pm", "Tuesday and Thursday seven to eight thirty p.m."),
        ("noon-1pm", "noon to one p.m."),
        ("Exp. 09/27", "Expires September twenty twenty-seven"),
        ("Sept. '24", "September twenty-four"),
    ],
)
def test_ranges_of_days_hours_and_names_of_days_are_joined_with_to(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("We meet 1/2 way.", "We meet one half way."),
        ("He received 9/10 votes.", "He received nine out of ten votes."),
        ("between 1/2 and 3/4", "between one half and three quarters"),
        ("as of 3/14", "as of March fourteenth"),
    ],
)
def test_a_fraction_after_a_word_of_meeting_stays_one(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1:1,000", "one to one thousand"),
        ("due 11:59 PM 10/4", "due eleven fifty-nine p.m. October fourth"),
    ],
)
def test_ratios_keep_thousands_and_a_day_behind_a_time_is_a_date(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("the gym 6-8p", "the gym six to eight p.m."),
        ("mid-Oct. to early Dec.", "mid October to early Dec."),
    ],
)
def test_hours_with_one_letter_and_parts_of_a_short_month_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken
