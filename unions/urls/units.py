"""Addresses of the units in the office, under /dao-tao/don-vi/."""

from django.urls import path

from unions.views import changes, moves, units

app_name = "units"
urlpatterns = [
    path("", units.list_units, name="list-units"),
    path("tim/", units.find_units, name="find-units"),
    path("moi/", units.add_unit, name="add-unit"),
    path("thay-doi/", units.list_changes, name="list-changes"),
    path("thay-doi/<uuid:uuid>/hoan-tac/", units.undo_change, name="undo-change"),
    path("chuyen-theo-danh-sach/", moves.move_by_list, name="move-by-list"),
    path("chuyen-theo-danh-sach/mau/", moves.download_template, name="download-moves-template"),
    path("<uuid:uuid>/", units.show_unit, name="show-unit"),
    path("<uuid:uuid>/sua/", units.edit_unit, name="edit-unit"),
    path("<uuid:uuid>/<slug:kind>/", changes.change_unit, name="change-unit"),
]
