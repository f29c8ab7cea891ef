"""Addresses of quizzes, attempts and receipts, under /hoc-tap/; of contests, under /thi/; of marking, under /dao-tao/."""

from django.urls import path

from quizzes.views import attempts, contests, marking, previews, quizzes

app_name = "quizzes"
urlpatterns = [
    path("bai-kiem-tra/", quizzes.list_quizzes, name="list-quizzes"),
    path("bai-kiem-tra/tien-do/", quizzes.show_progress, name="show-progress"),
    path("bai-kiem-tra/<uuid:uuid>/", quizzes.show_quiz, name="show-quiz"),
    path("bai-kiem-tra/<uuid:uuid>/bat-dau/", quizzes.start_quiz, name="start-quiz"),
    path("bai-kiem-tra/<uuid:uuid>/xem-thu/", previews.preview_quiz, name="preview-quiz"),
    path("bai-lam/<uuid:uuid>/", attempts.show_attempt, name="show-attempt"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/", attempts.show_question, name="show-question"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/luu/", attempts.save_answer, name="save-answer"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/tep/", attempts.upload_file, name="upload-file"),
    path("bai-lam/<uuid:uuid>/tep/<uuid:file>/", attempts.download_file, name="download-file"),
    path("bai-lam/<uuid:uuid>/tat-ca/", attempts.show_all, name="show-all"),
    path("bai-lam/<uuid:uuid>/tat-ca/cau/", attempts.show_cards, name="show-cards"),
    path("bai-lam/<uuid:uuid>/luu/", attempts.save_all, name="save-all"),
    path("bai-lam/<uuid:uuid>/nop/", attempts.submit_attempt, name="submit-attempt"),
    path("bai-lam/<uuid:uuid>/ket-qua/", attempts.show_result, name="show-result"),
    path("bai-lam/khoa/", attempts.show_key, name="show-key"),
    path("bai-lam/da-gui/", attempts.show_replayed, name="show-replayed"),
    path("bien-nhan/<str:code>/", attempts.show_receipt, name="show-receipt"),
]

# Under /dao-tao/, for whoever marks; their names begin with "marking:" (lms/urls.py).
office_urlpatterns = [
    path("bai-lam/", marking.list_attempts, name="list-attempts"),
    path("bai-lam/<uuid:uuid>/", marking.show_attempt, name="show-attempt"),
    path("bai-lam/<uuid:uuid>/cau/<int:position>/cham/", marking.mark_answer, name="mark-answer"),
]

# Under /dao-tao/ngan-hang/, for whoever keeps the question bank; their names begin with "bank:" (lms/urls.py).
bank_urlpatterns: list = []

# Under /thi/, for everybody who knows a code; their names begin with "contests:" (lms/urls.py).
contest_urlpatterns = [
    path("", contests.join_contest, name="join-contest"),
    path("<str:code>/", contests.show_contest, name="show-contest"),
    path("<str:code>/bat-dau/", contests.start_contest, name="start-contest"),
    path("<str:code>/xep-hang/", contests.show_ranking, name="show-ranking"),
    path("<str:code>/xep-hang/bang/", contests.show_ranking_part, name="show-ranking-part"),
]
