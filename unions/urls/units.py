"""Addresses of the units in the office, under /dao-tao/don-vi/."""

from django.urls import URLPattern

app_name = "units"
urlpatterns: list[URLPattern] = []
