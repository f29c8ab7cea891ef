"""Addresses of the learner's own pages, under /hoc-tap/."""

from django.urls import path

from learning import views

app_name = "learning"
urlpatterns = [
    path("", views.show_home, name="home"),
    path("ghi-danh/<slug:slug>/", views.enrol, name="enrol"),
    path("doc/<uuid:key>/", views.record_reading, name="record-reading"),
    path("lam-bai/<uuid:key>/", views.start_quiz, name="start-quiz"),
]
