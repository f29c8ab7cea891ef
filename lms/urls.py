"""The public addresses (DESIGN: the public surface)."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

from certificates.urls import book_urlpatterns, run_urlpatterns
from cms.pictures import serve_picture
from cms.serve import serve_page
from cms.views import show_gallery
from lms import health
from quizzes.urls import bank_urlpatterns, contest_urlpatterns, office_urlpatterns
from training.urls import joining

# A database that is away is no fault of a page: 503 and a word, not 500.
# A form that is too large: 413 and a word, not 400.
handler400 = "lms.outages.answer_unreadable"
handler500 = "lms.outages.answer_fault"
handler429 = "lms.outages.answer_too_many"

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("tai-khoan/", include("accounts.urls")),
    path("khoa-hoc/", include("courses.urls")),
    path("hoc-tap/", include("learning.urls")),
    path("hoc-tap/", include("quizzes.urls")),
    path("thi/", include((contest_urlpatterns, "contests"))),
    path("", include("certificates.urls")),
    path("tham-gia/", include("training.urls.joining")),
    path("dao-tao/", include("training.urls.learners")),
    path("dao-tao/do-phu/", include("training.urls.coverage")),
    path("dao-tao/chi-tieu/", include("training.urls.targets")),
    path("dao-tao/thong-ke/", include("training.urls.statistics")),
    path("dao-tao/bat-buoc/", include("training.urls.assignments")),
    path("dao-tao/phieu/", include("training.urls.slips")),
    path("dao-tao/ma-lop/", include((joining.office_urlpatterns, "class-codes"))),
    path("dao-tao/van-hanh/", include("lms.operations.urls")),
    path("dao-tao/don-vi/", include("unions.urls.units")),
    path("dao-tao/can-bo/", include("unions.urls.people")),
    path("dao-tao/du-lieu/", include("unions.urls.privacy")),
    path("dao-tao/nhap-danh-sach/", include("unions.urls.rosters")),
    path("dao-tao/cap-giay/", include((run_urlpatterns, "runs"))),
    path("dao-tao/so-goc/", include((book_urlpatterns, "books"))),
    path("dao-tao/", include((office_urlpatterns, "marking"))),
    path("dao-tao/ngan-hang/", include((bank_urlpatterns, "bank"))),
    path("van-ban/", include("laws.urls")),
    # One door to sign in by, with its counts of tries and its second step: Wagtail brings two of its own that know of neither.
    path("quan-tri/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("quan-tri/", include(admin_urls)),
    path("tai-lieu/", include(document_urls)),
]

if settings.DEBUG:
    urlpatterns += [path("bang-mau/", show_gallery)]
if settings.SERVE_MEDIA:
    # Pictures only: documents go through /tai-lieu/, which asks who asks.
    urlpatterns += [re_path(r"^media/(?P<path>(?:images|original_images)/.+)$", serve_picture)]

urlpatterns += [
    re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"),
    path("", include(wagtail_urls)),
]
