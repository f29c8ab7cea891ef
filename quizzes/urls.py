"""Addresses of attempts and receipts, under /hoc-tap/."""

from django.urls import path

from quizzes import views

app_name = "quizzes"
urlpatterns = [
    path("bai-lam/<uuid:uuid>/", views.show_attempt, name="show-attempt"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/", views.show_question, name="show-question"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/luu/", views.save_answer, name="save-answer"),
    path("bai-lam/<uuid:uuid>/nop/", views.submit_attempt, name="submit-attempt"),
    path("bai-lam/<uuid:uuid>/ket-qua/", views.show_result, name="show-result"),
    path("bien-nhan/<str:code>/", views.show_receipt, name="show-receipt"),
]
