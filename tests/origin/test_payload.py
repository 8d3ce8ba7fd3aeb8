import numpy as np
import pytest

from halfgig.origin.evidence import Agreement, numbers_with_check
from halfgig.origin.payload import CHECK_BITS, CODE_BITS, Payload, codewords, encoded, payload_of, with_check

LARGEST = Payload(3, 65_535)


def measured(payload: Payload, wrong: int) -> Agreement:
    """Return measurements of 7 chips a bit that agree with a payload, but for the first bits, `wrong` in number."""
    signs = np.repeat(1.0 - 2 * np.array(encoded(payload)), 7)
    signs[: 7 * wrong] *= -1
    values = np.concatenate([signs, np.ones(100)])
    return Agreement(values, 100.0, signs.reshape(CODE_BITS, 7).sum(1))


@pytest.mark.parametrize("payload", [Payload(0, 0), Payload(0, 4711), LARGEST])
def test_what_is_marked_is_read_with_three_bits_wrong(payload: Payload) -> None:
    assert measured(payload, wrong=3).read()[1] == payload


def test_what_may_be_another_number_is_not_read() -> None:
    agreement = measured(LARGEST, wrong=0)
    halves = 1.0 - 2 * np.array([encoded(Payload(0, 1)), encoded(Payload(0, 2))])
    assert agreement._replace(bits=7 * halves.mean(axis=0)).read()[1] is None


def test_the_check_allows_one_of_64_numbers() -> None:
    assert len(numbers_with_check()) == 1 << (24 - CHECK_BITS)
    assert [with_check(number >> CHECK_BITS) for number in (0, 99 << 6)] == [with_check(0), with_check(99)]
    assert all(with_check(int(each) >> CHECK_BITS) == each for each in numbers_with_check()[::1001])
    assert payload_of(with_check(3 << 16 | 65_535)) == LARGEST


def test_two_codewords_differ_in_eight_bits_at_least() -> None:
    assert min(word.bit_count() for word in codewords()[1:]) == 8
