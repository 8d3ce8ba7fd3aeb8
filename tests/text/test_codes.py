import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a Boeing 737-800", "a Boeing seven thirty-seven eight hundred"),
        ("S01E05", "season one episode five"),
        ("ZIP 90210-1234", "ZIP nine zero two one zero, one two three four"),
        ("Call 1-800-FLOWERS.", "Call one, eight hundred, FLOWERS."),
        ("Qwen2.5-7B", "Qwen two point five seven B"),
        ("Llama 3.1-70B", "Llama three point one seventy B"),
        ("ISBN 978-3-16-148410-0", "ISBN nine seven eight, three, one six, one four eight four one zero, zero"),
        ("a 4-4-2 formation", "a four four two formation"),
        ("an Airbus A320-200", "an Airbus ay three twenty two hundred"),
        ("a 747-8", "a seven forty-seven eight"),
        ("Boeing 787-9 and 777-300ER", "Boeing seven eighty-seven nine and seven seventy-seven three hundred E R"),
        ("Llama-3.1-8B-Instruct", "Llama three point one eight B Instruct"),
        ("Mistral-7B-v0.1", "Mistral seven B version zero point one"),
        ("GPT-4 and GPT-3.5-turbo", "GPT four and GPT three point five turbo"),
        ("a 3-5-2 formation", "a three five two formation"),
        ("a 4-3-3", "a four three three"),
        ("50-30-20 rule", "fifty thirty twenty rule"),
        ("ISBN 0-306-40615-2", "ISBN zero, three zero six, four zero six one five, two"),
        ("ISBN 9783161484100", "ISBN nine seven eight three one six one four eight four one zero zero"),
        ("ISBN 0-8044-2957-X", "ISBN zero, eight zero four four, two nine five seven, X"),
        ("1-888-GO-FEDEX", "one, eight eight eight, GO, FEDEX"),
        ("555-HELP", "five five five, HELP"),
        ("78701-5678", "seven eight seven zero one, five six seven eight"),
    ],
)
def test_codes_are_no_ranges(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 401k plan", "a four oh one k plan"),
        ("my 401(k)", "my four oh one k"),
        ("a 501(c)(3)", "a five oh one c three"),
        ("403(b) and 457(b)", "four oh three b and four fifty-seven b"),
        ("401(k)s", "four oh one ks"),
        ("501(c)(4) groups", "five oh one c four groups"),
        ("Rule 10(b)(5)", "Rule ten b five"),
        ("Form 1040", "Form ten forty"),
    ],
)
def test_retirement_plans_and_paragraphs_are_said_as_such(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("an A- grade", "an ay minus grade"),
        ("He got a C-.", "He got a C minus."),
        ("A- and B+", "ay minus and B plus"),
        ("C++ is fun", "C plus plus is fun"),
        ("his O- blood", "his O negative blood"),
        ("AB+ donors", "ay B positive donors"),
        ("UTC-5", "UTC minus five"),
        ("GMT+5:30", "GMT plus five thirty"),
        ("I got an A.", "I got an A."),
    ],
)
def test_grades_and_blood_groups_keep_their_sign(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("git push --force now", "git push dash dash force now"),
        ("run ls -l here", "run ls dash l here"),
        ("a man -- tall -- left", "a man — tall — left"),
    ],
)
def test_options_of_a_program_keep_their_hyphens(written: str, spoken: str) -> None:
    assert said(written) == spoken
