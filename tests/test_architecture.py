"""The floors of the house: a foreign key is an arrow too, and import-linter cannot see strings."""

from django.apps import apps

# Lowest first; apps of one floor are strangers to each other.
FLOORS = [{"accounts"}, {"laws"}, {"cms"}, {"unions"}, {"quizzes"}, {"courses"}, {"learning"}, {"certificates"}, {"training"}, {"lms"}]
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}


def test_relations_point_downwards():
    wrong = []
    for model in apps.get_models():
        here = FLOOR.get(model._meta.app_label)
        if here is None:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or not field.concrete or field.related_model is None:
                continue
            target = field.related_model._meta.app_label
            there = FLOOR.get(target, -1)
            if target != model._meta.app_label and there >= here:
                wrong.append(f"{model._meta.label}.{field.name} -> {target}")
    assert wrong == []
