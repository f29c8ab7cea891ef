"""Addresses of the holder's papers, under /chung-nhan/, and of public verification, under /xac-minh/. Included at the root."""

from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("chung-nhan/", views.list_certificates, name="list-certificates"),
    path("chung-nhan/dong-y-hien-ten/", views.give_consent, name="give-consent"),
    path("chung-nhan/rut-dong-y/", views.withdraw_consent, name="withdraw-consent"),
    path("chung-nhan/<uuid:uuid>/", views.show_certificate, name="show-certificate"),
    path("chung-nhan/<uuid:uuid>/tai-pdf/", views.download_certificate, name="download-certificate"),
    path("chung-nhan/<uuid:uuid>/hinh.png", views.show_picture, name="show-picture"),
    path("xac-minh/", views.verify, name="verify"),
    path("xac-minh/<str:code>/", views.show_verification, name="show-verification"),
]
