"""Addresses of class codes: in the office under /dao-tao/ma-lop/ (`office_urlpatterns`), for everybody under /tham-gia/."""

from django.urls import URLPattern

app_name = "joining"
urlpatterns: list[URLPattern] = []
office_urlpatterns: list[URLPattern] = []
