"""Reads while an attempt is under way: the page of a question, all questions, where to go on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, JSONField, When

from quizzes.grading.review import NOTHING, Shown, shown_at
from quizzes.models import Attempt, AttemptSlot
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from quizzes.types.base import Fields


@dataclass(frozen=True)
class Place:
    """One question in the list of all questions."""

    position: int
    is_answered: bool
    is_flagged: bool
    is_current: bool = False
    is_open: bool = True


@dataclass(frozen=True)
class Card:
    """One question as it stands on a page of an attempt."""

    slot: AttemptSlot
    asked: Asked
    # For the hidden fields of the plain form: an answer given on this page is newer than what its reader saw.
    seq: int
    # Practice: the answer stands, and this may be shown of it.
    shows: Shown = NOTHING

    @property
    def position(self) -> int:
        return self.slot.position

    @property
    def is_checked(self) -> bool:
        return self.slot.checked_at is not None

    @property
    def is_right(self) -> bool:
        return (self.slot.fraction or 0) >= 1 - 1e-9

    @property
    def is_partly_right(self) -> bool:
        return not self.is_right and bool(self.slot.fraction)

    @property
    def is_waiting(self) -> bool:
        return self.slot.fraction is None and bool(self.slot.answer)

    @property
    def points(self) -> Decimal:
        return self.slot.points or Decimal(0)

    @property
    def max_points(self) -> Decimal:
        return self.slot.max_points

    @property
    def fields(self) -> dict[str, list[str]]:
        return self.asked.type.write_form(self.slot.answer)


@dataclass(frozen=True)
class QuestionPage:
    """A page of an attempt: one question, or all of them."""

    attempt: Attempt
    cards: list[Card]
    places: list[Place]

    @property
    def card(self) -> Card:
        return self.cards[0]

    @property
    def slot(self) -> AttemptSlot:
        return self.card.slot

    @property
    def asked(self) -> Asked:
        return self.card.asked

    @property
    def seq(self) -> int:
        return self.card.seq

    @property
    def total(self) -> int:
        return len(self.places)

    @property
    def answered(self) -> int:
        return sum(place.is_answered for place in self.places)

    @property
    def previous(self) -> int | None:
        return self.slot.position - 1 if self.slot.position > 1 and not self.attempt.is_forward_only else None

    @property
    def next(self) -> int | None:
        return self.slot.position + 1 if self.slot.position < self.total else None

    @property
    def takes_files(self) -> bool:
        return any(card.asked.type.takes_files for card in self.cards)

    @property
    def checks(self) -> bool:
        """Whether a question can be marked and explained as soon as it is answered."""
        return shown_at(self.attempt.shown, "during").anything


def question_page(attempt: Attempt, position: int, *, now: datetime) -> QuestionPage | None:
    """Return what the page of one question shows, or None when the attempt has no such position. One query, whatever its length.

    Forward only: there is one page, that of the furthest question.
    """
    shown = Case(When(position=position, then="version__content"), output_field=JSONField())
    slots = list(
        attempt.slots.order_by("position").annotate(shown=shown).select_related("version").defer("version__content"))
    slot = next((slot for slot in slots if slot.position == position), None)
    if slot is None:
        return None
    return QuestionPage(attempt, [_card(attempt, slot, slot.shown, "answer", now)], _places(attempt, slots, position))


def all_questions(attempt: Attempt, *, now: datetime) -> QuestionPage:
    """Return what the page of all questions shows. One query."""
    slots = list(attempt.slots.order_by("position").select_related("version"))
    cards = [_card(attempt, slot, slot.version.content, name_at(slot.position), now) for slot in slots]
    return QuestionPage(attempt, cards, _places(attempt, slots))


def question_pages(attempt: Attempt, *, now: datetime) -> list[QuestionPage]:
    """Return the page of every question on its own. One query."""
    slots = list(attempt.slots.order_by("position").select_related("version"))
    return [
        QuestionPage(attempt, [_card(attempt, slot, slot.version.content, "answer", now)], _places(attempt, slots, slot.position))
        for slot in slots
    ]


def name_at(position: int) -> str:
    """Return what the inputs of a question are called on the page of all questions."""
    return f"answer-{position}"


def _card(attempt: Attempt, slot: AttemptSlot, content: dict, name: str, now: datetime) -> Card:
    asked = Asked(slot.position, type_of(slot.version.type), content, slot.option_order, slot.answer, name)
    shows = shown_at(attempt.shown, "during") if slot.checked_at else NOTHING
    return Card(slot, asked, max(milliseconds(now), slot.answer_seq + 1), shows)


def with_typed(page: QuestionPage, typed: Mapping[int, Fields]) -> QuestionPage:
    """Return the page with what was typed into its questions although it could not be kept: whoever corrects it types it once. No query."""
    return replace(page, cards=[_with_typed(card, typed[card.position]) if card.position in typed else card for card in page.cards])


def _with_typed(card: Card, fields: Fields) -> Card:
    asked = card.asked
    try:
        asked = replace(asked, answer=asked.type.read_form(fields))
        # What cannot even be drawn is left out.
        _drawable = asked.view
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, InvalidAnswer):
        return card
    return replace(card, asked=asked)


def milliseconds(moment: datetime) -> int:
    """Return the moment as milliseconds since 1970: the unit of `seq`."""
    return int(moment.timestamp() * 1000)


def _places(attempt: Attempt, slots: Iterable[AttemptSlot], current: int | None = None) -> list[Place]:
    return [
        Place(
            slot.position, bool(slot.answer), slot.flagged, slot.position == current,
            not attempt.is_forward_only or slot.position == attempt.reached)
        for slot in slots
    ]


def places_of(attempt: Attempt) -> list[Place]:
    """Return the state of every question of an attempt, in order. One query."""
    return _places(attempt, attempt.slots.order_by("position"))


def position_to_go_on(attempt: Attempt) -> int:
    """Return the first question without an answer, or the last one when all have one; forward only, the furthest. At most one query."""
    if attempt.is_forward_only:
        return attempt.reached
    places = places_of(attempt)
    return next((place.position for place in places if not place.is_answered), len(places) or 1)
