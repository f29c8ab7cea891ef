"""Addresses of required courses in the office, under /dao-tao/bat-buoc/."""

from django.urls import path

from training.views import assignments as views
from training.views.reaching import show_reaching

app_name = "assignments"
urlpatterns = [
    path("", views.list_rules, name="list-rules"),
    path("moi/", views.make, name="make-rule"),
    path("viec/<uuid:key>/", show_reaching, name="show-reaching"),
    path("<uuid:uuid>/", views.show_rule, name="show-rule"),
    path("<uuid:uuid>/sua/", views.change, name="change-rule"),
    path("<uuid:uuid>/ket-thuc/", views.end, name="end-rule"),
]
