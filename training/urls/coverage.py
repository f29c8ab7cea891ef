"""Addresses of coverage, under /dao-tao/do-phu/."""

from django.urls import URLPattern

app_name = "coverage"
urlpatterns: list[URLPattern] = []
