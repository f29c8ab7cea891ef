"""The office's page of everything else, for phones, whose dock has no room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from training.views.doors import in_office
from unions.selectors.scopes import Office


@in_office
@require_safe
def show_more(request: HttpRequest, office: Office) -> HttpResponse:
    return render(request, "training/more.html")
