"""Addresses of sign-in slips in the office, under /dao-tao/phieu/."""

from django.urls import path

from training.views import slips as views

app_name = "slips"
urlpatterns = [
    path("", views.list_slips, name="list-slips"),
    path("moi/", views.choose_people, name="choose-people"),
    path("in/", views.print_slips, name="print-slips"),
    path("nguoi/<uuid:uuid>/", views.reset_person, name="reset-person"),
    path("nguoi/<uuid:uuid>/huy/", views.cancel_slip, name="cancel-slip"),
]
