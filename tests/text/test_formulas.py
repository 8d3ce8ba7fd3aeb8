import pytest

from tests.text.said import said, said_in_sentences


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("less CO2, more H2O", "less C O two, more H two O"),
        ("CO₂ and H₂O", "C O two and H two O"),
        ("H2SO4, NaCl and KNO3.", "H two S O four, N ay C L and K N O three."),
        ("Ca(OH)2 and C6H12O6", "C ay O H two and C six H twelve O six"),
        ("Fe2O3", "F E two O three"),
    ],
)
def test_formulas_are_said_letter_by_letter(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [("at COP26", "at COP twenty-six"), ("USB3", "USB three"), ("vitamin B12", "vitamin B twelve")],
)
def test_names_that_end_in_a_number_are_no_formulas(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_a_formula_begins_a_sentence_after_a_letter_that_ends_one() -> None:
    assert said_in_sentences("Air is mostly N. O2 is less.") == ["Air is mostly N.", "O two is less."]
    assert said("H. G. Wells") == "H G Wells"
