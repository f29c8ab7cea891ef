"""What Moodle has no field for travels as tags, "comparing:tones", which Moodle keeps. Moodle cuts tags at 50 characters."""

from collections.abc import Iterable

from quizzes.interchange.labels import COMPARISONS, MARKINGS

# By kind of question and name of the fact: the values that it may have; None for any.
_KNOWN: dict[str, dict[str, tuple[str, ...] | None]] = {
    "several_answers": {"marking": MARKINGS["several_answers"]},
    "short_answer": {"comparing": COMPARISONS},
    "gaps": {"comparing": COMPARISONS, "distractor": None},
    "ordering": {"marking": MARKINGS["ordering"]},
    "numeric": {"percent": None},
}
# Facts that a question may have more than one of.
_MANY = ("distractor", "percent")

Facts = dict[str, list[str]]


def take_facts(kind: str, labels: Iterable[str]) -> tuple[Facts, list[str]]:
    """Return what labels say of a question of this kind, and the labels that are left."""
    facts: Facts = {}
    rest: list[str] = []
    for label in labels:
        name, colon, value = label.partition(":")
        values = _KNOWN.get(kind, {}).get(name, ())
        is_known = bool(colon) and (values is None or value in values)
        if is_known and (name in _MANY or name not in facts):
            facts.setdefault(name, []).append(value)
        else:
            rest.append(label)
    return facts, rest


def labels_of_facts(facts: dict[str, tuple[str, str]], labels: Iterable[str]) -> list[str]:
    """Return the labels for facts that the file does not say otherwise.

    A label of the author's own that looks like a fact is kept from being read as one: the true fact is written before it.

    :param facts: by name, what is true and what a reader would take for true without a label.
    """
    names = {label.partition(":")[0] for label in labels if ":" in label}
    return [f"{name}:{true}" for name, (true, taken) in facts.items() if true != taken or name in names]
