"""Addresses of sign-in slips in the office, under /dao-tao/phieu/."""

from django.urls import URLPattern

app_name = "slips"
urlpatterns: list[URLPattern] = []
