"""Doors to the statistics of a period."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from training.enums import By
from training.forms.statistics import PeriodForm
from training.selectors.statistics import statistics_of
from training.services.statistics_book import book_of_statistics
from training.views.doors import in_office
from training.views.learners import WORKBOOK
from unions.selectors.scopes import Office


@in_office
@require_safe
def show_statistics(request: HttpRequest, office: Office) -> HttpResponse:
    form = PeriodForm(request.GET, office=office, on=timezone.localdate())
    found = statistics_of(form.period, form.grouping, may_be_near=True) if form.period else None
    return render(request, "training/statistics.html", {
        "form": form, "found": found, "choices": By.choices, "query": urlencode(form.params), "days": urlencode(
            {name: value for name, value in form.params.items() if name != "unit"})})


@in_office
@require_safe
def export_statistics(request: HttpRequest, office: Office) -> HttpResponse:
    """Answer with a workbook of every grouping."""
    now = timezone.now()
    form = PeriodForm(request.GET, office=office, on=timezone.localdate(now))
    if form.period is None:
        raise Http404
    out = book_of_statistics(period=form.period, now=now)
    name = f"thong-ke-{form.period.since:%Y-%m-%d}-{form.period.until:%Y-%m-%d}.xlsx"
    return FileResponse(out, as_attachment=True, filename=name, content_type=WORKBOOK)
