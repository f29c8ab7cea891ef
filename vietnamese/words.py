"""Words of two syllables that must not break over a line end in headings and key terms (LOOK, Type); longer terms are made of such pairs."""

import re

NO_BREAK_SPACE = "\u00a0"

PAIRS = (
    "an toàn", "biên bản", "biên nhận", "bài học", "bài tập", "báo cáo", "bình đẳng", "bảo hiểm", "bắt buộc", "bắt đầu", "bồi dưỡng",
    "bộ luật", "chuyên trách", "chuẩn bị", "chương trình", "chấp hành", "chế độ", "chỉ tiêu", "chủ chốt", "chủ thể", "chủ tịch",
    "chức danh", "chức vụ", "chứng nhận", "cá nhân", "cán bộ", "câu hỏi", "công bố", "công nhân", "công ty", "công đoàn", "căn cứ",
    "cơ bản", "cơ quan", "cơ sở", "cấp trên", "danh mục", "danh sách", "doanh nghiệp", "dân chủ", "dữ liệu", "ghi danh", "gia hạn",
    "giao kết", "giám sát", "giám đốc", "giải quyết", "giải thích", "giảng viên", "hiệu lực", "hoàn thành", "hòa giải", "học phần",
    "học tập", "học viên", "hội nghị", "hội đồng", "hợp tác", "hợp đồng", "khiếu nại", "khóa học", "khảo sát", "kinh phí", "kiểm tra",
    "kế hoạch", "kết quả", "kỷ luật", "kỹ năng", "lao động", "làm việc", "lắng nghe", "lớp học", "mật khẩu", "mục lục", "mục tiêu",
    "nghiệp vụ", "nghề nghiệp", "nghỉ phép", "nghị quyết", "nghị định", "nguyên tắc", "ngân hàng", "người học", "nhiệm kỳ", "nội dung",
    "nội quy", "phiên họp", "pháp luật", "phổ biến", "phụ lục", "quan hệ", "quy chế", "quy trình", "quy định", "quyền lợi", "quản lý",
    "sáp nhập", "sử dụng", "tham vấn", "thanh tra", "thay thế", "thi đua", "thiết lập", "thu hồi", "thu thập", "thành lập", "thông báo",
    "thư viện", "thương lượng", "thường xuyên", "thẻ đoàn", "thỏa thuận", "thỏa ước", "thời gian", "thời giờ", "thời hạn", "thử việc",
    "tiến hành", "tiến độ", "tiếp theo", "tiền lương", "trang chủ", "tranh chấp", "triệu tập", "truyền đạt", "trách nhiệm",
    "trắc nghiệm", "trực tiếp", "tài khoản", "tài liệu", "tình huống", "tập thể", "tổ chức", "tổ phó", "tổ trưởng", "tổng kết",
    "vai trò", "vi phạm", "việc làm", "văn bản", "văn phòng", "xác minh", "xác nhận", "xây dựng", "xử lý", "yêu cầu", "ý kiến",
    "điều kiện", "điều luật", "điểm danh", "đoàn phí", "đoàn viên", "đàm phán", "đào tạo", "đánh giá", "đình công", "đăng nhập",
    "đăng xuất", "đơn vị", "đại biểu", "đại diện", "đại hội", "đề tài", "đối thoại", "đối tượng", "ủy ban", "ủy viên",
)
_PLACE = r"(?:điều|khoản|điểm) (?:[0-9]+[a-zđ]?|[a-zđ])"
_PATTERN = re.compile(rf"(?<!\w)(?:{'|'.join(PAIRS)}|{_PLACE})(?!\w)", re.IGNORECASE)


def bind(text: str) -> str:
    """Put a no-break space inside the known words and places of a law, so that "thỏa ước lao động" can break only before "lao"."""
    return _PATTERN.sub(lambda found: found.group().replace(" ", NO_BREAK_SPACE), text)
