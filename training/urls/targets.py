"""Addresses of targets and schemes, under /dao-tao/chi-tieu/."""

from django.urls import path

from training.views import targets as views

app_name = "targets"
urlpatterns = [
    path("", views.list_targets, name="list-targets"),
    path("moi/", views.make_target, name="make-target"),
    path("chep/", views.copy_targets, name="copy-targets"),
    path("de-an/", views.list_schemes, name="list-schemes"),
    path("de-an/moi/", views.make_scheme, name="make-scheme"),
    path("de-an/<uuid:uuid>/", views.change_scheme, name="change-scheme"),
    path("<uuid:uuid>/", views.show_target, name="show-target"),
    path("<uuid:uuid>/sua/", views.change_target, name="change-target"),
    path("<uuid:uuid>/ket-thuc/", views.end_target, name="end-target"),
    path("<uuid:uuid>/tiep-tuc/", views.resume_target, name="resume-target"),
]
