"""Addresses of statistics, under /dao-tao/thong-ke/."""

from django.urls import URLPattern

app_name = "statistics"
urlpatterns: list[URLPattern] = []
