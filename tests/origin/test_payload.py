import pytest

from halfgig.origin.payload import Payload, codewords, decoded, encoded

LARGEST = Payload(3, 65_535)


def words(bits: tuple[int, ...]) -> tuple[int, int]:
    """Return the messages of two codewords: their first 12 bits."""
    first, second = (int("".join(map(str, bits[start : start + 12])), 2) for start in (0, 24))
    return first, second


@pytest.mark.parametrize("payload", [Payload(0, 0), Payload(0, 4711), LARGEST])
def test_what_is_encoded_is_decoded(payload: Payload) -> None:
    assert decoded(*words(encoded(payload))) == payload


def test_the_check_refuses_all_but_one_of_64_payloads() -> None:
    first, _ = words(encoded(LARGEST))
    right = sum(decoded(first, second) is not None for second in range(4096))
    assert right == 4096 // 64


def test_two_codewords_differ_in_eight_bits_at_least() -> None:
    assert min(word.bit_count() for word in codewords()[1:]) == 8
