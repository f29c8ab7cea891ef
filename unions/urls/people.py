"""Addresses of people, their posts and roles in the office, under /dao-tao/can-bo/. A post is found by its unit, kind and first day."""

from django.urls import path

from unions.views import people, roles

app_name = "people"
_POST = "<uuid:uuid>/chuc-vu/<uuid:unit>/<slug:kind>/<str:since>/"
urlpatterns = [
    path("", people.list_people, name="list-people"),
    path("moi/", people.add_person, name="add-person"),
    path("vai-tro/", roles.list_roles, name="list-roles"),
    path("<uuid:uuid>/", people.show_person, name="show-person"),
    path("<uuid:uuid>/sua/", people.change_person, name="change-person"),
    path("<uuid:uuid>/chuc-vu/moi/", people.add_post, name="add-post"),
    path(_POST, people.correct_post, name="correct-post"),
    path(f"{_POST}ket-thuc/", people.end_post, name="end-post"),
    path(f"{_POST}rut-lai/", people.withdraw_post, name="withdraw-post"),
    path("<uuid:uuid>/vai-tro/moi/", roles.give_role, name="give-role"),
    path("<uuid:uuid>/vai-tro/<uuid:unit>/<slug:role>/thu-hoi/", roles.take_role, name="take-role"),
]
