import pytest

from tests.text.said import said, said_in_sentences


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
        ("Go to Rm. 204.", ["Go to Room two oh four."]),
        ("Pvt. Ryan and Maj. Tom", ["Private Ryan and Major Tom"]),
        ("the avg. speed", ["the average speed"]),
        ("max. 10 people", ["maximum ten people"]),
        ("T. rex and C. difficile", ["T rex and C difficile"]),
        ("E. coli in water", ["E coli in water"]),
        ("Meet on Wed. night.", ["Meet on Wednesday night."]),
        ("the no. of items", ["the number of items"]),
        ("pg. 5", ["page five"]),
        ("Mme. Curie", ["Madame Curie"]),
        ("350 5th Ave, New York", ["three fifty Fifth Avenue, New York"]),
        ("12 Elm St, Springfield", ["twelve Elm Street, Springfield"]),
        ("Sunset Blvd", ["Sunset Boulevard"]),
        ("Mt Everest", ["Mount Everest"]),
        ("ranked No 7", ["ranked number seven"]),
        ("approx 5", ["approximately five"]),
        ("J. R. R. Tolkien wrote it.", ["J R R Tolkien wrote it."]),
        ("George R. R. Martin and C. S. Lewis", ["George R R Martin and C S Lewis"]),
        ("the U.S. economy grew. It was fine.", ["the U.S. economy grew.", "It was fine."]),
        ("He moved to the U.S. in 1990.", ["He moved to the U.S. in nineteen ninety."]),
        ("Gen. Lee and Col. Mustard, Lt. Dan", ["General Lee and Colonel Mustard, Lieutenant Dan"]),
        ("the approx. value", ["the approximate value"]),
        ("See fig. 3 and sec. 4.", ["See figure three and section four."]),
        ("Dept. of Energy", ["Department of Energy"]),
        ("Mon. and Tues. are busy.", ["Monday and Tuesday are busy."]),
        ("On Jan. we met, in Feb. too.", ["On January we met, in February too."]),
        ("S. aureus and C. elegans", ["S aureus and C elegans"]),
        ("E. The end.", ["E.", "The end."]),
        ("Plan B. It works.", ["Plan B.", "It works."]),
        ("Vitamin C. It is good.", ["Vitamin C.", "It is good."]),
        ("Grade A. Well done.", ["Grade A.", "Well done."]),
        ("vol. 3, no. 4", ["volume three, number four"]),
        ("no. 5 is alive", ["number five is alive"]),
        ("The answer is no. Of course.", ["The answer is no.", "Of course."]),
        ("No. of items: 5", ["Number of items: five"]),
        ("Acme Co. and Smith Bros. Ltd. won.", ["Acme Company and Smith Brothers Limited won."]),
        ("He works at Acme Inc. He likes it.", ["He works at Acme Incorporated.", "He likes it."]),
        ("5 ft. tall", ["five feet tall"]),
        ("10 in. wide", ["ten inches wide"]),
        ("Smith et al. found", ["Smith et al found"]),
        ("e.g. this and i.e. that", ["for example this and that is that"]),
        ("cf. Smith", ["compare Smith"]),
        ("St. Mary's on Elm St. is old.", ["Saint Mary's on Elm Street is old."]),
        ("Main St is long", ["Main Street is long"]),
        ("42 Oak Rd, Dayton", ["forty-two Oak Road, Dayton"]),
        ("Mt Fuji and Ft Worth", ["Mount Fuji and Fort Worth"]),
        ("St Louis and St Andrews", ["Saint Louis and Saint Andrews"]),
        ("No 10 Downing Street", ["Number ten Downing Street"]),
        ("No 5 people agree.", ["No five people agree."]),
        ("Number one. No 7 was next.", ["Number one.", "Number seven was next."]),
        ("Room 101, Apt 4B", ["Room one oh one, Apartment four B"]),
        ("Dr Smith lives on Mulholland Dr", ["Doctor Smith lives on Mulholland Drive"]),
        ("Hwy 101 and Rte 66", ["Highway one oh one and Route sixty-six"]),
        ("Capt. Kirk and Sgt. Pepper", ["Captain Kirk and Sergeant Pepper"]),
        ("Adm. Nelson and Rev. Green", ["Admiral Nelson and Reverend Green"]),
        ("Ave Maria", ["Ave Maria"]),
        ("the max. is 10", ["the maximum is ten"]),
        ("max. speed", ["maximum speed"]),
        ("min. 5 years", ["minimum five years"]),
        ("temp. of 20", ["temperature of twenty"]),
        ("He is 5 yrs. old.", ["He is five years old."]),
        ("Sat. night and Sun. morning", ["Saturday night and Sunday morning"]),
        ("I sat. He left.", ["I sat.", "He left."]),
        ("I ate in Mar. and left.", ["I ate in March and left."]),
        ("Ph.D. in math", ["P.H.D. in math"]),
        ("a.m. and p.m.", ["a.m. and p.m."]),
        ("approx five", ["approximately five"]),
        ("dept of state", ["department of state"]),
        ("the St. Lawrence River", ["the Saint Lawrence River"]),
        ("Cats vs dogs", ["Cats versus dogs"]),
        ("1600 Pennsylvania Ave", ["sixteen hundred Pennsylvania Avenue"]),
        ("221B Baker Street", ["two twenty-one B Baker Street"]),
        ("10 Downing Street", ["ten Downing Street"]),
        ("350 5th Ave", ["three fifty Fifth Avenue"]),
        ("The 5 Street Dogs", ["The five Street Dogs"]),
        ("It's 5 St. Bernards.", ["It's five Saint Bernards."]),
        ("Meet at 5th St. and Main Ave. at noon.", ["Meet at Fifth Street and Main Avenue at noon."]),
        ("He said 5 min. ago.", ["He said five minutes ago."]),
    ],
)
def test_short_forms_do_not_end_a_sentence(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Mr. & Mrs. Hall", "Mister and Missus Hall"),
        ("Act III, Sc. 1", "Act three, Scene one"),
        ("on the 5th Fl. today", "on the fifth Floor today"),
        ("an M.Sc. student", "an M S C student"),
    ],
)
def test_short_forms_before_a_sign_or_in_brackets_end_no_sentence(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("12 @ $4.50 ea.", "twelve at four dollars and fifty cents each"),
        ("dep. 08:15, arr. 10:40", "departure eight fifteen, arrival ten forty"),
        ("Adm. $15 adv./$20 door", "Admission fifteen dollars in advance, twenty dollars door"),
        ("Adm. Smith", "Admiral Smith"),
        ("Acct. no. 0034", "Account number zero zero three four"),
        ("Vit. D daily", "Vitamin D daily"),
        ("up 7% YoY.", "up seven percent year over year."),
    ],
)
def test_short_forms_of_prices_timetables_and_growth_are_read_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("See pp. iv-xii for details.", "See pages four to twelve for details."),
        ("He left P. I shall stay.", "He left P. I shall stay."),
        ("Chapters IV-VI", "Chapters four to six"),
        ("a CD-LI mix", "a CD-LI mix"),
    ],
)
def test_pages_in_small_roman_numerals_are_numbers(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("est. $2.08, est. 1987", "estimated two dollars and eight cents, established nineteen eighty-seven"),
        ("The co. said so.", "The company said so."),
        ("Gen. Z and Gen. Lee", "Gen Z and General Lee"),
        ("6 lg. eggs, 3 med. onions", "six large eggs, three medium onions"),
        ("Cat. 4 hurricane", "Category four hurricane"),
        ("Nadal def. Federer (agg. 5-1)", "Nadal defeated Federer, aggregate five to one"),
        ("dx: flu. Rx: rest", "diagnosis: flu. Prescription: rest"),
        ("Gov't workers, Sgt. 1st Class Lee", "Government workers, Sergeant first Class Lee"),
    ],
)
def test_short_forms_of_news_recipes_and_charts_are_read_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Art. I, Sec. 8", "Article one, Section eight"),
        ("50mm f/1.8", "fifty millimeters f one point eight"),
        ("Mag. 5.6 quake", "Magnitude five point six quake"),
        ("3rd c. BC", "third century BC"),
        ("the 15th of Jan. He left.", "the fifteenth of January. He left."),
    ],
)
def test_short_forms_of_law_photography_and_weather_are_read_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 3-pt. shot and 1 pt. cream", "a three point shot and one pint cream"),
        ("def. A means so", "def. A means so"),
        ("Reg. price $5, reg. no. AB12", "Regular price five dollars, registration number AB twelve"),
        ("prob. not", "probably not"),
    ],
)
def test_short_forms_with_two_meanings_go_by_the_words_around(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Pos. for strep, neg. for flu", "Positive for strep, negative for flu"),
        ("Wk. 3, Bldg C, a 6.1-mag. quake", "Week three, Building C, a six point one magnitude quake"),
        ("Sinner d. Medvedev 6-4", "Sinner defeated Medvedev six to four"),
        ("up 2% Y/Y", "up two percent year over year"),
    ],
)
def test_short_forms_of_results_weeks_and_buildings_are_read_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        (
            "pop. 8.3M, alt. 5,280 ft",
            "population eight point three million, altitude five thousand two hundred eighty feet",
        ),
        ("Mgr. said so, w/in 2 days", "Manager said so, within two days"),
        ("a 2nd-gen. iPad, b/w photos", "a second generation iPad, black and white photos"),
        ("+/- 5%, lost it :/", "plus or minus five percent, lost it"),
        ("a V6 and v1.2", "a V six and version one point two"),
    ],
)
def test_short_forms_of_places_offices_and_photographs_are_read_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken
