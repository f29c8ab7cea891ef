"""Addresses of quizzes, attempts and receipts, under /hoc-tap/; of contests, under /thi/; of marking, under /dao-tao/."""

from django.urls import path

from quizzes.views import analysis, appeals, attempts, bank, contests, exchange, marking, previews, quizzes, regrades

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
    path("bai-lam/<uuid:uuid>/cau/<int:position>/khieu-nai/", appeals.appeal_question, name="appeal-question"),
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
    path("khieu-nai/", appeals.list_appeals, name="list-appeals"),
    path("khieu-nai/<uuid:uuid>/", appeals.show_appeal, name="show-appeal"),
    path("phan-tich/", analysis.list_analyses, name="list-analyses"),
    path("phan-tich/<uuid:uuid>/", analysis.show_analysis, name="show-analysis"),
    path("phan-tich/<uuid:uuid>/tinh/", analysis.ask_analysis, name="ask-analysis"),
    path("phan-tich/<uuid:uuid>/bang.xlsx", analysis.download_analysis, name="download-analysis"),
    path("phan-tich/<uuid:uuid>/<uuid:question>/", analysis.show_question, name="show-analysed-question"),
    path("cham-lai/", regrades.list_regrades, name="list-regrades"),
    path("cham-lai/moi/", regrades.plan_regrade, name="plan-regrade"),
    path("cham-lai/<uuid:uuid>/", regrades.show_regrade, name="show-regrade"),
    path("cham-lai/<uuid:uuid>/ghi/", regrades.apply_regrade, name="apply-regrade"),
    path("cham-lai/<uuid:uuid>/huy/", regrades.cancel_regrade, name="cancel-regrade"),
    path("cham-lai/<uuid:uuid>/tiep/", regrades.resume_regrade, name="resume-regrade"),
]

# Under /dao-tao/ngan-hang/, for whoever keeps the question bank; their names begin with "bank:" (lms/urls.py).
bank_urlpatterns: list = [
    path("", bank.show_bank, name="show-bank"),
    path("cau/<uuid:uuid>/", bank.show_question, name="show-question"),
    path("cau/<uuid:uuid>/so-sanh/", bank.compare_versions, name="compare-versions"),
    path("cau/<uuid:uuid>/khoi-phuc/", bank.restore_question, name="restore-question"),
    path("luu-tru/", bank.archive_questions, name="archive-questions"),
    path("trung/", bank.list_duplicates, name="list-duplicates"),
    path("nhap/", exchange.import_questions, name="import-questions"),
    path("nhap/mau.xlsx", exchange.download_template, name="download-template"),
    path("nhap/<uuid:uuid>/", exchange.show_import, name="show-import"),
    path("nhap/<uuid:uuid>/dua-vao/", exchange.bring_in, name="bring-in"),
    path("nhap/<uuid:uuid>/huy/", exchange.cancel_import, name="cancel-import"),
    path("nhap/<uuid:uuid>/chua-nhan.xlsx", exchange.download_refused, name="download-refused"),
    path("xuat/", exchange.export_questions, name="export-questions"),
    path("xuat/<uuid:uuid>/", exchange.show_export, name="show-export"),
    path("xuat/<uuid:uuid>/tai/", exchange.download_export, name="download-export"),
]

# Under /thi/, for everybody who knows a code; their names begin with "contests:" (lms/urls.py).
contest_urlpatterns = [
    path("", contests.join_contest, name="join-contest"),
    path("<str:code>/", contests.show_contest, name="show-contest"),
    path("<str:code>/bat-dau/", contests.start_contest, name="start-contest"),
    path("<str:code>/xep-hang/", contests.show_ranking, name="show-ranking"),
    path("<str:code>/xep-hang/bang/", contests.show_ranking_part, name="show-ranking-part"),
]
