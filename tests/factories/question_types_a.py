"""Questions that are answered by typing, matching, putting in order and filling in, as small as the test needs."""

from quizzes.models import Question
from tests.factories.quizzes import _question


def short_answer(stem: str = "Bên đại diện người lao động là tổ chức nào?", accepted=("Công đoàn",), comparing: str = "case", **fields) -> Question:
    """Accepted answers are texts, or (text, fraction, feedback)."""
    rows = [(row, 1, "") if isinstance(row, str) else row for row in accepted]
    values = [{"text": text, "fraction": fraction, "feedback": feedback} for text, fraction, feedback in rows]
    return _question("short_answer", {"stem": f"<p>{stem}</p>", "accepted": values, "comparing": comparing}, **fields)


def numeric(stem: str = "Đoàn phí bằng bao nhiêu phần trăm?", accepted=(("1", "0", "absolute", 1, ""),), unit: str = "%", **fields) -> Question:
    """Accepted numbers are (value, tolerance, measure, fraction, feedback)."""
    names = ("value", "tolerance", "measure", "fraction", "feedback")
    values = [dict(zip(names, row, strict=True)) for row in accepted]
    return _question("numeric", {"stem": f"<p>{stem}</p>", "accepted": values, "unit": unit}, **fields)


def matching(
    stem: str = "Việc nào theo điều nào?", pairs=(("Thương lượng", "Điều 65"), ("Đối thoại", "Điều 63"), ("Đình công", "Điều 198")),
    distractors=("Điều 9",), **fields,
) -> Question:
    values = [{"left": left, "right": right, "feedback": f"{left} không phải vậy."} for left, right in pairs]
    return _question("matching", {"stem": f"<p>{stem}</p>", "pairs": values, "distractors": list(distractors)}, **fields)


def ordering(
    stem: str = "Xếp các bước thương lượng.", items=("Gửi yêu cầu", "Chọn nơi họp", "Họp", "Lấy ý kiến", "Ký thỏa ước"),
    marking: str = "neighbours", **fields,
) -> Question:
    return _question("ordering", {"stem": f"<p>{stem}</p>", "items": list(items), "marking": marking}, **fields)


def gaps(
    stem: str = "Hoàn thành câu.", text: str = "<p>Phiên đầu trong [[30|ba mươi]] ngày, <b>kể từ</b> ngày [[nhận]] yêu cầu.</p>",
    filling: str = "typed", comparing: str = "case", distractors=(), **fields,
) -> Question:
    value = {"stem": f"<p>{stem}</p>", "text": text, "filling": filling, "comparing": comparing, "distractors": list(distractors)}
    return _question("gaps", value, **fields)


def right_fields(slot) -> dict[str, list[str]]:
    """What a form says that earns everything at this place of an attempt."""
    content = slot.version.content
    match slot.version.type:
        case "short_answer":
            return {"": [content["accepted"][0]["text"]]}
        case "numeric":
            return {"": [content["accepted"][0]["value"].replace(".", ",")]}
        case "matching":
            return {pair["key"]: [pair["right"]] for pair in content["pairs"]}
        case "ordering":
            return {item["key"]: [str(place)] for place, item in enumerate(content["items"], 1)}
        case "gaps":
            return {gap["key"]: [gap["right"][-1]] for gap in content["gaps"]}
