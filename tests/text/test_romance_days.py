import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "RDV le 12/03", "rendez-vous le douze mars"),
        ("es", "el 01/05", "el uno de mayo"),
        ("it", "il 12/03", "il dodici marzo"),
        ("pt-br", "em 12/03", "em doze de março"),
        ("fr", "le 1/2 litre", "le un demi litre"),
        ("es", "12/03", "12 3"),
    ],
)
def test_a_day_and_a_month_are_a_date_behind_an_article(language: str, written: str, spoken: str) -> None:
    assert said(written, language) == spoken


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("fr", "Lun.-ven. 9h", "Lundi à vendredi neuf heures"),
        ("es", "Lun.-vie. y sáb. 10", "Lunes a viernes y sábado 10"),
        ("it", "lun-ven", "lunedì a venerdì"),
        ("pt-br", "seg.-sex. 9h", "segunda a sexta nove horas"),
    ],
)
def test_short_days_of_the_week_are_said_in_full(language: str, written: str, spoken: str) -> None:
    assert said(written, language) == spoken
