import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("2 tabs 500mg q6h prn", "two tabs five hundred milligrams every six hours as needed"),
        ("10 mcg b.i.d. for a week", "ten micrograms twice a day for a week"),
        ("500 mg PO BID x 7 days", "five hundred milligrams by mouth twice a day for seven days"),
        ("200 mg q4-6h", "two hundred milligrams every four to six hours"),
        ("The BID was high, the stat good.", "The BID was high, the stat good."),
    ],
)
def test_prescriptions_are_read_as_they_are_meant(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1 tab. p.o. b.i.d. x 10 d", "one tablet by mouth twice a day for ten days"),
        ("2 tabs open", "two tabs open"),
    ],
)
def test_tablets_and_days_of_a_prescription_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken
