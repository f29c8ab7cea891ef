"""What the office's own tables keep of a person: as parts of their export, and as what erasing takes and leaves."""

from datetime import datetime

from accounts.records import Fate, Section, read
from training.enums import ReminderState
from training.models import Export, Joining, Reminder


def sections_of(user, now: datetime) -> list[Section]:
    """Return the parts of the person's export that stand here. One query a part, when it is read."""
    return [
        Section(
            "reminders", "Lời nhắc học đã gửi", "Giữ để biết ai đã được nhắc; địa chỉ e-mail xóa sau hai năm.", {
                "target": "Về", "at": "Nhắc lúc", "by": "Người nhắc", "address": "Gửi đến", "state": "Trạng thái", "sent_at": "Gửi lúc"},
            read(Reminder.objects.filter(user=user).order_by("pk"), target="target__title", at="at", by="by__full_name", address="address", state="state",
                 sent_at="sent_at"), words={"state": dict(ReminderState.choices)}, place=60),
        Section(
            "joinings", "Lớp đã vào bằng mã", "Giữ đến khi tài khoản bị xóa, để biết ai đã dự lớp.",
            {"title": "Lớp", "course": "Khóa học", "at": "Vào lúc", "confirmed_at": "Xác nhận lúc", "confirmed_by": "Người xác nhận"},
            read(Joining.objects.filter(user=user).order_by("pk"), title="join_code__title", course="join_code__course__title", at="at",
                 confirmed_at="confirmed_at", confirmed_by="confirmed_by__full_name"), place=61),
        Section(
            "exports", "Danh sách học viên đã xuất", "Tệp xóa sau 7 ngày; trong tệp là dữ liệu của người khác nên không kèm ở đây.",
            {"at": "Lúc", "rows": "Số dòng", "finished_at": "Xong lúc"},
            read(Export.objects.filter(user=user).order_by("pk"), at="created_at", rows="total", finished_at="finished_at"), place=62),
    ]


def fates_of(user) -> list[Fate]:
    """Return what erasing takes and leaves here. Two queries."""
    reminders, joinings = Reminder.objects.filter(user=user).count(), Joining.objects.filter(user=user).count()
    return [
        Fate("Lời nhắc học và địa chỉ đã gửi đến, danh sách đã xuất", reminders),
        Fate("Việc đã dự lớp", joinings, stays=True, why="Sĩ số của lớp dựa vào đó; dòng không còn tên."),
    ]
