"""Addresses of attempts and receipts, under /hoc-tap/."""

from django.urls import path

from quizzes.views import attempts

app_name = "quizzes"
urlpatterns = [
    path("bai-lam/<uuid:uuid>/", attempts.show_attempt, name="show-attempt"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/", attempts.show_question, name="show-question"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/luu/", attempts.save_answer, name="save-answer"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/tep/", attempts.upload_file, name="upload-file"),
    path("bai-lam/<uuid:uuid>/tep/<uuid:file>/", attempts.download_file, name="download-file"),
    path("bai-lam/<uuid:uuid>/tat-ca/", attempts.show_all, name="show-all"),
    path("bai-lam/<uuid:uuid>/luu/", attempts.save_all, name="save-all"),
    path("bai-lam/<uuid:uuid>/nop/", attempts.submit_attempt, name="submit-attempt"),
    path("bai-lam/<uuid:uuid>/ket-qua/", attempts.show_result, name="show-result"),
    path("bai-lam/khoa/", attempts.show_key, name="show-key"),
    path("bien-nhan/<str:code>/", attempts.show_receipt, name="show-receipt"),
]
