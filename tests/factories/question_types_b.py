"""Questions whose answers are put into a text or onto a picture, written, sent, or belong to a case; as small as the test needs."""

from io import BytesIO

from django.core.files.images import ImageFile
from PIL import Image as Drawing
from wagtail.images import get_image_model

from quizzes.models import Question
from tests.factories.quizzes import _question

TEXT = "<p>Trong <b>[[2]]</b> ngày kể từ ngày nhận, hai bên bắt đầu [[1]].</p>"
RUBRIC = [
    {"title": "Nêu đúng điều luật", "description": "Điều 70, khoản 1.", "points": 2},
    {"title": "Lập luận rõ", "description": "", "points": 1},
]


def drag_words(stem: str = "Điền từ.", text: str = TEXT, answers=("thương lượng", "30"), distractors=("hòa giải", "07"), reusable: bool = False, **fields) -> Question:
    return _question("drag_words", {
        "stem": f"<p>{stem}</p>", "text": text, "answers": list(answers), "distractors": list(distractors), "reusable": reusable}, **fields)


def picture(title: str = "Sơ đồ phòng họp", size: tuple[int, int] = (800, 600)):
    """A plain picture with two darker fields in it."""
    drawing = Drawing.new("RGB", size, "#e8dcc0")
    for left, top in ((0.1, 0.1), (0.6, 0.5)):
        box = (int(left * size[0]), int(top * size[1]), int((left + 0.25) * size[0]), int((top + 0.25) * size[1]))
        drawing.paste("#4f7fb5", box)
    file = BytesIO()
    drawing.save(file, "PNG")
    file.seek(0)
    return get_image_model().objects.create(title=title, file=ImageFile(file, name="so-do.png"))


def area(label: str, *, right: bool = False, x: float = 10, y: float = 10, **fields) -> dict:
    value = {"label": label, "shape": "rectangle", "x": x, "y": y, "width": 25, "height": 25, "radius": None, "is_right": right, "feedback": ""}
    return value | fields


def hotspot(stem: str = "Chủ tọa ngồi ở đâu?", areas=None, image=None, **fields) -> Question:
    areas = areas or [
        area("Vị trí phía trên", right=True), area("Vị trí phía dưới", x=60, y=50, feedback="Đây là chỗ của thư ký."),
        area("Góc phòng", x=80, y=20, shape="circle", width=None, height=None, radius=8.5),
    ]
    options = {"outlined": fields.pop("outlined", True), "marking": fields.pop("marking", "partial")}
    return _question("hotspot", {
        "stem": f"<p>{stem}</p>", "image": (image or picture()).pk, "alt_text": "Bàn họp và ba chỗ ngồi.", "areas": areas, **options}, is_indexed=True, **fields)


def essay(stem: str = "Vì sao phải lập biên bản?", criteria=RUBRIC, least: int | None = None, most: int | None = None, **fields) -> Question:
    return _question("essay", {
        "stem": f"<p>{stem}</p>", "criteria": list(criteria), "shows_criteria": fields.pop("shows_criteria", False),
        "model_answer": "<p>Vì biên bản là căn cứ.</p>", "least_words": least, "most_words": most}, **fields)


def file_upload(stem: str = "Gửi biên bản đã ký.", kinds=("pdf", "picture"), most_files: int = 2, most_mb: int = 5, **fields) -> Question:
    return _question("file_upload", {
        "stem": f"<p>{stem}</p>", "criteria": RUBRIC, "shows_criteria": True, "model_answer": "", "kinds": list(kinds),
        "most_files": most_files, "most_mb": most_mb}, **fields)


def kept_file(number: int = 1, name: str = "bien-ban.pdf", size: int = 184_320) -> dict:
    """An entry as the service that keeps files completes it."""
    return {"file": f"00000000-0000-4000-8000-{number:012d}", "name": name, "size": size, "sha256": f"{number:064x}"}


def true_false_with_reason(stem: str = "Bên nhận yêu cầu được từ chối.", *, is_marked: bool = True, **fields) -> Question:
    return _question("true_false", {
        "stem": f"<p>{stem}</p>", "is_true": False, "feedback": "Luật không cho từ chối.", "asks_reason": True, "marks_reason": is_marked}, **fields)


def survey_item(form: str = "scale", stem: str = "Khóa học có ích không?", **fields) -> Question:
    return _question("survey_item", {
        "stem": f"<p>{stem}</p>", "form": form, "low_label": "Không ích gì", "high_label": "Rất có ích",
        "options": ["Bài giảng", "Tình huống", "Bài kiểm tra"]}, **fields)


def case_file(*parts: tuple[str, dict, float], title: str = "Công ty chậm trả lời", **fields) -> Question:
    """A case with these parts as (type, value, weight); with one of one answer and one true or false, unless others are given."""
    parts = parts or (
        ("one_answer", {"stem": "<p>Hạn trả lời?</p>", "options": [
            {"text": "30 ngày", "is_right": True, "feedback": ""}, {"text": "90 ngày", "is_right": False, "feedback": "Quá lâu."}]}, 3),
        ("true_false", {"stem": "<p>Công ty được im lặng.</p>", "is_true": False, "feedback": ""}, 1),
    )
    return _question("case_file", {
        "title": title, "stem": "<p>Công ty A nhận yêu cầu ngày 01/10.</p><p>Đến 20/10 vẫn chưa trả lời.</p>",
        "questions": [{"type": kind, "value": {"question": value, "weight": weight}} for kind, value, weight in parts]}, **fields)


ESSAY_PART = ("essay", {
    "stem": "<p>Viết công văn nhắc.</p>", "criteria": [], "shows_criteria": False, "model_answer": "<p>Kính gửi …</p>", "least_words": None,
    "most_words": None}, 2)
WORDS_PART = ("drag_words", {"stem": "<p>Điền từ.</p>", "text": TEXT, "answers": ["thương lượng", "30"], "distractors": ["07"], "reusable": False}, 1)
