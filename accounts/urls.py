"""Addresses under /tai-khoan/: our own in the namespace `accounts`, allauth's under the names that it gives them."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from accounts import views
from accounts.views import devices, privacy

_ours = [
    path("", views.show_profile, name="show-profile"),
    path("nhat-ky/", views.show_log, name="show-log"),
    path("du-lieu/", privacy.show_data, name="show-data"),
    path("du-lieu/dong-y/", privacy.set_consents, name="set-consents"),
    path("du-lieu/yeu-cau/", privacy.ask, name="ask-privacy"),
    path("du-lieu/rut-yeu-cau/", privacy.take_back, name="take-back-request"),
    path("du-lieu/tai-ve/", privacy.export, name="export-data"),
    path("du-lieu/thong-bao/", privacy.show_notice, name="show-notice"),
    path("du-lieu/da-doc/", privacy.acknowledge, name="acknowledge-notice"),
    path("thiet-bi/", devices.list_devices, name="list-devices"),
    path("thiet-bi/ket-thuc/", devices.end_device, name="end-device"),
    path("thiet-bi/ket-thuc-khac/", devices.end_others, name="end-other-devices"),
    path("ngon-ngu/", views.set_language, name="set-language"),
    path("phieu/", views.find_slip, name="use-slip"),
    path("phieu/mat-khau/", views.set_slip_password, name="set-slip-password"),
    # What the QR code of a slip leads to; the page behind it has another address, so that the code stands in no other site's log.
    path("phieu/<str:code>/", views.find_slip, name="scan-slip"),
]
# Without a sender of text messages a number is changed in the profile; allauth's pages would try to send a code.
_unused = [] if settings.ACCOUNT_PHONE_VERIFICATION_ENABLED else [
    path("phone/change/", RedirectView.as_view(pattern_name="accounts:show-profile")),
    path("phone/verify/", RedirectView.as_view(pattern_name="accounts:show-profile")),
]

urlpatterns = [
    path("", include((_ours, "accounts"))),
    # allauth's own list of sign-ins, which ours replaces.
    path("sessions/", RedirectView.as_view(pattern_name="accounts:list-devices"), name="usersessions_list"),
    path("login/", views.sign_in, name="account_login"),
    path("signup/", views.sign_up, name="account_signup"),
    *_unused,
    path("", include("allauth.urls")),
]
