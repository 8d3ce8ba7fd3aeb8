import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Ça coûte 3,20 €.", "Ça coûte trois euros vingt."),
        ("le 24/12/2024", "le vingt-quatre décembre deux mille vingt-quatre"),
        ("le 01.05.2024", "le premier mai deux mille vingt-quatre"),
        ("M. Dupont et Mme Curie", "Monsieur Dupont et Mme Curie"),
        ("à 14h30", "à quatorze heures trente"),
        ("5 millions d'euros", "5 millions d'euros"),
        ("1 €", "un euro"),
        ("0,50 €", "cinquante centimes"),
        ("1 234,50 €", "mille deux cent trente-quatre euros cinquante"),
        ("vers 14:30", "vers quatorze heures trente"),
        ("p. ex. ceci", "par exemple ceci"),
        ("Il part. M. Paul reste.", "Il part. Monsieur Paul reste."),
    ],
)
def test_french_short_forms_dates_times_and_sums_are_read_in_words(written: str, spoken: str) -> None:
    assert said(written, "fr") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Cuesta 3,20 €.", "Cuesta tres euros con veinte."),
        ("el 24/12/2024", "el veinticuatro de diciembre de dos mil veinticuatro"),
        ("Sr. López y la Sra. Ruiz", "Señor López y la Señora Ruiz"),
        ("a las 14:30", "a las catorce y treinta"),
        ("$5.50", "cinco dólares con cincuenta"),
        ("EE. UU. es grande", "Estados Unidos es grande"),
        ("1 €", "un euro"),
        ("2 millones €", "2 millones de euros"),
        ("p. ej. esto", "por ejemplo esto"),
        ("el 1/1/2025", "el uno de enero de dos mil veinticinco"),
    ],
)
def test_spanish_short_forms_dates_times_and_sums_are_read_in_words(written: str, spoken: str) -> None:
    assert said(written, "es") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Costa 3,20 €.", "Costa tre euro e venti."),
        ("il 24/12/2024", "il ventiquattro dicembre duemilaventiquattro"),
        ("Sig. Rossi", "Signor Rossi"),
        ("alle 14:30", "alle quattordici e trenta"),
        ("1 €", "un euro"),
        ("p. es. questo", "per esempio questo"),
    ],
)
def test_italian_short_forms_dates_times_and_sums_are_read_in_words(written: str, spoken: str) -> None:
    assert said(written, "it") == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Custa R$ 5,50.", "Custa cinco reais e cinquenta."),
        ("em 24/12/2024", "em vinte e quatro de dezembro de dois mil e vinte e quatro"),
        ("Sr. Silva", "Senhor Silva"),
        ("às 14:30", "às catorze horas e trinta"),
        ("R$ 1", "um real"),
        ("R$ 1.000", "mil reais"),
        ("R$ 0,99", "noventa e nove centavos"),
        ("R$ 2 milhões", "2 milhões de reais"),
        ("às 14h30", "às catorze horas e trinta"),
    ],
)
def test_portuguese_short_forms_dates_times_and_sums_are_read_in_words(written: str, spoken: str) -> None:
    assert said(written, "pt-br") == spoken
