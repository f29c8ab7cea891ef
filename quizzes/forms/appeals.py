"""The forms of appeals: what a learner holds against a question, what is answered, and what the queue shows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from quizzes.enums import AppealState
from quizzes.forms.marking import QuizChoice
from quizzes.selectors.appeals import ANSWERED, OPEN, Filters, quizzes_with_appeals
from quizzes.services.appealing import LEAST, MOST


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong with the question"), min_length=LEAST, max_length=MOST, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say what is wrong and why: an article, a page of the lesson, two answers that are both right."),
        error_messages={
            "required": _("Write what is wrong with the question."), "min_length": _("Write a little more: at least %(limit_value)d characters."),
            "max_length": _("This is too long: at most %(limit_value)d characters.")})


class AnswerForm(forms.Form):
    """Whether an appeal is upheld, and what the learner is told."""

    outcome = forms.ChoiceField(
        label=_("What becomes of the appeal"), widget=forms.RadioSelect,
        choices=[
            (AppealState.UPHELD, _("Uphold: the question or its right answer is wrong")),
            (AppealState.REJECTED, _("Do not uphold: the question stands as it is"))],
        error_messages={"required": _("Choose one of the two.")})
    answer = forms.CharField(
        label=_("Answer to the learner"), max_length=MOST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The learner reads it beside the question."),
        error_messages={"required": _("Write an answer: the learner should know why."), "max_length": _("This is too long: at most %(limit_value)d characters.")})
    also_others = forms.BooleanField(label=_("Uphold the other open appeals against the same wording too, with the same answer"), required=False)

    def __init__(self, data=None, *, others: int):
        super().__init__(data, initial={"also_others": True})
        if not others:
            del self.fields["also_others"]

    @property
    def decision(self) -> dict:
        """What was decided, as the service takes it."""
        return {
            "uphold": self.cleaned_data["outcome"] == AppealState.UPHELD, "answer": self.cleaned_data["answer"],
            "also_others": self.cleaned_data.get("also_others", False)}


class AppealFilterForm(forms.Form):
    """What the queue is asked for; what is not understood is left out."""

    state = forms.ChoiceField(choices=[(OPEN, _("Not yet answered")), (ANSWERED, _("Answered")), ("all", _("All"))], required=False, label=_("State"))
    quiz = QuizChoice(None, required=False, to_field_name="uuid", label=_("Quiz"), empty_label=_("All"))

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["quiz"].queryset = quizzes_with_appeals(user)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.is_valid()
        state = self.cleaned_data.get("state") or OPEN
        self.wanted = Filters(state="" if state == "all" else state, quiz=self.cleaned_data.get("quiz"))
