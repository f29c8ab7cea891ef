"""The forms of whoever has attempts marked anew."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from quizzes.enums import RegradeWay
from quizzes.models import Appeal, Attempt, Quiz
from quizzes.selectors.marking import quizzes_to_mark
from quizzes.selectors.regrades import machine_marked


class QuizChoice(forms.ModelChoiceField):
    def label_from_instance(self, quiz) -> str:
        return quiz.title


class QuestionChoice(forms.ModelChoiceField):
    def label_from_instance(self, question) -> str:
        return Truncator(str(question)).chars(90)


class RegradeQuizForm(forms.Form):
    """Which quiz: everything else is asked for once that is known."""

    quiz = QuizChoice(None, to_field_name="uuid", label=_("Quiz"), empty_label=_("Choose a quiz"))

    def __init__(self, data, *, user):
        super().__init__(data or None)
        self.fields["quiz"].queryset = quizzes_to_mark(user).only("uuid", "title")


class RegradeForm(forms.Form):
    """What is to be marked anew, how, and why. What the address names is filled in."""

    question = QuestionChoice(
        None, required=False, to_field_name="uuid", label=_("Question"), empty_label=_("All questions that the system marks"))
    whom = forms.ChoiceField(label=_("Whose attempts"), widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("How"), choices=RegradeWay.choices, widget=forms.RadioSelect)
    keeps_better = forms.BooleanField(
        required=False, label=_("Nobody loses points: whoever had more keeps it"))
    reason = forms.CharField(
        label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Takers and markers read it beside the new mark. It is kept for good."))

    def __init__(self, data=None, *, quiz: Quiz, attempts: list[Attempt] = (), appeal: Appeal | None = None, question=None):
        self.attempts, self.appeal = list(attempts), appeal
        initial = {
            "question": question and question.uuid, "whom": "only" if attempts else "all", "keeps_better": True,
            "way": RegradeWay.FULL if appeal else RegradeWay.NEWEST}
        super().__init__(data, initial=initial)
        self.fields["question"].queryset = machine_marked(quiz)
        self.fields["whom"].choices = self._whom()

    def _whom(self) -> list[tuple[str, Any]]:
        everybody = ("all", _("All finished attempts"))
        if not self.attempts:
            return [everybody]
        one = _("Only this one attempt") if len(self.attempts) == 1 else _("Only the %(count)s chosen attempts") % {"count": len(self.attempts)}
        return [("only", one), everybody]

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("way") == RegradeWay.FULL and not cleaned.get("question") and "question" not in self.errors:
            self.add_error("question", ValidationError(_("Choose the question for which everybody is to get all the points."), code="question"))
        return cleaned

    @property
    def plan(self) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        cleaned = self.cleaned_data
        only = [attempt.uuid for attempt in self.attempts] if cleaned["whom"] == "only" else []
        return {
            "question": cleaned["question"], "way": cleaned["way"], "only": only, "reason": cleaned["reason"], "keeps_better": cleaned["keeps_better"],
            "appeal": self.appeal}


class ApplyForm(forms.Form):
    """One tick between looking and doing."""

    sure = forms.BooleanField(
        label=_("I have looked at who changes. Write the new marks."), error_messages={"required": _("Tick this first.")})
