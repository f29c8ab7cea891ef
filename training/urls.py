"""Addresses of the office, under /dao-tao/."""

from django.urls import path

from training import views

app_name = "training"
urlpatterns = [
    path("", views.list_learners, name="list-learners"),
    path("theo-khoa-hoc/", views.list_courses, name="list-courses"),
    path("xuat/", views.export_learners, name="export-learners"),
    path("xuat/<uuid:uuid>/", views.show_export, name="show-export"),
    path("xuat/<uuid:uuid>/tai/", views.download_export, name="download-export"),
    path("hoc-vien/<uuid:uuid>/", views.show_learner, name="show-learner"),
    path("chung-nhan/<uuid:uuid>/thu-hoi/", views.revoke_certificate, name="revoke-certificate"),
    path("chung-nhan/<uuid:uuid>/cap-lai/", views.reissue_certificate, name="reissue-certificate"),
]
