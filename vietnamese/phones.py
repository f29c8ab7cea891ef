"""Telephone numbers: typed as 09…, +84… or with spaces, stored as E.164, shown as "0912 345 678"."""

import phonenumbers


class InvalidPhone(ValueError):
    """The text is not a telephone number that can be called from Vietnam."""


def to_e164(text: str) -> str:
    """Turn a number as people type it into E.164 ("0912 345 678" becomes "+84912345678").

    :raises InvalidPhone: when it is no possible number.
    """
    try:
        number = phonenumbers.parse(text, "VN")
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
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
