import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "le 2e étage, la 1re fois", "le deuxième étage, la première fois"),
        ("fr", "le XIXe siècle, Louis XIV", "le dix-neuvième siècle, Louis quatorze"),
        ("fr", "n° 5, chapitre IV", "numéro 5, chapitre 4"),
        ("fr", "5-10 personnes, de 9h-17h", "5 à 10 personnes, de neuf heures à dix-sept heures"),
        ("fr", "1/2 litre, 3/4", "un demi litre, trois quarts"),
        ("fr", "3x par jour, -5 °C", "3 fois par jour, moins 5 degrés"),
        ("es", "el 1.er piso, la 2.ª vez", "el primer piso, la segunda vez"),
        ("es", "Felipe VI, Alfonso XIII", "Felipe sexto, Alfonso trece"),
        ("es", "ganó 3-1, 5-10 personas", "ganó 3 a 1, 5 a 10 personas"),
        ("es", "1/2 taza, 1/2 litro", "media taza, medio litro"),
        ("es", "D. José en C/ Mayor, 9-14 h", "Don José en Calle Mayor, nueve a catorce"),
        ("it", "1° maggio, 3ª volta", "primo maggio, terza volta"),
        ("it", "Luigi XIV, Papa Pio XII", "Luigi quattordicesimo, Papa Pio dodicesimo"),
        ("it", "3-1, 1/2 tazza, ore 20.30", "3 a 1, mezza tazza, ore venti e trenta"),
        ("pt", "2ª vez, 3x por dia", "segunda vez, 3 vezes por dia"),
    ],
)
def test_numbers_are_said_as_the_language_counts(language: str, written: str, spoken: str) -> None:
    assert said(written, language) == spoken


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "slt, dsl", "salut, désolé"),
        ("es", "xq no vienes", "porque no vienes"),
        ("it", "cmq nn so", "comunque non so"),
        ("pt", "vc vem hj", "você vem hoje"),
    ],
)
def test_short_forms_of_messages_are_said_in_full(language: str, written: str, spoken: str) -> None:
    assert said(written, language) == spoken


def test_french_says_the_noun_before_a_half() -> None:
    assert said("1 1/2 tasse et 2 1/2 litres", "fr") == "une tasse et demie et 2 litres et demi"


def test_brazil_and_portugal_count_in_their_own_way() -> None:
    assert said("Luís XVI", "pt-br") == "Luís dezesseis"
    assert said("Luís XVI", "pt-pt") == "Luís dezasseis"


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "1 c. à c. de sel, 25-30 min", "1 cuillère à café de sel, 25 à 30 minutes"),
        ("fr", "15 M€, 2 cp. 3 x/j pdt 5 jrs", "15 millions d'euros, 2 comprimés 3 fois par jour pendant 5 jours"),
        ("fr", "Tél. : 01, chap. IV", "Téléphone: 01, chapitre 4"),
        ("es", "1 comp. c/8 h, 20 ºC, el s. XIX", "1 comprimido cada 8 horas, 20 grados, el siglo 19"),
        ("it", "il XIX secolo, la Dott.ssa Bianchi", "il diciannovesimo secolo, la Dottoressa Bianchi"),
        ("pt-br", "1/2 colher, 1 comp. de 8/8 h, séc. XIX", "meia colher, 1 comprimido de 8 em 8 horas, século 19"),
    ],
)
def test_recipes_prescriptions_and_centuries_are_read_in_full(language: str, written: str, spoken: str) -> None:
    assert said(written, language) == spoken
