"""Addresses of class codes: in the office under /dao-tao/ma-lop/ (`office_urlpatterns`), for everybody under /tham-gia/."""

from django.urls import path

from training.views import joining as views

app_name = "joining"
urlpatterns = [
    path("", views.type_code, name="type-code"),
    path("<str:code>/", views.join_class, name="join-class"),
]
office_urlpatterns = [
    path("", views.list_codes, name="list-codes"),
    path("moi/", views.open_class, name="open-class"),
    path("<uuid:uuid>/", views.show_code, name="show-code"),
    path("<uuid:uuid>/chieu/", views.show_on_wall, name="show-on-wall"),
    path("<uuid:uuid>/in/", views.print_code, name="print-code"),
    path("<uuid:uuid>/nguoi/", views.list_joined, name="list-joined"),
    path("<uuid:uuid>/nguoi/biet/", views.confirm_joined, name="confirm-joined"),
    path("<uuid:uuid>/dong/", views.close_class, name="close-class"),
]
