"""The columns of a list of cadres: by what names offices call them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intake.headings import Field, Headings

# What a row cannot do without; either of them.
NAME_COLUMNS = ("name", "family_name")
FIELDS = (
    Field("ordinal", _("No."), ("stt", "tt", "so tt", "so thu tu", "no")),
    Field("name", _("Full name"), (
        "ho va ten", "ho ten", "ho va ten can bo", "ho ten can bo", "ho va ten doan vien", "ho ten doan vien", "ho va ten khai sinh", "can bo cong doan",
        "ho va ten xep theo abc", "ten can bo", "ho va ten uy vien", "full name")),
    Field("family_name", _("Family and middle names"), ("ho dem", "ho va dem", "ho va ten dem", "ho lot", "ho va chu lot", "ho")),
    Field("given_name", _("Given name"), ("ten",)),
    Field("born_on", _("Date of birth"), (
        "ngay sinh", "ngay thang nam sinh", "nam sinh", "sinh ngay", "ngay thang sinh", "sinh nam", "ngay nam sinh", "date of birth")),
    Field("born_male", _("Date of birth, men"), ("ngay sinh nam", "ngay thang nam sinh nam", "nam sinh nam", "sinh ngay nam", "sinh nam nam", "nam")),
    Field("born_female", _("Date of birth, women"), ("ngay sinh nu", "ngay thang nam sinh nu", "nam sinh nu", "sinh ngay nu", "sinh nam nu", "nu")),
    Field("gender", _("Gender"), ("gioi tinh", "nam nu", "gioi", "phai")),
    Field("post", _("Post"), (
        "chuc vu", "chuc danh", "chuc vu cong doan", "chuc danh cong doan", "chuc vu chuc danh", "chuc danh chuc vu", "chuc vu bo phan", "chuc vu doan the",
        "chuc vu cong doan dam nhiem", "chuc vu trong cong doan", "chuc danh bau", "chuc vu hien nay", "chuc vu trung cu", "chuc danh trung cu", "post")),
    Field("post_and_unit", _("Post and unit in one"), (
        "chuc vu don vi", "chuc vu don vi cong tac", "chuc danh don vi", "chuc vu noi cong tac", "chuc danh don vi cong tac")),
    Field("unit", _("Unit"), (
        "don vi", "don vi cong tac", "co quan don vi", "noi cong tac", "cong doan", "don vi cong doan", "ten don vi", "ten cong doan", "cdcs", "ten cdcs",
        "cong doan co so", "ten cong doan co so", "noi lam viec", "unit")),
    Field("unit_code", _("Code of the unit"), ("ma don vi", "ma cdcs", "ma cong doan", "ma cong doan co so", "unit code")),
    Field("full_time", _("Full-time"), ("chuyen trach", "can bo chuyen trach", "cd chuyen trach", "chuyen trach khong chuyen trach", "hinh thuc hoat dong", "full time")),
    Field("part_time", _("Part-time"), ("khong chuyen trach", "kiem nhiem", "ban chuyen trach", "can bo khong chuyen trach")),
    Field("manner", _("Elected, appointed or designated"), (
        "hinh thuc", "bau chi dinh", "bau chi dinh bo nhiem", "bau bo nhiem chi dinh", "hinh thuc bau chi dinh", "hinh thuc bo nhiem", "hinh thuc nham chuc")),
    Field("term", pgettext_lazy("of a post", "Term"), ("nhiem ky", "khoa", "nhiem ky dai hoi", "term")),
    Field("begun_on", _("From"), (
        "tu ngay", "ngay bau", "ngay giu chuc vu", "thoi gian giu chuc vu tu", "ngay nhan chuc vu", "giu chuc vu tu ngay", "ngay bo nhiem", "thoi diem giu chuc vu",
        "thoi gian tu", "thoi gian tu ngay", "thoi gian giu chuc vu tu ngay", "tu", "ngay nham chuc")),
    Field("ended_on", _("Until"), (
        "den ngay", "thoi gian giu chuc vu den", "thoi gian den", "thoi gian den ngay", "thoi gian giu chuc vu den ngay", "den", "ngay thoi giu chuc vu", "ngay ket thuc")),
    Field("decision_number", _("Decision number"), (
        "so quyet dinh", "so qd", "quyet dinh so", "quyet dinh", "so qd cong nhan", "so quyet dinh cong nhan", "quyet dinh cong nhan", "so ngay quyet dinh", "so ngay qd")),
    Field("member_code", _("Member code"), (
        "ma doan vien", "so the", "so the doan vien", "ma so doan vien", "ma the", "ma the doan vien", "ma so the doan vien", "so the doan vien cong doan", "member code")),
    Field("phone", _("Telephone number"), ("so dien thoai", "dien thoai", "sdt", "di dong", "so dt", "dt", "dien thoai di dong", "so di dong", "dien thoai lien he", "phone")),
    Field("email", _("E-mail"), ("email", "e mail", "thu dien tu", "dia chi email", "dia chi thu dien tu", "gmail")),
    Field("note", _("Note"), ("ghi chu", "note")),
)
LABELS = {field.name: field.label for field in FIELDS}
# What stands in the second line of headings, under a merged one.
_BELOW = {"nam", "nu", "tu", "den", "tu ngay", "den ngay", "so", "ngay", "so qd", "chuyen trach", "khong chuyen trach", "kiem nhiem"}
HEADINGS = Headings(FIELDS, needs=NAME_COLUMNS, below=_BELOW)
