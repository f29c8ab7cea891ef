"""What this floor keeps of a person: as parts of their export, and as what erasing takes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import override
from wagtail.models import Comment, CommentReply
from wagtail.users.models import UserProfile

from accounts.enums import Act, ConsentPurpose, Gender, Language, RequestKind, RequestState, SlipKind
from accounts.models import Consent, LogEntry, PrivacyRequest, SignInSlip, User
from accounts.records import CHUNK, Fate, Packed, Section, read
from accounts.wording import CONSENT_WORDS

_ACCOUNT = "Giữ đến khi tài khoản bị xóa, vì không có thì không đăng nhập và không ghi nhận kết quả học được."


def sections_of(user: User, now: datetime) -> list[Section]:
    """Return the parts of the person's export that stand here. One query a part, when it is read; secrets (password, keys, codes) are in none."""
    return [*_who(user), *_doors(user), *_wishes(user), *_office(user)]


def _who(user: User) -> list[Section]:
    people = User.objects.filter(pk=user.pk)
    return [
        Section(
            "profile", "Hồ sơ", _ACCOUNT, {
                "uuid": "Mã tài khoản", "full_name": "Họ và tên", "given_name": "Tên để sắp xếp", "email": "E-mail", "phone": "Số điện thoại",
                "phone_verified_at": "Số điện thoại được xác nhận lúc", "member_code": "Mã đoàn viên", "date_of_birth": "Ngày sinh",
                "birth_year": "Năm sinh", "gender": "Giới tính", "language": "Ngôn ngữ", "joined_at": "Lập tài khoản lúc",
                "last_login": "Đăng nhập gần nhất", "is_active": "Đang dùng được", "is_staff": "Vào được phần quản lý", "is_superuser": "Quản trị viên"},
            read(people, uuid="uuid", full_name="full_name", given_name="given_name", email="email", phone="phone",
                 phone_verified_at="phone_verified_at", member_code="member_code", date_of_birth="date_of_birth", birth_year="birth_year", gender="gender",
                 language="language", joined_at="joined_at", last_login="last_login", is_active="is_active", is_staff="is_staff",
                 is_superuser="is_superuser"),
            words={"gender": dict(Gender.choices), "language": dict(Language.choices)}, place=1),
        Section(
            "email_addresses", "Địa chỉ e-mail", _ACCOUNT, {"email": "E-mail", "verified": "Đã xác nhận", "primary": "Địa chỉ chính"},
            read(EmailAddress.objects.filter(user=user).order_by("pk"), email="email", verified="verified", primary="primary"), place=2),
        Section(
            "editor_profile", "Thiết lập trong phần biên tập", _ACCOUNT,
            {"language": "Ngôn ngữ", "time_zone": "Múi giờ", "theme": "Giao diện", "picture": "Tệp ảnh đại diện"},
            read(UserProfile.objects.filter(user=user), language="preferred_language", time_zone="current_time_zone", theme="theme", picture="avatar"),
            files=lambda: _pictures(user), place=90),
    ]


def _pictures(user: User) -> Iterator[Packed]:
    for profile in UserProfile.objects.filter(user=user).exclude(avatar=""):
        if profile.avatar:
            yield Packed(f"anh-dai-dien/{profile.avatar.name}", lambda profile=profile: profile.avatar.storage.open(profile.avatar.name))


def _doors(user: User) -> list[Section]:
    return [
        Section(
            "second_steps", "Bước xác nhận thứ hai", _ACCOUNT, {"kind": "Loại", "created_at": "Đặt lúc", "last_used_at": "Dùng gần nhất"},
            read(Authenticator.objects.filter(user=user).order_by("pk"), kind="type", created_at="created_at", last_used_at="last_used_at"),
            words={"kind": {"totp": "Mã từ ứng dụng", "webauthn": "Vân tay hoặc khóa của thiết bị", "recovery_codes": "Mã dự phòng"}}, place=3),
        Section(
            "sign_ins", "Thiết bị đang đăng nhập", "Giữ đến khi phiên đăng nhập hết, để anh/chị thấy và đăng xuất được từng thiết bị.",
            {"since": "Đăng nhập lúc", "seen_at": "Ghi nhận lúc", "address": "Địa chỉ mạng", "browser": "Trình duyệt tự khai"},
            read(UserSession.objects.filter(user=user).order_by("pk"), since="created_at", seen_at="last_seen_at", address="ip", browser="user_agent"), place=4),
        Section(
            "slips", "Phiếu đăng nhập", "Giữ một năm sau khi phiếu hết hạn, để biết ai đã cấp phiếu vào tài khoản; mã trên phiếu không được lưu.",
            {"kind": "Loại", "made_at": "Cấp lúc", "made_by": "Người cấp", "expires_at": "Hết hạn lúc", "used_at": "Dùng lúc", "cancelled_at": "Hủy lúc"},
            read(SignInSlip.objects.filter(user=user).order_by("pk"), kind="kind", made_at="made_at", made_by="made_by__full_name", expires_at="expires_at",
                 used_at="used_at", cancelled_at="cancelled_at"), words={"kind": dict(SlipKind.choices)}, place=5),
    ]


def _wishes(user: User) -> list[Section]:
    return [
        Section(
            "consents", "Đồng ý đã cho và đã rút", "Giữ đến khi tài khoản bị xóa, để chứng minh ai đồng ý điều gì (Luật 91/2025/QH15, Điều 9).",
            {"purpose": "Việc", "text_version": "Bản lời", "words": "Lời đã đồng ý", "given_at": "Lúc", "withdrawn_at": "Rút lúc"},
            lambda: _consents(user), words={"purpose": dict(ConsentPurpose.choices)}, place=10),
        Section(
            "requests", "Yêu cầu về dữ liệu cá nhân", "Giữ ba năm sau khi xong, để chứng minh đã trả lời đúng hạn.",
            {"kind": "Yêu cầu", "text": "Lời của anh/chị", "made_at": "Gửi lúc", "answer_by": "Trả lời chậm nhất ngày", "due_on": "Làm xong chậm nhất ngày",
             "state": "Trạng thái", "answered_at": "Trả lời lúc", "answer": "Trả lời", "done_at": "Xong lúc", "handled_by": "Người trả lời"},
            read(PrivacyRequest.objects.filter(user=user).order_by("pk"), kind="kind", text="text", made_at="made_at", answer_by="answer_by", due_on="due_on",
                 state="state", answered_at="answered_at", answer="answer", done_at="done_at", handled_by="handled_by__full_name"),
            words={"kind": dict(RequestKind.choices), "state": dict(RequestState.choices)}, place=11),
    ]


def _consents(user: User) -> Iterator[dict[str, Any]]:
    # Before the first row: between two of them the language is the reader's.
    with override("vi"):
        words = {of: str(said) for of, said in CONSENT_WORDS.items()}
    for row in Consent.objects.filter(user=user).order_by("pk").iterator(chunk_size=CHUNK):
        yield {
            "purpose": row.purpose, "text_version": row.text_version, "words": words.get((row.purpose, row.text_version), ""),
            "given_at": row.given_at, "withdrawn_at": row.withdrawn_at}


def _office(user: User) -> list[Section]:
    comments = Comment.objects.filter(user=user).order_by("pk")
    replies = CommentReply.objects.filter(user=user).order_by("pk")
    return [
        Section(
            "log", "Ai đã xem và sửa hồ sơ", "Lượt xem giữ 365 ngày, thay đổi giữ đến khi tài khoản bị xóa, để anh/chị hỏi được ai đã làm gì.",
            {"at": "Lúc", "act": "Việc", "subject": "Về", "changes": "Thay đổi", "by": "Người làm"},
            read(LogEntry.objects.filter(about=user).order_by("pk"), at="at", act="act", subject="subject", changes="changes", by="by__full_name"),
            words={"act": dict(Act.choices)}, place=80),
        Section(
            "comments", "Góp ý khi biên tập", "Giữ cùng với trang được góp ý.", {"at": "Lúc", "text": "Lời góp ý"},
            read(comments, at="created_at", text="text"), place=91),
        Section(
            "comment_replies", "Trả lời góp ý khi biên tập", "Giữ cùng với trang được góp ý.", {"at": "Lúc", "text": "Lời trả lời"},
            read(replies, at="created_at", text="text"), place=92),
    ]


def fates_of(user: User) -> list[Fate]:
    """Return what erasing takes and leaves here. Two queries."""
    return [
        Fate("Họ tên, e-mail, số điện thoại, mã đoàn viên, ngày sinh, giới tính, mật khẩu, bước thứ hai, thiết bị đang đăng nhập, phiếu", 1),
        Fate("Nhật ký về hồ sơ", LogEntry.objects.filter(about=user).count()),
        Fate("Đồng ý đã cho và đã rút", Consent.objects.filter(user=user).count(), stays=True,
             why="Chứng minh ai đã đồng ý điều gì, không còn tên; thuộc về một dòng không tên."),
    ]
