"""The site of a request, known before any view asks for it: settings and links of every page then cost no query for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cms.serve import place_site


class KnownSite:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place_site(request)
        return self.get_response(request)
