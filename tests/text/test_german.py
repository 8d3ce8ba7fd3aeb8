import pytest

from tests.text.said import said, said_in_sentences


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Sie wohnt z. B. in Köln.", ["Sie wohnt zum Beispiel in Köln."]),
        ("Das ist d. h. gut, u. a. in Berlin.", ["Das ist das heißt gut, unter anderem in Berlin."]),
        ("in der Hauptstr. 5 bitte", ["in der Hauptstraße 5 bitte"]),
        ("Der 1. Mai ist frei.", ["Der erste Mai ist frei."]),
        ("am 24.12.2024", ["am vierundzwanzigsten zwölften zweitausendvierundzwanzig"]),
        (
            "Am 3. März um 17:30 Uhr kostet es 3,50 €.",
            ["Am dritten März um siebzehn Uhr dreißig kostet es drei Euro fünfzig."],
        ),
        ("Er ist 12. Sie ist 13.", ["Er ist 12.", "Sie ist 13."]),
        ("im 19. Jahrhundert", ["im neunzehnten Jahrhundert"]),
        (
            "Dr. Maier und Prof. Klein, Nr. 5, ca. 10 km.",
            ["Doktor Maier und Professor Klein, Nummer 5, circa 10 Kilometer."],
        ),
        ("1.234,50 €", ["eintausendzweihundertvierunddreißig Euro fünfzig"]),
        ("€ 5", ["fünf Euro"]),
        ("2,5 Mio. € Umsatz", ["2,5 Millionen Euro Umsatz"]),
        ("Äpfel, Birnen usw. Dann mehr.", ["Äpfel, Birnen und so weiter.", "Dann mehr."]),
        ("der 2. Weltkrieg", ["der zweite Weltkrieg"]),
        ("vom 1. bis 3. Mai", ["vom ersten bis dritten Mai"]),
        ("Stand: 1.5.2024", ["Stand: erster fünfter zweitausendvierundzwanzig"]),
        ("5 km/h und 20 °C", ["5 Kilometer pro Stunde und 20 Grad Celsius"]),
        ("Es ist 8 Uhr.", ["Es ist 8 Uhr."]),
        ("am 24.12. ist Heiligabend", ["am vierundzwanzigsten zwölften ist Heiligabend"]),
        ("Fr. Müller kam Mo., den 3. Juni.", ["Frau Müller kam Montag, den dritten Juni."]),
        ("S. 5", ["Seite 5"]),
        ("etc. und so", ["et cetera und so"]),
        ("Er kommt aus St. Gallen.", ["Er kommt aus Sankt Gallen."]),
        ("Die Version 1.2.3", ["Die Version 1.2.3"]),
        ("0,99 €", ["neunundneunzig Cent"]),
        ("um 7.30 Uhr", ["um sieben Uhr dreißig"]),
        ("1 km", ["ein Kilometer"]),
        ("z.B. heute", ["zum Beispiel heute"]),
        ("Das war gut usw.", ["Das war gut und so weiter."]),
        ("am 31.12.1999", ["am einunddreißigsten zwölften neunzehnhundertneunundneunzig"]),
    ],
)
def test_german_is_read_in_words(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written, "de") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        (
            "Hbf Gl. 7, Abf. 08:15, Ank. 10:40",
            "Hauptbahnhof Gleis 7, Abfahrt acht Uhr fünfzehn, Ankunft zehn Uhr vierzig",
        ),
        ("vom 03.04.24", "vom dritten vierten zweitausendvierundzwanzig"),
        ("Version 03.04.24", "Version 03.04.24"),
        ("im 2. OG", "im zweiten Obergeschoss"),
        ("Sa. 10-14 Uhr", "Samstag zehn bis vierzehn Uhr"),
        ("Blutdruck 120/80, 2x tägl. 1 Tbl.", "Blutdruck 120 zu 80, zweimal täglich eine Tablette."),
        ("kA, bis mrg!", "keine Ahnung, bis morgen!"),
    ],
)
def test_timetables_floors_and_medicine_are_read_in_full(written: str, spoken: str) -> None:
    assert said(written, "de") == spoken
