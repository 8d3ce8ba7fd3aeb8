import pytest

from tests.text.said import said, said_in_sentences


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("3,2 GHz und 500 MHz", "3,2 Gigahertz und 500 Megahertz"),
        ("2 TL Salz, 3 EL Öl", "2 Teelöffel Salz, 3 Esslöffel Öl"),
        ("10 Sek. warten", "10 Sekunden warten"),
        ("19 % MwSt. inkl.", "19 Prozent Mehrwertsteuer inkl."),
        ("-5 °C", "minus 5 Grad Celsius"),
        ("3 €/kg, 500 €/Monat", "drei Euro pro Kilogramm, fünfhundert Euro pro Monat"),
        ("6 l/100 km", "6 Liter pro 100 Kilometer"),
        ("5-10 km", "5 bis 10 Kilometer"),
        ("Seite 23\u201345", "Seite 23 bis 45"),
        ("von 9-17 Uhr", "von neun bis siebzehn Uhr"),
        ("16:30-18:00 Uhr", "sechzehn Uhr dreißig bis achtzehn Uhr"),
        ("um 1 Uhr, um 21 Uhr", "um ein Uhr, um 21 Uhr"),
        ("ab 8 h", "ab acht Uhr"),
        ("Mo-Fr", "Montag bis Freitag"),
    ],
)
def test_measures_and_ranges_are_said_in_words(written: str, spoken: str) -> None:
    assert said(written, "de") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1/2 Liter", "ein halber Liter"),
        ("1/2 Tasse", "eine halbe Tasse"),
        ("½ TL", "ein halber Teelöffel"),
        ("1 1/2 Tassen, 2 ½ Tassen", "eineinhalb Tassen, zweieinhalb Tassen"),
        ("3/4 Stunde, 2/3 der Leute", "drei Viertel Stunde, zwei Drittel der Leute"),
        ("24/7", "24 7"),
    ],
)
def test_fractions_agree_with_their_noun(written: str, spoken: str) -> None:
    assert said(written, "de") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Er gewann 3:1.", "Er gewann 3 zu 1."),
        ("Sie verloren 21:19", "Sie verloren 21 zu 19"),
        ("im Verhältnis 1:100", "im Verhältnis 1 zu 100"),
        ("um 21:19", "um einundzwanzig Uhr neunzehn"),
        ("10 : 2 = 5", "10 geteilt durch 2 = 5"),
        ("3 x täglich, 1x", "dreimal täglich, 1x"),
        ("2 x 3 m", "2 mal 3 Meter"),
        ("eine 50%ige Chance", "eine fünfzigprozentige Chance"),
    ],
)
def test_scores_times_and_percentages_are_said_in_words(written: str, spoken: str) -> None:
    assert said(written, "de") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("im Jahr 1848", "im Jahr achtzehnhundertachtundvierzig"),
        ("die 1980er Jahre", "die neunzehnhundertachtziger Jahre"),
        ("in den 90ern", "in den 90ern"),
        ("1500 Menschen", "1500 Menschen"),
        ("Heinrich VIII. hatte sechs", "Heinrich der Achte hatte sechs"),
        ("unter Ludwig XIV. gebaut", "unter Ludwig dem Vierzehnten gebaut"),
        ("Elisabeth II. regierte", "Elisabeth die Zweite regierte"),
        ("Kapitel IV", "Kapitel 4"),
        ("1 Katze und 1 Hund auf Gleis 1", "eine Katze und ein Hund auf Gleis 1"),
        ("3. Liga, 2. Semester", "dritte Liga, zweites Semester"),
    ],
)
def test_years_rulers_and_counted_nouns_have_their_form(written: str, spoken: str) -> None:
    assert said(written, "de") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Tel.: 030 12345", "Telefon: null drei null, eins zwei drei vier fünf"),
        ("+49 89 123", "plus vier neun, acht neun, eins zwei drei"),
        ("Meine PIN ist 4821.", "Meine PIN ist vier acht zwei eins."),
        ("Am Ring 5, 10115 Berlin", "Am Ring 5, eins null eins eins fünf Berlin"),
    ],
)
def test_telephones_codes_and_postcodes_are_said_digit_by_digit(written: str, spoken: str) -> None:
    assert said(written, "de") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Die Beck GmbH & Co. KG liefert.", ["Die Beck GmbH & Co KG liefert."]),
        ("Es dauert 30 Min. Danach ist Schluss.", ["Es dauert 30 Minuten.", "Danach ist Schluss."]),
        (
            "§ 5 Abs. 1 S. 2, §§ 3-5, S. 12 ff.",
            ["Paragraf 5 Absatz 1 Satz 2, Paragrafen 3 bis 5, Seite 12 fortfolgende."],
        ),
        ("Brot, Käse u.v.m. Er kam.", ["Brot, Käse und vieles mehr.", "Er kam."]),
        ("ab Gleis 12. Treffen ist hier.", ["ab Gleis 12.", "Treffen ist hier."]),
        ("Bis morgen, lg Anna", ["Bis morgen, liebe Grüße Anna"]),
    ],
)
def test_short_forms_end_a_sentence_only_where_it_ends(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written, "de") == spoken


def test_an_ampere_is_told_from_a_class() -> None:
    assert said("eine Sicherung mit 16 A", "de") == "eine Sicherung mit 16 Ampere"
    assert said("Klasse 5 A", "de") == "Klasse 5 A"
