import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "an info@beispiel.de", "an info ät beispiel Punkt D E"),
        ("de", "https://www.beispiel.de/a-b", "beispiel Punkt D E Schrägstrich a Bindestrich b"),
        ("fr", "info@exemple.fr", "info arobase exemple point F R"),
        ("es", "en ejemplo.com", "en ejemplo punto com"),
        ("it", "info@esempio.it", "info chiocciola esempio punto I T"),
        ("pt", "info@exemplo.com.br", "info arroba exemplo ponto com ponto B R"),
    ],
)
def test_addresses_are_said_in_the_words_of_the_language(language: str, written: str, spoken: str) -> None:
    assert said(written, language) == spoken
