"""Snapshots of people who do not exist, for looking at a design: as usual, and at the ends of what is possible."""

_CODE = "7K2M9Q4TXB"
_USUAL = {
    "name": "Nguyễn Thị Mai", "given_name": "Mai", "born_on": "1988-02-05", "birth_place": "Tân Hòa", "post": "Chủ tịch",
    "unit": "CĐCS Công ty TNHH An Phú", "course": "Thương lượng tập thể và thỏa ước lao động tập thể", "course_code": "TLTT-01", "hours": "4.0",
    "begun_on": "2026-11-02", "ended_on": "2026-11-20", "grade": "Giỏi", "form": "Trực tuyến", "register_number": "123/GCN-CĐ",
    "register_entry": "0123/2026", "decision_number": "15/QĐ-CĐ", "decision_on": "2026-11-18", "replaces": "", "renews": "",
    "valid_until": "2028-11-20", "issued_on": "2026-11-20", "code": _CODE, "address": f"https://congdoan.example.org/xac-minh/{_CODE}/#",
    # As long as signed words are; they are none.
    "payload": "1" * 213}
_ISSUER = {
    "upper_name": "Liên đoàn Lao động tỉnh Tân Hòa", "issuer": "Công đoàn phường Tân Lập", "place": "Tân Lập",
    "signer_form": "TM. BAN CHẤP HÀNH", "signer_title": "CHỦ TỊCH", "signer": "Trần Văn An",
    "signers": [
        {"lines": ["TM. BAN CHẤP HÀNH", "CHỦ TỊCH"], "name": "Trần Văn An"},
        {"lines": ["TM. BAN CHẤP HÀNH", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "name": "Lê Thị Hồng Vân"},
        {"lines": ["TL. BAN CHẤP HÀNH", "CHỦ NHIỆM ỦY BAN KIỂM TRA"], "name": "Phạm Quốc Bảo"},
    ]}
_LONG = {
    "name": "Công Tằng Tôn Nữ Nguyễn Hoàng Phương Khánh Nguyên Thục Duyên", "post": "Ủy viên Ban Thường vụ, Chủ nhiệm Ủy ban kiểm tra",
    "unit": "Công đoàn cơ sở Công ty trách nhiệm hữu hạn một thành viên Cấp thoát nước và Môi trường đô thị miền Trung – Tây Nguyên",
    "course": "Kỹ năng đối thoại, thương lượng tập thể, ký kết và tổ chức thực hiện thỏa ước lao động tập thể tại doanh nghiệp có đông đoàn viên",
    "replaces": "087/GCN-CĐ", "renews": "045/GCN-CĐ", "register_number": "1234/GCN-CĐCS-KCNC", "decision_number": "1234/QĐ-CĐCS-KCNC"}
_LONG_ISSUER = {
    "upper_name": "Liên đoàn Lao động thành phố Hồ Chí Minh và các khu công nghiệp, khu chế xuất, khu công nghệ cao",
    "issuer": "Công đoàn các Khu công nghệ cao và Khu công nghiệp Hà Nội, cụm Thạch Thất – Quốc Oai – Phúc Thọ – Sơn Tây"}
_SHORT = {"name": "Lê An", "course": "Tổ phó", "post": "", "unit": "CĐCS An Phú", "replaces": "", "renews": "", "decision_number": "", "decision_on": None}
_MISSING = {
    "born_on": None, "birth_place": "", "post": "", "unit": "", "hours": "0", "grade": "", "decision_number": "", "decision_on": None,
    "valid_until": None, "course_code": ""}

KINDS = ("usual", "long", "short", "missing", "form")


def sample_of(kind: str, *, paper: str, issuer: dict | None = None) -> dict:
    """Return a snapshot of one of KINDS, in the name of the issuer or of one that does not exist."""
    changes = {"long": _LONG, "short": _SHORT, "missing": _MISSING}.get(kind, {})
    named = {"long": _LONG_ISSUER, "missing": {"upper_name": ""}}.get(kind, {}) if issuer is None else {}
    return {**_USUAL, **_ISSUER, **named, **(issuer or {}), **changes, "paper": paper}
