"""The headings of a register: by what names offices call its columns. Where they stand in a sheet is found by `intake.headings`."""

from django.utils.translation import gettext_lazy as _

from intake.cells import column_letters
from intake.headings import Field, Headings, Layout, is_numbering

__all__ = ["FIELDS", "LABELS", "NAME_COLUMNS", "NUMBER_COLUMNS", "Layout", "field_of", "find_layout", "find_nameless_layout", "is_numbering", "letters_of"]

# What a row cannot do without; the numbers may be either.
NAME_COLUMNS = ("name", "family_name")
NUMBER_COLUMNS = ("register_entry", "register_number")

FIELDS = (
    Field("name", _("Full name"), (
        "ho va ten", "ho ten", "ho va ten hoc vien", "ho ten hoc vien", "ten hoc vien", "hoc vien", "ho va ten nguoi hoc", "full name",
        "nguoi duoc cap", "ho ten nguoi duoc cap", "ho va ten nguoi duoc cap", "ho ten nguoi duoc cap giay chung nhan", "ho va ten nguoi duoc cap giay chung nhan",
        "ho ten nguoi hoc", "ten nguoi hoc", "ho va ten can bo", "ho ten can bo", "ho va ten doan vien", "ho ten doan vien")),
    Field("family_name", _("Family and middle names"), ("ho dem", "ho va dem", "ho va ten dem", "ho lot", "ho va chu lot", "ho")),
    Field("given_name", _("Given name"), ("ten",)),
    Field("born_on", _("Date of birth"), ("ngay sinh", "ngay thang nam sinh", "nam sinh", "sinh ngay", "ngay thang sinh", "date of birth")),
    Field("born_male", _("Date of birth, men"), ("ngay sinh nam", "ngay thang nam sinh nam", "nam sinh nam", "sinh ngay nam", "nam")),
    Field("born_female", _("Date of birth, women"), ("ngay sinh nu", "ngay thang nam sinh nu", "nam sinh nu", "sinh ngay nu", "nu")),
    Field("birth_place", _("Place of birth"), ("noi sinh", "que quan", "noi sinh que quan")),
    Field("gender", _("Gender"), ("gioi tinh", "nam nu", "gioi", "phai")),
    Field("post", _("Post"), ("chuc vu", "chuc danh", "chuc vu bo phan", "chuc vu cong doan")),
    Field("unit", _("Unit"), ("don vi", "don vi cong tac", "co quan don vi", "noi cong tac", "cong doan", "don vi cong doan", "chuc vu don vi", "chuc vu don vi cong tac")),
    Field("course", _("Programme"), (
        "chuong trinh", "lop", "lop boi duong", "chuong trinh lop boi duong", "chuong trinh boi duong", "ten lop", "khoa", "khoa hoc", "khoa boi duong",
        "noi dung boi duong", "chuong trinh dao tao", "lop hoc", "noi dung", "khoa dao tao", "ten khoa hoc", "lop tap huan",
        "ten chuong trinh", "ten khoa boi duong", "ten lop boi duong")),
    Field("period", _("Time of training"), ("thoi gian dao tao", "thoi gian", "thoi gian boi duong", "thoi gian hoc", "thoi gian dao tao boi duong", "thoi gian dao tao tu den")),
    Field("begun_on", _("Studied from"), (
        "thoi gian dao tao tu", "thoi gian tu", "thoi gian tu ngay", "tu ngay", "thoi gian dao tao tu ngay", "ngay bat dau", "thoi gian boi duong tu", "khai giang",
        "ngay khai giang", "thoi gian boi duong tu ngay", "thoi gian hoc tu", "thoi gian hoc tu ngay")),
    Field("ended_on", _("Studied until"), (
        "thoi gian dao tao den", "thoi gian den", "thoi gian den ngay", "den ngay", "thoi gian dao tao den ngay", "ngay ket thuc", "thoi gian boi duong den",
        "be giang", "ngay be giang", "thoi gian boi duong den ngay", "thoi gian hoc den", "thoi gian hoc den ngay")),
    Field("grade", _("Grade"), ("xep loai", "ket qua", "xep loai tot nghiep", "loai", "ket qua xep loai")),
    Field("register_number", _("Number"), (
        "so hieu", "so hieu gcn", "so gcn", "so giay chung nhan", "so hieu giay chung nhan", "so chung chi", "so hieu chung chi", "so hieu van bang chung chi",
        "so gcn cc", "so giay")),
    Field("register_entry", _("Number in the register"), (
        "so vao so", "so vao so goc", "so vao so cap", "so vao so cap gcn", "so vao so cap giay chung nhan", "vao so so", "so vao so cap chung chi", "so vao so goc cap gcn")),
    Field("decision_number", _("Decision number"), (
        "so qd", "so quyet dinh", "so qd cong nhan", "so quyet dinh cong nhan", "quyet dinh cong nhan", "quyet dinh so", "quyet dinh", "qd cong nhan",
        "quyet dinh cong nhan so", "quyet dinh cong nhan tot nghiep", "so qd cong nhan ngay qd", "so qd ngay qd", "so ngay quyet dinh")),
    Field("decision_on", _("Day of the decision"), (
        "ngay qd", "ngay quyet dinh", "ngay qd cong nhan", "ngay quyet dinh cong nhan", "quyet dinh ngay", "quyet dinh cong nhan ngay")),
    Field("issued_on", _("Day of issue"), ("ngay cap", "ngay cap gcn", "ngay cap giay chung nhan", "ngay vao so", "ngay thang cap", "ngay cap phat", "ngay thang nam cap", "ngay ky")),
    Field("valid_through", _("Valid until"), ("co gia tri den", "hieu luc den", "gia tri den", "het han", "ngay het han", "thoi han", "co gia tri den ngay")),
    Field("state", _("State"), ("tinh trang", "trang thai", "hien trang")),
    Field("note", _("Note"), ("ghi chu", "ghi chu tinh trang", "ghi chu khac", "note")),
    Field("correction", _("What was corrected"), ("noi dung dieu chinh", "noi dung dinh chinh", "dieu chinh noi dung", "dieu chinh", "noi dung chinh sua", "dinh chinh")),
    Field("correction_decision", _("Decision of the correction"), ("qd dieu chinh", "quyet dinh dieu chinh", "so qd dieu chinh", "so quyet dinh dieu chinh", "dieu chinh so qd", "dieu chinh qd", "dieu chinh quyet dinh", "dieu chinh so")),
    Field("correction_on", _("Day of the correction"), ("ngay dieu chinh", "ngay qd dieu chinh", "ngay quyet dinh dieu chinh", "dieu chinh ngay")),
    Field("phone", _("Telephone number"), ("so dien thoai", "dien thoai", "sdt", "di dong", "phone")),
    Field("email", _("E-mail"), ("email", "e mail", "thu dien tu", "dia chi email")),
)
LABELS = {field.name: field.label for field in FIELDS}
# What stands in the second line of headings, under a merged one.
_BELOW = {"nam", "nu", "tu", "den", "tu ngay", "den ngay", "so", "ngay", "so qd", "ngay qd", "ngay thang", "so quyet dinh", "ngay quyet dinh", "noi dung", "qd", "quyet dinh"}
_HEADINGS = Headings(FIELDS, needs=NAME_COLUMNS, below=_BELOW)
field_of = _HEADINGS.field_of
find_layout = _HEADINGS.find
# For sheets where the first finds nothing: by what, then, the headings are known.
find_nameless_layout = Headings(FIELDS, needs=(*NUMBER_COLUMNS, "issued_on"), below=_BELOW).find
letters_of = column_letters
