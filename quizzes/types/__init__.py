"""The question types: every module of this folder that defines one is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from quizzes.types.base import InvalidAnswer, QuestionType

__all__ = ["TYPES", "InvalidAnswer", "QuestionType", "type_of"]


def _found() -> dict[str, QuestionType]:
    types: dict[str, QuestionType] = {}
    for module in iter_modules(__path__):
        for thing in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, QuestionType) and "name" in vars(thing):
                types[thing.name] = thing()
    return types


TYPES = _found()


def type_of(name: str) -> QuestionType:
    """Return the question type with this name."""
    return TYPES[name]
