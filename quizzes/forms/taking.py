"""What takers send over the wire, turned into clean values."""

import json
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from quizzes.enums import StepKind, Sureness
from quizzes.types.base import Fields
from vietnamese.text import clean

# A seq is milliseconds; this is the largest whole number that browsers hold exactly.
MAX_SEQ = 2**53 - 1
MAX_BODY = 128 * 1024


class CommandForm(forms.Form):
    """The frame of a command; the answer inside is for the question's type to read."""

    client_uuid = forms.UUIDField()
    seq = forms.IntegerField(min_value=0, max_value=MAX_SEQ)
    kind = forms.ChoiceField(choices=StepKind.choices, required=False)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or StepKind.ANSWER


class PageForm(CommandForm):
    """The plain form of a page of questions: what was pressed, and what was said beside the answer.

    Whatever makes no sense here counts as not said: an answer is never lost over a button.
    """

    go = forms.CharField(required=False)
    # "<position>:1" to set the flag, "<position>:0" to take it away.
    flag = forms.CharField(required=False)
    check = forms.CharField(required=False)
    is_checked = forms.BooleanField(required=False)

    def clean_check(self) -> int | None:
        return _small_number(self.cleaned_data["check"])

    def flag_at(self, position: int) -> bool | None:
        """Return what the flag of this question is set to, or None when its button was not pressed."""
        number, _colon, value = self.cleaned_data["flag"].rpartition(":")
        return {"1": True, "0": False}.get(value) if number in {"", str(position)} else None

    def sureness(self, name: str) -> int | None:
        """Return how sure the taker is of the answer in the input of this name, or None when nothing was said."""
        value = _small_number(self.data.get(f"{name}-sure", ""))
        return value if value in Sureness.values else None


def _small_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


def numbers_of(posted: QueryDict) -> list[int]:
    """Return the positions of the questions that a form of all questions holds."""
    return sorted({number for number in map(_small_number, posted.getlist("position")) if number})


def fields_of(posted: QueryDict, name: str = "answer") -> Fields:
    """Return what a form says to one question, by part: the inputs called `name`, and those called `name` + "." + a part's key."""
    start = f"{name}."
    return {key.removeprefix(name).removeprefix("."): posted.getlist(key) for key in posted if key == name or key.startswith(start)}


class UnreadableBody(ValueError):
    """The body is no JSON object, or larger than any answer may be."""


def read_json(body: bytes) -> dict:
    """Turn the body of a request into a dict.

    :raises UnreadableBody: when it is no JSON object, or too large or too deep to be one of ours.
    """
    if len(body) > MAX_BODY:
        raise UnreadableBody
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody from error
    if not isinstance(data, dict):
        raise UnreadableBody
    return data


def read_fields(value: object) -> Fields | None:
    """Return the fields that a script sent, by part already; None when it sent the answer itself.

    :raises UnreadableBody: when they are no lists of texts.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in value.values()):
        raise UnreadableBody
    return value


class ContestForm(forms.Form):
    """The name under which somebody stands in a contest's ranking."""

    shown_name = forms.CharField(label=_("Name in the ranking"), max_length=80, strip=False)

    def __init__(self, data=None, *, user):
        super().__init__(data, initial={"shown_name": user.full_name[:80] if user.is_authenticated else ""})
        self.own_name = self.initial["shown_name"]
        field = self.fields["shown_name"]
        field.required = not user.is_authenticated
        field.widget.attrs["autocomplete"] = "name"
        field.help_text = _("Everybody sees it, once you have agreed under “My data”. Left empty, your own name stands there.") if self.own_name else _(
            "Everybody sees it, for example “Mai, tổ may 3”.")

    def clean_shown_name(self) -> str:
        typed = self.cleaned_data["shown_name"]
        if any(category(letter)[0] == "C" for letter in typed):
            raise ValidationError(_("The name holds signs that cannot be seen. Type it anew."), code="unseen")
        name = clean(typed) or self.own_name
        if sum(letter.isalpha() for letter in name) < 2:
            raise ValidationError(_("Write at least two letters."), code="short")
        return name
