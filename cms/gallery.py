"""One example of every component and block, shown at /bang-mau/ while DEBUG is on and drawn in tests/cms/test_gallery.py.

Blocks are given plain dictionaries: a template asks for the same names whether a block or an example answers.
"""

from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cms.blocks import SampleFile as File
from laws.enums import Kind, Validity
from laws.models import LegalDocument, Provision


@dataclass(frozen=True)
class Example:
    """A template with the variables that its first comment lists, or a line of template source."""

    title: str
    template: str
    variables: dict = field(default_factory=dict)
    source: str = ""

    @property
    def drawn(self) -> SafeString:
        if self.source:
            return Template(self.source).render(Context(self.variables))
        return mark_safe(render_to_string(self.template, self.variables))  # nosec B308, B703 # a template of ours, for developers


class ExampleForm(forms.Form):
    """Fields with a hint, an error, and of every kind that the site uses."""

    full_name = forms.CharField(label="Họ và tên", help_text="Ghi như trong giấy tờ. Giấy chứng nhận in đúng như vậy.")
    phone = forms.CharField(label="Số điện thoại")
    password = forms.CharField(label="Mật khẩu", widget=forms.PasswordInput)
    unit = forms.ChoiceField(label="Đơn vị", choices=[("1", "Công đoàn phường Tân Lập"), ("2", "CĐCS Công ty may Hòa Bình")], required=False)
    level = forms.ChoiceField(label="Trình độ", choices=[("basic", "Cơ bản"), ("advanced", "Nâng cao")], widget=forms.RadioSelect)
    remind = forms.BooleanField(label="Nhắc tôi học qua e-mail", required=False)

    def clean_phone(self) -> str:
        raise forms.ValidationError("Số điện thoại cần 10 chữ số, bắt đầu bằng 0.")

    def clean(self) -> None:
        raise forms.ValidationError("Có một ô chưa đúng.")


def examples() -> dict[str, list[Example]]:
    """Return the examples by the heading under which the gallery shows them."""
    return {
        "Dải dệt tiến độ": _weaves(),
        "Ô nhập": _fields(),
        "Nhãn, thông báo, câu trả lời": _states(),
        "Khối trong bài": _texts() + _practice() + _media(),
        "Danh sách": _lists(),
    }


def _weaves() -> list[Example]:
    return [
        Example(title, "components/weave.html", {"steps": steps}, "{% weave steps %}")
        for title, steps in [
            ("Chưa bắt đầu, 0/8", ["now", *[""] * 7]), ("Đang học, 3/8", [*["done"] * 3, "now", *[""] * 4]), ("Đã xong, 8/8", ["done"] * 8)]
    ]


def _fields() -> list[Example]:
    form = ExampleForm({"full_name": "Nguyễn Thị Mai", "phone": "0912 34", "password": "x", "level": "basic"})
    shown = [Example("Lỗi chung của biểu mẫu", "components/form_errors.html", {"form": form})]
    for name in form.fields:
        kind = "password" if name == "password" else ""
        shown.append(Example("", "components/field.html", {"field": form[name], "kind": kind}, "{% field field kind %}"))
    return [*shown, Example("Mã xác minh", "components/verify_form.html", {"value": "7K2M-9Q4T-XB", "quiet": True})]


def _states() -> list[Example]:
    tags = [("", "Chưa bắt đầu"), ("now", "Đang học"), ("done", "Hoàn thành"), ("warn", "Còn 25 ngày"), ("bad", "Không đạt"), ("gold", "Chứng nhận 087/GCN-CĐ")]
    notices = [
        ("", "Bài này vừa được sửa. Phần anh/chị đã học vẫn giữ nguyên."), ("good", "Mạng đã có lại. 3 câu vừa gửi xong lúc 14:09:41."),
        ("warn", "Đang mất mạng. Anh/chị cứ làm tiếp."), ("bad", "Bài kiểm tra đã đóng lúc 15:00. Các câu đã lưu vẫn được chấm.")]
    saved = [("busy", "Đang lưu…"), ("", "Đã lưu 14:03:22"), ("wait", "Chờ gửi, giữ trên máy lúc 14:05:10"), ("fail", "Chưa lưu được. Chạm để thử lại")]
    verdicts = [
        ("good", "Hợp lệ", "Giấy chứng nhận còn giá trị."), ("bad", "Đã thu hồi", "Không còn giá trị từ ngày 09/12/2026."),
        ("none", "Không tìm thấy", "Xin kiểm tra lại từng ký tự, hoặc quét lại mã QR.")]
    return [
        *[Example("", "components/tag.html", {"kind": kind, "text": text}) for kind, text in tags],
        *[Example("", "components/validity.html", {"state": state}) for state in Validity],
        *[Example("", "components/notice.html", {"kind": kind, "text": text}) for kind, text in notices],
        *[Example("", "components/saved.html", {"state": state, "text": text}) for state, text in saved],
        *[Example("", "components/verdict.html", {"state": state, "title": title, "text": text, "level": "h3"}) for state, title, text in verdicts],
    ]


def _block(template: str, /, **value) -> Example:
    return Example("", f"blocks/{template}.html", {"value": value})


def _texts() -> list[Example]:
    document = LegalDocument(
        number="45/2019/QH14", slug="45-2019-qh14", kind=Kind.CODE, title="Bộ luật Lao động", issuer="Quốc hội", in_force_from=date(2021, 1, 1))
    provision = Provision(document=document, article="70", clause="1", text="Khi một bên yêu cầu, bên kia phải nhận lời thương lượng.")
    sheet = {"data": [["Nhóm công việc", "Thử việc dài nhất"], ["Quản lý doanh nghiệp", "180 ngày"], ["Việc khác", "6 ngày làm việc"]],
             "table_header_choice": "both"}
    return [
        _block("heading", text="Bốn mốc cần nhớ", level="h3"),
        Example("", "blocks/text.html", {"value": "<p>Bên nhận yêu cầu <b>không được từ chối</b>.</p><ul><li>điều đã thống nhất;</li><li>chữ ký.</li></ul>"}),
        _block("callout", kind="note", title="", text="<p>Giờ họp thương lượng được trả lương.</p>"),
        _block("callout", kind="warning", title="Đừng nhầm hai con số", text="<p>07 ngày làm việc chỉ để thống nhất nơi họp.</p>"),
        _block("callout", kind="example", title="", text="<p>40.000 đ × 150% × 2 giờ = 120.000 đ.</p>"),
        _block("citation", provision=provision, text=""),
        Example("", "components/law_facts.html", {"text": provision, "number": document.number}),
        _block("accordion", parts=[{"title": "Khi công ty từ chối", "text": "<p>Ghi biên bản và báo công đoàn cấp trên.</p>"},
                                   {"title": "Khi hết 90 ngày", "text": "<p>Thương lượng không thành.</p>"}]),
        _block("table", caption="Thời gian thử việc", table=sheet),
    ]


def _practice() -> list[Example]:
    return [
        _block("case", kind="case", title="Công ty may Hòa Bình", story="<p>Giám đốc trả lời: “Để sang năm rồi tính.”</p>",
               question="Anh Tùng nên trả lời thế nào?", answer="<p>Nhắc nhẹ rằng luật không cho từ chối.</p>"),
        _block("case", kind="exercise", title="Ba mẩu hợp đồng", story="<p>Việc này không cần bằng cấp.</p>", question="Sai ở điểm nào?", answer=""),
        _block("self_check", question="Hợp đồng 24 tháng đã ký lần hai và vừa hết hạn. Ký tiếp loại nào?", options=[
            {"text": "Không xác định thời hạn", "is_right": True, "feedback": "Đúng. Loại có thời hạn chỉ được ký thêm một lần."},
            {"text": "Thêm 24 tháng nữa", "is_right": False, "feedback": "Đây sẽ là hợp đồng có thời hạn lần thứ ba."}]),
        _block("checklist", title="Trước phiên họp", items=["Kiểm danh sách đại diện", "Gửi nội dung trước 05 ngày làm việc"]),
        _block("terms", terms=[{"term": "Thỏa ước", "meaning": "Văn bản hai bên ký sau khi trên 50% người lao động tán thành."}]),
        _block("next_step", title="Ngày mai ở xưởng", text="<p>Xem lại danh sách đại diện đối thoại.</p>"),
    ]


def _media() -> list[Example]:
    """A picture needs a stored file: it is drawn in tests/cms/test_blocks.py instead."""
    film = File("Phiên họp", file_extension="mp4", content_type="video/mp4")
    return [
        _block("drawing", name="bargaining-timeline", caption="Hình 1. Các mốc thời hạn."),
        _block("video", title="Một phiên thương lượng", file=film, captions=File("vi", content_type="text/vtt"), minutes=4, transcript="<p>Chào các anh chị.</p>"),
        _block("audio", title="Giọng kể", file=File("Giọng kể", content_type="audio/mpeg"), transcript=""),
        _block("download", file=File("Mẫu biên bản phiên thương lượng"), text="Điền ngay tại phiên họp."),
        Example("", "blocks/transcript.html", {"text": "<p>Chào các anh chị.</p>"}),
    ]


def _lists() -> list[Example]:
    return [
        Example("Trang trống", "components/empty.html", {
            "text": "Anh/chị chưa ghi danh khóa nào. Khóa bắt buộc của chức vụ sẽ tự hiện ở đây.", "url": "/khoa-hoc/", "action": "Xem các khóa học"}),
        Example("Phân trang", "components/pager.html", {"page": Paginator(range(50), 10).page(2), "query": ""}),
    ]
