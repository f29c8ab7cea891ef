"""Words with fields in braces: "Sinh ngày {ngày sinh}". A field that is empty takes its line along, or its part in [brackets]."""

import re

# Name in braces → what it stands for. In capitals ({HỌ TÊN}) the value is printed in capitals.
FIELDS = {
    "họ tên": "Nguyễn Thị Mai",
    "ngày sinh": "05/02/1988",
    "sinh": "Sinh ngày 05/02/1988",
    "nơi sinh": "Tân Hòa",
    "chức vụ": "Chủ tịch",
    "đơn vị": "CĐCS Công ty TNHH An Phú",
    "khóa học": "Thương lượng tập thể và thỏa ước lao động tập thể",
    "mã khóa học": "TLTT-01",
    "thời gian": "02/11/2026 – 20/11/2026",
    "từ ngày": "02/11/2026",
    "đến ngày": "20/11/2026",
    "số giờ": "04 giờ học",
    "hình thức": "Trực tuyến",
    "xếp loại": "Giỏi",
    "loại giấy": "Giấy chứng nhận",
    "số": "123/GCN-CĐ",
    "số vào sổ": "0123/2026",
    "mã xác minh": "7K2M-9Q4T-XB",
    "địa chỉ xác minh": "congdoan.example.org/xac-minh",
    "số quyết định": "15/QĐ-CĐ",
    "ngày quyết định": "18/11/2026",
    "quyết định": "Theo Quyết định số 15/QĐ-CĐ ngày 18/11/2026",
    "ngày cấp": "20/11/2026",
    "nơi cấp và ngày": "Tân Lập, ngày 20 tháng 11 năm 2026",
    "nơi cấp": "Tân Lập",
    "hết hạn": "19/11/2028",
    "cấp lại từ": "087/GCN-CĐ",
    "cấp tiếp từ": "045/GCN-CĐ",
    "cấp trên": "Liên đoàn Lao động tỉnh Tân Hòa",
    "đơn vị cấp": "Công đoàn phường Tân Lập",
    "ai chứng nhận": "Ban Chấp hành Công đoàn phường Tân Lập chứng nhận",
    "ghi chú": "Thay cho Giấy chứng nhận số 087/GCN-CĐ",
}
_FIELD = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_JOINTS = " \t·,;–-|/"


def unknown_fields(template: str) -> list[str]:
    """Return what stands in braces and is no field."""
    return [name for name in _FIELD.findall(template) if _key(name) not in FIELDS]


def has_stray_braces(template: str) -> bool:
    """Say whether a brace or bracket has lost its other half."""
    bare = _FIELD.sub("", template)
    return bool(re.search(r"[{}]", bare) or re.search(r"[\[\]]", _PART.sub(r"\1", bare)))


def filled(template: str, values: dict[str, str], *, only_fields: bool = False) -> list[str]:
    """Return the lines of the template with their values; lines that are left empty are gone.

    :param only_fields: for forms whose fixed words are printed already: nothing but the values.
    """
    lines = (_line(line, values, only_fields=only_fields) for line in template.splitlines())
    return [line for line in lines if line]


def _line(template: str, values: dict[str, str], *, only_fields: bool) -> str:
    names = _FIELD.findall(template)
    if only_fields or names:
        found = [_value(name, values) for name in names]
        if not any(found):
            return ""
        if only_fields:
            return " ".join(value for value in found if value)
    kept = _PART.sub(lambda part: part[1] if all(_value(name, values) for name in _FIELD.findall(part[1])) else "\0", template)
    line = _FIELD.sub(lambda field: _value(field[1], values), kept)
    return _without_gaps(line) if "\0" in line else " ".join(line.split())


def _without_gaps(line: str) -> str:
    """Take away the joints that stood between parts of which one is missing."""
    parts = [part.strip() for part in line.split("\0")]
    joined = parts[0]
    for part in parts[1:]:
        # Between two that stay, one joint stays: that of the part on the left.
        joined = f"{joined.rstrip(_JOINTS)}{_joint(joined)}{part.lstrip(_JOINTS)}" if joined.rstrip(_JOINTS) else part.lstrip(_JOINTS)
    return " ".join(joined.split()).strip(_JOINTS)


def _joint(left: str) -> str:
    return f"{left[len(left.rstrip(_JOINTS)):].rstrip()} "


def _value(name: str, values: dict[str, str]) -> str:
    value = values.get(_key(name), "")
    return value.upper() if name.isupper() else value


def _key(name: str) -> str:
    return " ".join(name.lower().split())
