"""The words that a design prints, from the snapshot alone. Older snapshots lack what came later; nothing is missed where it is missing."""

from datetime import date
from decimal import Decimal
from unicodedata import normalize

from certificates import codes, wording
from certificates.validity import last_day_with

# Names longer than this many letters begin a step smaller (LOOK, Certificate).
LONG_NAME = 28
_NAME_SIZES = [9, 8, 7, 6.2, 5.6, 5.1]


def words_of(snapshot: dict) -> dict:
    """Return what versioned designs print: fields for words in braces, facts with their labels, signers, and what describes the file."""
    snapshot = _composed(snapshot)
    title = wording.PAPER_TITLES[snapshot["paper"]]
    return {
        "title": f"{title} số {snapshot['register_number']}",
        "issuer": snapshot["issuer"],
        "upper_name": snapshot["upper_name"],
        "code": codes.shown(snapshot["code"]),
        "qr_alt": f"Mã QR để xác minh, mã {codes.shown(snapshot['code'])}",
        "fields": _fields(snapshot, title),
        "facts": _facts(snapshot),
        "signers": _signers(snapshot),
    }


def _composed(value):
    """Letters and their marks as one sign each, whatever keyboard they came from: typefaces have those, and search finds them."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, dict):
        return {name: _composed(part) for name, part in value.items()}
    return [_composed(part) for part in value] if isinstance(value, list) else value


def _fields(snapshot: dict, title: str) -> dict[str, str]:
    """Values by the names that stand in braces; see certificates.layout.fields."""
    born = snapshot.get("born_on") or ""
    notes = _notes(snapshot)
    return {
        "họ tên": snapshot["name"],
        "ngày sinh": wording.birth(born) if born else "",
        "sinh": wording.person_line(born, "", ""),
        "nơi sinh": snapshot.get("birth_place") or "",
        "chức vụ": snapshot.get("post") or "",
        "đơn vị": snapshot.get("unit") or "",
        "khóa học": snapshot.get("course") or "",
        "mã khóa học": snapshot.get("course_code") or "",
        "loại giấy": title,
        "số": snapshot["register_number"],
        "số vào sổ": snapshot["register_entry"],
        "mã xác minh": codes.shown(snapshot["code"]),
        "địa chỉ xác minh": snapshot["address"].split("://", 1)[-1].removesuffix(f"/{snapshot['code']}/#"),
        "cấp trên": snapshot["upper_name"],
        "đơn vị cấp": snapshot["issuer"],
        "ai chứng nhận": wording.certifies(_body(snapshot), snapshot["issuer"]),
        "ghi chú": " · ".join(notes[1:] if snapshot.get("decision_number") else notes),
        "cấp lại từ": snapshot.get("replaces") or "",
        "cấp tiếp từ": snapshot.get("renews") or "",
        **_dates(snapshot),
        **{name: value for name, (_label, value) in _facts(snapshot).items()},
    }


def _dates(snapshot: dict) -> dict[str, str]:
    issued_on = date.fromisoformat(snapshot["issued_on"])
    decided = snapshot.get("decision_number") or ""
    return {
        "từ ngày": _short(snapshot.get("begun_on")),
        "đến ngày": _short(snapshot.get("ended_on")),
        "số quyết định": decided,
        "ngày quyết định": _short(snapshot.get("decision_on")),
        "quyết định": _notes(snapshot)[0] if decided else "",
        "ngày cấp": wording.short_date(issued_on),
        "nơi cấp": snapshot["place"],
        "nơi cấp và ngày": f"{snapshot['place']}, {wording.long_date(issued_on)}",
        "hết hạn": _latest_day(snapshot),
    }


def _latest_day(snapshot: dict) -> str:
    """The day that people are told: the last one on which the paper is valid."""
    ends = _day(snapshot.get("valid_until"))
    return wording.short_date(last_day_with(ends)) if ends else ""


def _facts(snapshot: dict) -> dict[str, tuple[str, str]]:
    begun, ended = _day(snapshot.get("begun_on")), _day(snapshot.get("ended_on"))
    hours = snapshot.get("hours")
    return {
        "thời gian": ("Thời gian", wording.period(begun, ended)),
        "số giờ": ("Thời lượng", wording.hours(Decimal(hours)) if hours else ""),
        "hình thức": ("Hình thức", snapshot.get("form") or ""),
        "xếp loại": ("Xếp loại", snapshot.get("grade") or ""),
        "hết hạn": ("Có giá trị đến", _latest_day(snapshot)),
    }


def _signers(snapshot: dict) -> list[dict]:
    first = {"lines": [line for line in (snapshot["signer_form"], snapshot["signer_title"]) if line], "name": snapshot["signer"]}
    return snapshot.get("signers") or [first]


def _body(snapshot: dict) -> str:
    lines = _signers(snapshot)[0]["lines"]
    return lines[0] if lines else ""


def printed(snapshot: dict) -> dict:
    """Return the words that the first design prints; they are part of its papers' bytes, so nothing is added here."""
    title = wording.PAPER_TITLES[snapshot["paper"]]
    issued_on = date.fromisoformat(snapshot["issued_on"])
    return {
        "title": f"{title} số {snapshot['register_number']}",
        "title_capitals": title.upper(),
        "issuer": snapshot["issuer"],
        "issuer_capitals": snapshot["issuer"].upper(),
        "upper_name": snapshot["upper_name"].upper(),
        "number": snapshot["register_number"],
        "number_line": f"Số: {snapshot['register_number']}",
        "certifies": wording.certifies(snapshot["signer_form"], snapshot["issuer"]),
        "name_capitals": snapshot["name"].upper(),
        "name_sizes": _NAME_SIZES if len(snapshot["name"]) > LONG_NAME else [10.6, *_NAME_SIZES],
        "person_line": wording.person_line(snapshot["born_on"] or "", snapshot["post"], snapshot["unit"]),
        "course": snapshot["course"],
        "facts": _fact_columns(snapshot),
        "register_entry": snapshot["register_entry"],
        "code": codes.shown(snapshot["code"]),
        "address": snapshot["address"].split("://", 1)[-1].removesuffix(f"/{snapshot['code']}/#"),
        "qr_alt": f"Mã QR để xác minh, mã {codes.shown(snapshot['code'])}",
        "notes": _first_notes(snapshot),
        "place_and_date": f"{snapshot['place']}, {wording.long_date(issued_on)}",
        "signer_form": snapshot["signer_form"].upper(),
        "signer_title": snapshot["signer_title"].upper(),
        "signer_name": snapshot["signer"].upper(),
    }


def _fact_columns(snapshot: dict) -> list[list[str]]:
    begun_on, ended_on = _day(snapshot["begun_on"]), _day(snapshot["ended_on"])
    columns = [
        ["Thời gian", wording.period(begun_on, ended_on)],
        ["Thời lượng", wording.hours(Decimal(snapshot["hours"]))],
        ["Hình thức", snapshot["form"]],
        ["Xếp loại", snapshot["grade"]],
    ]
    return [column for column in columns if column[1]]


def _first_notes(snapshot: dict) -> list[str]:
    notes = [f"Theo Quyết định số {snapshot['decision_number']}"] if snapshot.get("decision_number") else []
    if snapshot.get("replaces"):
        notes.append(f"Thay cho {wording.PAPER_TITLES[snapshot['paper']]} số {snapshot['replaces']}")
    return notes


def _notes(snapshot: dict) -> list[str]:
    """The decision, if any, then what this paper stands in place of or follows."""
    notes = _first_notes(snapshot)
    if snapshot.get("decision_on") and notes:
        notes[0] += f" ngày {_short(snapshot['decision_on'])}"
    if snapshot.get("renews"):
        notes.append(f"Tiếp theo {wording.PAPER_TITLES[snapshot['paper']]} số {snapshot['renews']}")
    return notes


def _short(text: str | None) -> str:
    return wording.short_date(date.fromisoformat(text)) if text else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
