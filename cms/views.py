"""Doors of the site's frame: the gallery of components, for developers only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cms.gallery import examples


def show_gallery(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "cms/gallery.html", {"groups": examples()})
