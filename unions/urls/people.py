"""Addresses of people, their posts and roles in the office, under /dao-tao/can-bo/."""

from django.urls import URLPattern

app_name = "people"
urlpatterns: list[URLPattern] = []
