"""Addresses of lists of people from Excel, under /dao-tao/nhap-danh-sach/."""

from django.urls import path

from unions.views import rosters

app_name = "rosters"
urlpatterns = [
    path("", rosters.import_roster, name="import-roster"),
    path("mau/", rosters.download_template, name="download-template"),
    path("xuat/", rosters.export_roster, name="export-roster"),
    path("<uuid:uuid>/", rosters.show_roster, name="show-roster"),
    path("<uuid:uuid>/vang-mat/", rosters.list_absent, name="list-absent"),
    path("<uuid:uuid>/cot/<int:sheet>/", rosters.choose_columns, name="choose-columns"),
    path("<uuid:uuid>/quyet-dinh/", rosters.decide_rows, name="decide-rows"),
    path("<uuid:uuid>/ghi/", rosters.bring_in, name="bring-in"),
    path("<uuid:uuid>/huy/", rosters.cancel_roster, name="cancel-roster"),
]
