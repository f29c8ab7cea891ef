"""Addresses of the catalogue, under /khoa-hoc/."""

from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [path("", views.show_catalogue, name="catalogue")]
