"""The Excel template that trainers fill in: headings, lists to choose from, examples, and a sheet that says how."""

from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from quizzes.interchange.xlsx.columns import COLUMNS, LETTERS, feedback, option
from quizzes.interchange.xlsx.rows import EXAMPLE, TEMPLATE
from quizzes.interchange.xlsx.words import COMPARING, DIFFICULTIES, HTML, KINDS, MARKING, SETTINGS

_LISTED_ROWS = 5000
# Few questions have more options; the columns are there to be unfolded.
_FOLDED = {option(letter) for letter in LETTERS[6:]} | {feedback(letter) for letter in LETTERS}
_FOLDED |= {"text", "distractors", "unit", "comparing", "marking", "words", "criteria", "settings", "format"}
_CHOICES = {
    "kind": list(KINDS.values()), "difficulty": list(DIFFICULTIES.values()), "comparing": list(COMPARING.values()),
    "marking": list(dict.fromkeys(word for words in MARKING.values() for word in words.values())), "format": [HTML],
}
_EXAMPLES = (
    {"stem": "Tổ chức nào đại diện, bảo vệ quyền và lợi ích hợp pháp của người lao động?", option("A"): "Hội Luật gia", option("B"): "Công đoàn",
     option("C"): "Hiệp hội doanh nghiệp", option("D"): "Hợp tác xã", "answer": "B", "explanation": "Xem bài 1.", "difficulty": "Dễ"},
    {"kind": KINDS["several_answers"], "stem": "Những ai có thể là đoàn viên công đoàn?", option("A"): "Người lao động làm việc theo hợp đồng",
     option("B"): "Chủ doanh nghiệp", option("C"): "Cán bộ, công chức", "answer": "A, C", "tags": "đoàn viên, cơ bản"},
    {"kind": KINDS["true_false"], "stem": "Công đoàn cơ sở được tham khảo ý kiến khi doanh nghiệp xây dựng thang lương, bảng lương.", "answer": "Đúng"},
    {"kind": KINDS["short_answer"], "stem": "Viết tắt của “thỏa ước lao động tập thể” là gì?", "answer": "TƯLĐTT\n[50%] TƯTT // Gần đúng, còn thiếu hai chữ."},
    {"kind": KINDS["numeric"], "stem": "Kinh phí công đoàn bằng bao nhiêu phần trăm quỹ tiền lương làm căn cứ đóng bảo hiểm xã hội?", "answer": "2", "unit": "%"},
    {"kind": KINDS["matching"], "stem": "Ghép mỗi cấp công đoàn với tên của nó.", option("A"): "Cấp cơ sở = Công đoàn cơ sở",
     option("B"): "Cấp tỉnh = Liên đoàn Lao động tỉnh", option("C"): "Toàn quốc = Tổng Liên đoàn Lao động Việt Nam"},
    {"kind": KINDS["ordering"], "stem": "Xếp các bước thương lượng tập thể theo đúng thứ tự.", option("A"): "Chuẩn bị", option("B"): "Thương lượng",
     option("C"): "Lấy ý kiến người lao động", option("D"): "Ký kết"},
    {"kind": KINDS["gaps"], "stem": "Điền vào chỗ trống.", "text": "Công đoàn Việt Nam thành lập ngày [[28/7/1929|28-7-1929]]."},
    {"kind": KINDS["drag_words"], "stem": "Kéo từ vào chỗ trống.", "text": "Đối thoại tại nơi làm việc tổ chức [[1]] ít nhất một lần mỗi [[2]].",
     "answer": "định kỳ\nnăm", "distractors": "tuần\nđột xuất"},
    {"kind": KINDS["essay"], "stem": "Anh/chị sẽ làm gì khi đoàn viên bị nợ lương?", "answer": "Nêu được các bước: xác minh, kiến nghị, đối thoại, hỗ trợ khởi kiện.",
     "criteria": "Nêu đúng căn cứ // Có tên văn bản // 1\nCác bước hợp lý // 2", "words": "100 - 300"},
)
_GUIDE = (
    ("Cách điền", ""),
    ("Mỗi dòng một câu hỏi", "Câu hỏi một đáp án chỉ cần các cột: Câu hỏi, Phương án A, B, C, D và Đáp án. Cột nào không cần thì để trống."),
    ("Cột thêm", "Một số cột được thu gọn. Bấm dấu + phía trên bảng để mở. Thứ tự cột không quan trọng; có thể xóa cột không dùng, thêm cột riêng."),
    ("Dòng ví dụ", f"Dòng có Mã bắt đầu bằng “{EXAMPLE}” không được nhập. Có thể để lại hoặc xóa đi."),
    ("Mã", "Tên ngắn riêng của câu hỏi, ví dụ KH01-C05. Nhập lại cùng một mã thì câu hỏi cũ được sửa."),
    ("Chủ đề", "Nơi đặt câu hỏi trong ngân hàng. Cấp trên và cấp dưới cách nhau bằng dấu / có dấu cách hai bên: Công đoàn cơ sở / Đoàn viên."),
    ("Loại", "Chọn trong danh sách. Để trống thì loại được đoán theo những gì đã điền."),
    ("Đáp án", "Một đáp án: B. Nhiều đáp án: A, C. Đúng/Sai: Đúng hoặc Sai. Trả lời ngắn và Điền số: mỗi dòng một đáp án (Alt+Enter để xuống dòng); "
     "[50%] ở đầu dòng là được một nửa điểm; sau // là phản hồi. Số được sai lệch: 12,5 ± 0,5 hoặc 12,5 ± 2%. Tự luận: bài làm mẫu."),
    ("Ghép đôi", "Mỗi phương án một cặp: bên trái = bên phải. Vế thừa ghi ở Phương án nhiễu, mỗi dòng một vế."),
    ("Sắp xếp", "Ghi các bước theo đúng thứ tự vào Phương án A, B, C… Người học thấy thứ tự khác."),
    ("Điền chỗ trống", "Viết Đoạn văn, mỗi chỗ trống là [[đáp án]] hoặc [[đáp án|đáp án khác]]. Tùy chọn “chọn từ danh sách” cho người học chọn thay vì gõ."),
    ("Kéo thả từ", "Viết Đoạn văn với [[1]], [[2]]…; ghi các từ đúng ở Đáp án, mỗi dòng một từ, theo thứ tự."),
    ("Tự luận", "Tiêu chí: mỗi dòng một tiêu chí: tên // mô tả // điểm. Số từ: 100 - 300, ≥ 100 hoặc ≤ 300."),
    ("Độ khó", "Dễ, Trung bình hoặc Khó. Để trống là Trung bình."),
    ("Thẻ", "Cách nhau bằng dấu phẩy."),
    ("Bài học", "Nội dung cần học lại khi trả lời sai, ví dụ Bài 3."),
    ("Căn cứ pháp lý", "Mỗi dòng một căn cứ, ví dụ 45/2019/QH14 Điều 70 khoản 1."),
    ("Cách so", "Cách so câu trả lời gõ vào với đáp án: " + "; ".join(COMPARING.values()) + "."),
    ("Cách chấm", "Cho Nhiều đáp án và Sắp xếp. Để trống là Từng phần."),
    ("Phản hồi A, B…", "Lời nhắn khi người học chọn phương án đó. Đúng/Sai: Phản hồi A là lời nhắn khi chọn sai."),
    ("Tùy chọn", "Cách nhau bằng dấu chấm phẩy: " + "; ".join(SETTINGS.values()) + "."),
    ("Định dạng", "Để trống: văn bản thường. HTML: Câu hỏi, Đoạn văn, Giải thích và bài làm mẫu được viết bằng HTML."),
    ("Phông chữ", "Chỉ dùng chữ Unicode. Chữ gõ bằng TCVN3 (.VnTime) hoặc VNI cần được chuyển sang Unicode trước."),
)


def template(out: BinaryIO) -> None:
    """Write the empty template, with examples that are passed over when it is read."""
    with Workbook(out, {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Câu hỏi")
        text = lay_out(book, sheet, folded=True)
        example = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "italic": True, "font_color": "#595959"})
        for row, texts in enumerate(_EXAMPLES, 1):
            for name, said in {"code": f"{EXAMPLE} {row}", **texts}.items():
                sheet.write_string(row, TEMPLATE.places[name], said, example)
        _write_guide(book.add_worksheet("Hướng dẫn"), text, book.add_format({"bold": True, "valign": "top"}))


def lay_out(book: Workbook, sheet: Worksheet, *, folded: bool = False) -> Format:
    """Write the headings and set widths and lists to choose from; return the format of every cell below: text that wraps."""
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDEBF7", "bottom": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for place, column in enumerate(COLUMNS):
        options = {"level": 1, "hidden": True} if folded and column.name in _FOLDED else {}
        sheet.set_column(place, place, column.width, text, options)
        sheet.write_string(0, place, column.heading, heading)
        if column.name in _CHOICES:
            sheet.data_validation(1, place, _LISTED_ROWS, place, {
                "validate": "list", "source": _CHOICES[column.name], "error_type": "information", "error_message": "Nên chọn trong danh sách."})
    sheet.freeze_panes(1, 0)
    return text


def _write_guide(sheet: Worksheet, text: Format, bold: Format) -> None:
    sheet.set_column(0, 0, 24, bold)
    sheet.set_column(1, 1, 110, text)
    for row, (title, words) in enumerate(_GUIDE):
        sheet.write_string(row, 0, title, bold)
        sheet.write_string(row, 1, words, text)
