"""Addresses of coverage, under /dao-tao/do-phu/."""

from django.urls import path

from training.views import coverage as views

app_name = "coverage"
urlpatterns = [
    path("", views.show_overview, name="show-overview"),
    path("<uuid:uuid>/", views.show_coverage, name="show-coverage"),
    path("<uuid:uuid>/ten/", views.list_names, name="list-names"),
    path("<uuid:uuid>/ghi-danh/", views.enrol_missing, name="enrol-missing"),
    path("<uuid:uuid>/nhac/", views.remind_missing, name="remind-missing"),
    path("<uuid:uuid>/excel/", views.export_coverage, name="export-coverage"),
    path("<uuid:uuid>/bao-cao.pdf", views.print_coverage, name="print-coverage"),
]
