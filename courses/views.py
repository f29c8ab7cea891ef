"""The catalogue's door; course pages themselves are Wagtail's."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from courses.forms import CatalogueForm
from courses.selectors import find_in_catalogue

PER_PAGE = 20


def show_catalogue(request: HttpRequest) -> HttpResponse:
    form = CatalogueForm(request.GET)
    wanted = form.wanted()
    found = find_in_catalogue(**wanted)
    page = Paginator(found.courses, PER_PAGE).get_page(request.GET.get("trang"))
    query = request.GET.copy()
    query.pop("trang", None)
    narrowed = any(value for name, value in wanted.items() if name != "q")
    context = {"form": form, "q": wanted["q"] or "", "found": found, "page": page, "query": f"&{query.urlencode()}" if query else "", "narrowed": narrowed}
    return render(request, "courses/catalogue.html", context)
