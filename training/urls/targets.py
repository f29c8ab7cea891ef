"""Addresses of targets and schemes, under /dao-tao/chi-tieu/."""

from django.urls import URLPattern

app_name = "targets"
urlpatterns: list[URLPattern] = []
