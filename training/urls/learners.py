"""Addresses of the office, under /dao-tao/."""

from django.urls import path
from django.views.generic import RedirectView

from training.views import frame
from training.views import learners as views

app_name = "training"
urlpatterns = [
    path("", views.list_learners, name="list-learners"),
    path("them/", frame.show_more, name="show-more"),
    path("theo-khoa-hoc/", views.list_courses, name="list-courses"),
    path("xuat/", views.export_learners, name="export-learners"),
    path("xuat/<uuid:uuid>/", views.show_export, name="show-export"),
    path("xuat/<uuid:uuid>/tai/", views.download_export, name="download-export"),
    path("hoc-ngoai/", views.list_studies, name="list-studies"),
    path("hoc-ngoai/moi/", views.enter_study_for, name="enter-study"),
    path("hoc-ngoai/<uuid:uuid>/", views.show_study, name="show-study"),
    path("hoc-ngoai/<uuid:uuid>/minh-chung/", views.download_proof, name="download-proof"),
    path("hoc-vien/<uuid:uuid>/", views.show_learner, name="show-learner"),
    # Where these pages stood before the register had pages of its own.
    path("chung-nhan/<uuid:uuid>/thu-hoi/", RedirectView.as_view(pattern_name="books:revoke-certificate"), name="revoke-certificate"),
    path("chung-nhan/<uuid:uuid>/cap-lai/", RedirectView.as_view(pattern_name="books:reissue-certificate"), name="reissue-certificate"),
]
