"""Addresses of requests about personal data in the office, under /dao-tao/du-lieu/. A request is found by its person and what it asks: the latest."""

from django.urls import path

from unions.views import privacy

app_name = "privacy"
urlpatterns = [
    path("", privacy.list_requests, name="list-requests"),
    path("<uuid:uuid>/<slug:kind>/", privacy.show_request, name="show-request"),
    path("<uuid:uuid>/<slug:kind>/xoa/", privacy.erase, name="erase-person"),
]
