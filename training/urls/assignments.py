"""Addresses of required courses in the office, under /dao-tao/bat-buoc/."""

from django.urls import URLPattern

app_name = "assignments"
urlpatterns: list[URLPattern] = []
