"""Addresses of statistics, under /dao-tao/thong-ke/."""

from django.urls import path

from training.views import statistics as views

app_name = "statistics"
urlpatterns = [
    path("", views.show_statistics, name="show-statistics"),
    path("xuat/", views.export_statistics, name="export-statistics"),
]
