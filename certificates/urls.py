"""Addresses of the holder's papers, under /chung-nhan/, and of public verification, under /xac-minh/, included at the root; and of the office, under /dao-tao/."""

from django.urls import path

from certificates.views import holder, verification

app_name = "certificates"
urlpatterns = [
    path("chung-nhan/", holder.list_certificates, name="list-certificates"),
    path("chung-nhan/dong-y-hien-ten/", holder.give_consent, name="give-consent"),
    path("chung-nhan/rut-dong-y/", holder.withdraw_consent, name="withdraw-consent"),
    path("chung-nhan/<uuid:uuid>/", holder.show_certificate, name="show-certificate"),
    path("chung-nhan/<uuid:uuid>/tai-pdf/", holder.download_certificate, name="download-certificate"),
    path("chung-nhan/<uuid:uuid>/hinh.png", holder.show_picture, name="show-picture"),
    path("xac-minh/", verification.verify, name="verify"),
    path("xac-minh/<str:code>/", verification.show_verification, name="show-verification"),
]

# Lists that are issued by decision, under /dao-tao/cap-giay/.
run_urlpatterns = []

# The register, under /dao-tao/so-goc/.
book_urlpatterns = []
