"""Telephone numbers: typed as 09…, +84… or with spaces, stored as E.164, shown as "0912 345 678"."""

import re
import unicodedata

import phonenumbers

# Letters are refused: the library would read 0912ABCDEF as the keys of an old telephone, and drop "ext. 5" in silence.
_TYPED = re.compile(r"\+?[\d\s().\-]+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


class InvalidPhone(ValueError):
    """The text is not a telephone number that can be called from Vietnam."""


def to_e164(text: str) -> str:
    """Turn a number as people type it into E.164 ("0912 345 678" becomes "+84912345678").

    A leading 0 that a spreadsheet has eaten is put back; one number only, without an extension.

    :raises InvalidPhone: when nobody could be called on it.
    """
    typed = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    if not _TYPED.fullmatch(typed):
        raise InvalidPhone(text)
    try:
        number = phonenumbers.parse(typed, "VN")
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(text) from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(e164: str) -> str:
    """Write a stored number the way it is said in Vietnam: "0912 345 678"; foreign numbers keep their + form."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    if number.country_code == 84:
        digits = f"0{number.national_number}"
        if len(digits) == 10:
            return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
