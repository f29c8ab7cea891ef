"""Addresses of the learner's own pages, under /hoc-tap/."""

from django.urls import path

from learning import views

app_name = "learning"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("ghi-danh/<slug:slug>/", views.enrol, name="enrol"),
    path("doc/<uuid:key>/", views.record_reading, name="record-reading"),
    path("khoa-hoc-ngoai/", views.list_studies, name="list-studies"),
    path("khoa-hoc-ngoai/moi/", views.enter_own_study, name="enter-study"),
    path("khoa-hoc-ngoai/<uuid:uuid>/", views.change_study, name="change-study"),
    path("khoa-hoc-ngoai/<uuid:uuid>/rut/", views.take_back_study, name="withdraw-study"),
    path("khoa-hoc-ngoai/<uuid:uuid>/minh-chung/", views.download_proof, name="download-proof"),
    path("lam-bai/<uuid:key>/", views.start_quiz, name="start-quiz"),
]
