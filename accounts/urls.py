"""Addresses under /tai-khoan/: our own in the namespace `accounts`, allauth's under the names that it gives them."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from accounts import views

_ours = [
    path("", views.show_profile, name="show-profile"),
    path("nhat-ky/", views.show_log, name="show-log"),
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
    path("login/", views.sign_in, name="account_login"),
    path("signup/", views.sign_up, name="account_signup"),
    *_unused,
    path("", include("allauth.urls")),
]
