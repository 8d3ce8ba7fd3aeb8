import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("10-5=5", "ten minus five equals five"),
        ("3.5-2=1.5", "three point five minus two equals one point five"),
        ("y = 2x - 1", "y equals two x minus one"),
        ("f(x) = 3x + 2", "f of x equals three x plus two"),
        ("100-1 = 99", "one hundred minus one equals ninety-nine"),
        ("What is 10-5?", "What is ten minus five?"),
        ("7-3=4", "seven minus three equals four"),
        ("2*3=6", "two times three equals six"),
        ("8/2=4", "eight divided by two equals four"),
        ("1/2 + 1/4 = 3/4", "one half plus one quarter equals three quarters"),
        ("x - 5 = 10", "x minus five equals ten"),
        ("x = 5 - 3", "x equals five minus three"),
        ("Total = 10-15 people", "Total equals ten to fifteen people"),
        ("5+3=8", "five plus three equals eight"),
        ("10-5", "ten to five"),
        ("-5 degrees", "minus five degrees"),
    ],
)
def test_sums_are_no_ranges(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("3x faster", "three times faster"),
        ("a 2x speedup", "a two times speedup"),
        ("1.5x", "one point five times"),
        ("10 m x 20 m", "ten meters by twenty meters"),
        ("10' x 12'", "ten feet by twelve feet"),
        ("10x", "ten times"),
        ("x3", "x three"),
        ("2x2", "two by two"),
        ("1920x1080", "nineteen twenty by ten eighty"),
        ("a 4x4", "a four by four"),
        ("8x zoom", "eight times zoom"),
        ("a 10x engineer", "a ten x engineer"),
        ("10cm x 20cm", "ten centimeters by twenty centimeters"),
        ("5cmx3cm", "five centimeters by three centimeters"),
        ("10 x 12 feet", "ten by twelve feet"),
    ],
)
def test_x_is_times_or_by(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("4! = 24", "four factorial equals twenty-four"),
        ("2**10", "two to the power of ten"),
        ("I have 4! Great.", "I have four! Great."),
        ("**2** apples", "two apples"),
    ],
)
def test_factorials_and_powers_of_code_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("if x > 5 and y <= 2", "if x is greater than five and y is less than or equal to two"),
        ("p<0.05", "p is less than zero point zero five"),
        ("the signs < and > are", "the signs less than and greater than are"),
        ("|-5| = 5", "the absolute value of minus five equals five"),
        ("a != b", "a is not equal to b"),
        ("in <5 minutes", "in less than five minutes"),
        ("Open Settings > Privacy > Location.", "Open Settings — Privacy — Location."),
        ("<b>bold</b> words", "bold words"),
        ("sin(x) and log(y)", "sine of x, and log of y"),
        ("3 x $20", "three times twenty dollars"),
    ],
)
def test_comparisons_and_functions_are_said_as_statements(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("|x| < 1", "the absolute value of x is less than one"),
        ("as x→0", "as x approaches zero"),
        ("x²/2", "x squared over two"),
        ("f->g", "f — g"),
        ("x = -b + 1", "x equals minus b plus one"),
        ("(b² - 4) / 2", "b squared minus four, over two"),
        ("7 days/wk and 8 hours/day", "seven days per week and eight hours per day"),
        ("his/her day/night", "his or her day slash night"),
    ],
)
def test_sizes_limits_and_quotients_are_said_in_words(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("log2(8) = 3", "log base two of eight, equals three"),
        ("∠ABC = 90°", "angle ay B C equals ninety degrees"),
        ("∑ from i=1 to n", "the sum from i equals one to n"),
        ("π ≈ 3.14", "π is approximately three point one four"),
        ("O(n log n) time", "O of n log n, time"),
        ("P(A|B) = 0.3", "P of ay given B equals zero point three"),
    ],
)
def test_signs_and_functions_of_mathematics_have_their_names(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("f'(x) = 2x", "f prime of x equals two x"),
        ("x = b*c and *b* is bold", "x equals b times c and b is bold"),
        ("A ⊂ B", "A is a subset of B"),
        ("a[i][j] = arr[0];", "a i j equals arr zero"),
        ("see text[2].", "see text."),
        ("Adult x2, Child x1", "Adult times two, Child times one"),
    ],
)
def test_derivatives_products_sets_and_places_in_arrays_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("¹⁴C, Na⁺ and SO₄²⁻", "fourteen C, Na plus and SO four two minus"),
        ("10⁻³ and x²", "ten to the power of minus three and x squared"),
        ("x ** 2 and **bold** text", "x to the power of two and bold text"),
        ("∛27 = 3", "the cube root of twenty-seven equals three"),
    ],
)
def test_ions_isotopes_and_powers_of_programs_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken
