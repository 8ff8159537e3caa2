"""Which numbers are what they look like: check digits, provinces, issuers."""

from datetime import date

PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
UNION_PAY = "62"
_LENGTHS = {"62": range(16, 20), "4": (13, 16, 19), "5": (16,), "34": (15,), "37": (15,), "35": (16,), "36": (14,),
            "60": (16,), "65": (16,), "9558": (16, 19)}  # fmt: skip
"""Issuers' first digits and how long their numbers are."""


def is_identity(number: str) -> bool:
    """Whether 18 characters are a citizen's number by GB 11643: province, day of birth, check character."""
    if int(number[:2]) not in PROVINCES or not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17].upper()


def is_old_identity(number: str) -> bool:
    """Whether 15 digits can be a citizen's number as given out until 1999; there is no check character."""
    return int(number[:2]) in PROVINCES and _is_day(f"19{number[6:12]}")


def is_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of a bank card's number."""
    total = 0
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def is_issued(number: str) -> bool:
    """Whether a number begins as cards do, and is as long as cards of that issuer are."""
    return any(len(number) in lengths for first, lengths in _LENGTHS.items() if number.startswith(first))


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return "1800" <= text[:4] < "2100"
