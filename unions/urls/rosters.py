"""Addresses of lists of people from Excel, under /dao-tao/nhap-danh-sach/."""

from django.urls import URLPattern

app_name = "rosters"
urlpatterns: list[URLPattern] = []
