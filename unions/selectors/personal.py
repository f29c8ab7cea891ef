"""What units keep of a person: as parts of their export, and as what erasing takes and leaves."""

from datetime import datetime

from accounts.records import Fate, Section, read
from unions.enums import Manner, Role
from unions.models import Audience, Post, RoleGrant, RosterImportRow

_POSTS = "Giữ đến khi tài khoản bị xóa, vì độ phủ đào tạo được tính theo chức vụ từng thời kỳ."


def sections_of(user, now: datetime) -> list[Section]:
    """Return the parts of the person's export that stand here. One query a part, when it is read."""
    return [
        Section(
            "posts", "Chức vụ", _POSTS, {
                "kind": "Chức vụ", "unit": "Đơn vị", "full_time": "Chuyên trách", "manner": "Hình thức", "valid_from": "Từ ngày", "valid_until": "Đến trước ngày",
                "decision_number": "Số quyết định", "term": "Nhiệm kỳ"},
            read(Post.objects.filter(user=user).order_by("valid_from", "pk"), kind="kind__name", unit="unit__name", full_time="full_time", manner="manner",
                 valid_from="valid_from", valid_until="valid_until", decision_number="decision_number", term="term"),
            words={"manner": dict(Manner.choices)}, place=20),
        Section(
            "roles", "Vai trò", "Giữ đến khi vai trò bị thu hồi; thu hồi còn trong nhật ký.",
            {"role": "Vai trò", "unit": "Đơn vị", "granted_at": "Giao lúc", "granted_by": "Người giao"},
            read(RoleGrant.objects.filter(user=user).order_by("pk"), role="role", unit="unit__name", granted_at="granted_at", granted_by="granted_by__full_name"),
            words={"role": dict(Role.choices)}, place=21),
        Section(
            "imported_rows", "Dòng về anh/chị trong danh sách Excel đã nhập", "Xóa 30 ngày sau khi danh sách được gửi.",
            {"list": "Danh sách", "made_at": "Gửi lúc", "number": "Dòng", "data": "Nội dung"},
            read(RosterImportRow.objects.filter(person=user).order_by("pk"), list="job__file_name", made_at="job__made_at", number="number", data="data"), place=22),
        Section(
            "hand_picked", "Được chọn đích danh vào đối tượng", "Giữ cùng chỉ tiêu hoặc quy định đã chọn.", {"only_people": "Chỉ gồm người được chọn đích danh"},
            read(Audience.objects.filter(people=user).order_by("pk"), only_people="only_people"), place=23),
    ]


def fates_of(user) -> list[Fate]:
    """Return what erasing takes and leaves here. Four queries."""
    posts = Post.objects.filter(user=user).count()
    return [
        Fate("Vai trò", RoleGrant.objects.filter(user=user).count()),
        Fate("Dòng trong danh sách Excel đã nhập", RosterImportRow.objects.filter(person=user).count()),
        Fate("Được chọn đích danh vào đối tượng", Audience.objects.filter(people=user).count()),
        Fate("Chức vụ đã giữ, kết thúc từ hôm nay", posts, stays=True, why="Độ phủ của các năm trước được tính theo chức vụ; dòng không còn tên."),
    ]
