"""Which paper of the register a file is, was, or claims to be."""

import re
from collections.abc import Iterable
from datetime import date
from itertools import islice

from certificates import codes
from certificates.models import Certificate, Series
from certificates.selectors.verification import verification_of
from vietnamese.text import fold

# How much of one file is asked for: enough for a paper, too little for trying out codes.
MOST_CODES = 3
MOST_NUMBERS = 12
# What only looks like a code: a file may be built of nothing else.
MOST_LIKE_CODES = 1000
_CODE = re.compile(rf"(?<![0-9A-Z])[{codes.ALPHABET}]{{4}}-[{codes.ALPHABET}]{{4}}(?:-[{codes.ALPHABET}]{{2}})?(?![0-9A-Z])")
_NUMBER = re.compile(r"(?<!\d)0{0,5}([1-9]\d{0,6})(?=/)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def codes_in(text: str) -> list[str]:
    """Return the well-formed codes that stand in a text, the first ones, each once. No query."""
    alike = (codes.normalise(each[0]) for each in islice(_CODE.finditer(text), MOST_LIKE_CODES))
    found = dict.fromkeys(code for code in alike if codes.is_well_formed(code))
    return list(found)[:MOST_CODES]


def certificate_by_codes(found: Iterable[str], on: date) -> Certificate | None:
    """Return the paper of the first code that strangers are told about. One query a code, at most MOST_CODES."""
    return next((known.certificate for code in found if (known := verification_of(code, on)).is_known), None)


def certificate_by_digests(digests: Iterable[str]) -> Certificate | None:
    """Return the paper whose stored PDF has one of these SHA-256. One query."""
    return Certificate.objects.filter(pdf_sha256__in=list(digests), hidden_at__isnull=True).first()


def certificate_by_words(text: str) -> Certificate | None:
    """Return the paper whose number and issuing body stand in the text: somebody may have exchanged the code. At most two queries.

    A number alone says little, since every union has a 001/GCN-CĐ.
    """
    years = {int(year) for year in _YEAR.findall(text)}
    numbers = list(dict.fromkeys(int(number) for number in _NUMBER.findall(text)))[:MOST_NUMBERS]
    if not (years and numbers):
        return None
    folded = fold(text)
    series = [each for each in Series.objects.filter(year__in=years).select_related("issuer") if fold(each.issuer.name) in folded]
    found = Certificate.objects.filter(series__in=series, number__in=numbers, hidden_at__isnull=True) if series else []
    return next((each for each in found if each.register_number in text), None)


def is_signed_by_us(fingerprint: str) -> bool:
    """Say whether a paper of the register was signed with this certificate. One query."""
    return Certificate.objects.filter(signed_with=fingerprint).exists()
