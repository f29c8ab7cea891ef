"""A question answered by its own author, to see what it earns: marked like a taker's answer, kept nowhere."""

from dataclasses import dataclass, replace

from quizzes.types.asked import Asked
from quizzes.types.base import Fields, InvalidAnswer

_BROKEN = (AttributeError, TypeError, ValueError, LookupError, ArithmeticError)


class NotWhole(Exception):
    """The question is half written: it cannot be drawn or marked yet."""


@dataclass(frozen=True)
class Tried:
    """A question with what its author answered: the fraction that it earns (0 to 1), None where a person marks it; or why it is refused."""

    asked: Asked
    is_tried: bool = False
    fraction: float | None = None
    fault: str = ""

    @property
    def is_right(self) -> bool:
        return self.fraction is not None and self.fraction >= 1 - 1e-9

    @property
    def is_partly_right(self) -> bool:
        return not self.is_right and bool(self.fraction)

    @property
    def earns_points(self) -> bool:
        return self.asked.type.earns_points


def try_out(asked: Asked, fields: Fields | None) -> Tried:
    """Read, check and mark what the form of a question says, by the question's own type; None means that nothing was tried.

    :raises NotWhole: when the question cannot be drawn, or not be marked.
    """
    _draw(asked)
    if fields is None:
        return Tried(asked)
    try:
        answer = asked.type.clean_answer(asked.content, asked.type.read_form(fields))
        answered = replace(asked, answer=answer)
        _draw(answered)
        return Tried(answered, True, asked.type.mark(asked.content, answer))
    except InvalidAnswer as error:
        return Tried(_with_typed(asked, fields), True, fault=str(error))
    except _BROKEN as error:
        raise NotWhole from error


def _with_typed(asked: Asked, fields: Fields) -> Asked:
    """Return the question with what was typed, so that it is typed once; without it where it cannot even be drawn."""
    try:
        typed = replace(asked, answer=asked.type.read_form(fields))
        _draw(typed)
    except (InvalidAnswer, NotWhole, *_BROKEN):
        return asked
    return typed


def _draw(asked: Asked) -> None:
    """Draw it once where a fault can be answered for: in a template it would break the page."""
    try:
        _view = asked.view
        if hasattr(asked.type, "case_of"):
            for part in asked.type.case_of(asked).parts:
                _draw(part.asked)
    except _BROKEN as error:
        raise NotWhole from error
