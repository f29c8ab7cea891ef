"""The blocks a lesson is made of. Each carries an icon, a group, a description and a preview for the editor."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.blocks import EmbedBlock

from cms.blocks import CitationBlock, CleanRichTextBlock, HeadingBlock, PictureBlock, SampleFile
from courses.drawings import DRAWINGS

SHORT_TEXT = ["bold", "ol", "ul", "link"]
# The menu that opens on a cell. The editor's table library speaks no Vietnamese, so each entry brings its own words.
TABLE_OPTIONS = {"contextMenu": {"items": {
    "row_above": {"name": _("Insert a row above")}, "row_below": {"name": _("Insert a row below")}, "first": "---------",
    "col_left": {"name": _("Insert a column to the left")}, "col_right": {"name": _("Insert a column to the right")}, "second": "---------",
    "remove_row": {"name": _("Remove the row")}, "remove_col": {"name": _("Remove the column")}, "third": "---------",
    "undo": {"name": _("Undo")}, "redo": {"name": _("Redo")},
}}}


class TextBlock(CleanRichTextBlock):
    def __init__(self, **kwargs):
        kwargs.setdefault("features", ["h3", "bold", "ol", "ul", "link", "document-link"])
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        group = _("Text")
        template = "blocks/text.html"
        description = _("Paragraphs and lists. Text pasted from Word comes out clean.")
        preview_value = "<p>Bên nhận yêu cầu thương lượng <b>không được từ chối</b>. Phiên đầu tiên bắt đầu chậm nhất ở ngày thứ 30.</p>"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(label=_("Kind"), default="note", choices=[("note", _("Note")), ("warning", _("Mind")), ("example", _("Example"))])
    title = blocks.CharBlock(label=_("Title"), max_length=120, required=False)
    text = CleanRichTextBlock(label=_("Text"), features=SHORT_TEXT)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        group = _("Text")
        template = "blocks/callout.html"
        description = _("A note, a warning or an example that stands out.")
        preview_value = {"kind": "warning", "title": "Đừng nhầm hai con số", "text": "<p>07 ngày làm việc chỉ để thống nhất địa điểm và thời gian.</p>"}


class VideoBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=140)
    file = DocumentChooserBlock(label=_("Video file (MP4 or WebM)"), required=False)
    captions = DocumentChooserBlock(label=_("Captions (WebVTT)"), required=False)
    embed = EmbedBlock(label=_("Or the address of a video on another site"), required=False)
    minutes = blocks.DecimalBlock(label=_("Length in minutes"), min_value=0, max_value=600, decimal_places=1, required=False)
    transcript = CleanRichTextBlock(label=_("What is said, as text"), required=False, features=SHORT_TEXT)

    def clean(self, value):
        value = super().clean(value)
        if bool(value["file"]) == bool(value["embed"]):
            raise blocks.StructBlockValidationError(non_block_errors=[_("Choose a video file or give an address, one of the two.")])
        return value

    class Meta:
        icon = "media"
        label = _("Video")
        group = _("Media")
        template = "blocks/video.html"
        description = _("A video with captions.")
        preview_value = {"title": "Một phiên thương lượng", "file": SampleFile("Phiên họp", file_extension="mp4", content_type="video/mp4"),
                         "captions": None, "embed": None, "minutes": 4, "transcript": "<p>Chào các anh chị.</p>"}


class AudioBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=140)
    file = DocumentChooserBlock(label=_("Audio file (MP3, M4A or OGG)"))
    transcript = CleanRichTextBlock(label=_("What is said, as text"), required=False, features=SHORT_TEXT)

    class Meta:
        icon = "media"
        label = _("Audio")
        group = _("Media")
        template = "blocks/audio.html"
        description = _("A recording to listen to.")
        preview_value = {"title": "Giọng kể của một tổ trưởng", "file": SampleFile("Giọng kể", file_extension="mp3", content_type="audio/mpeg"),
                         "transcript": "<p>Hôm đó tôi vào ca lúc sáu giờ.</p>"}


class DownloadBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("Document"))
    text = blocks.CharBlock(label=_("What it is for"), max_length=200, required=False)

    class Meta:
        icon = "download"
        label = _("Document to download")
        group = _("Media")
        template = "blocks/download.html"
        description = _("A form or a template, with its size.")
        preview_value = {"file": SampleFile("Mẫu biên bản phiên thương lượng"), "text": "Điền ngay tại phiên họp."}


class DrawingBlock(blocks.StructBlock):
    name = blocks.ChoiceBlock(label=_("Drawing"), choices=DRAWINGS)
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("Drawing")
        group = _("Media")
        template = "blocks/drawing.html"
        description = _("A drawing that follows the light or dark theme.")
        preview_value = {"name": "bargaining-timeline", "caption": "Hình 1. Các mốc thời hạn."}


class CaseBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(label=_("Kind"), default="case", choices=[("case", _("Case")), ("exercise", _("Exercise"))])
    title = blocks.CharBlock(label=_("Title"), max_length=140)
    story = CleanRichTextBlock(label=_("Story"), features=SHORT_TEXT)
    question = blocks.CharBlock(label=_("Question for the reader"), max_length=300, required=False)
    answer = CleanRichTextBlock(label=_("Suggested answer, folded"), required=False, features=SHORT_TEXT)

    class Meta:
        icon = "group"
        label = _("Case or exercise")
        group = _("Practice")
        template = "blocks/case.html"
        description = _("A story from a workplace, a question, and an answer that unfolds.")
        preview_value = {
            "kind": "case", "title": "Công ty may Hòa Bình", "story": "<p>Giám đốc trả lời: “Để sang năm rồi tính.”</p>",
            "question": "Anh Tùng nên trả lời thế nào?", "answer": "<p>Nhắc nhẹ rằng luật không cho từ chối.</p>"}


class AccordionBlock(blocks.StructBlock):
    parts = blocks.ListBlock(
        blocks.StructBlock([("title", blocks.CharBlock(label=_("Title"), max_length=140)), ("text", CleanRichTextBlock(label=_("Text"), features=SHORT_TEXT))]),
        label=_("Parts"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("Accordion")
        group = _("Text")
        template = "blocks/accordion.html"
        description = _("Parts that unfold one by one.")
        preview_value = {"parts": [{"title": "Khi công ty từ chối", "text": "<p>Ghi biên bản và báo công đoàn cấp trên.</p>"}]}


class CellsBlock(TableBlock):
    def __init__(self, required=True, help_text=None, table_options=None, **kwargs):
        super().__init__(required, help_text, table_options or TABLE_OPTIONS, **kwargs)


class DataTableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"), max_length=200)
    table = CellsBlock(label=_("Table"))

    class Meta:
        icon = "table"
        label = _("Table")
        group = _("Text")
        template = "blocks/table.html"
        description = _("Up to three columns read well on a phone.")
        preview_value = {"caption": "Số đại diện bên người lao động", "table": {
            "data": [["Số lao động", "Số người cử"], ["Dưới 50", "Ít nhất 03"], ["Từ 1.000", "Ít nhất 24"]], "first_row_is_table_header": True,
            "first_col_is_header": False, "table_header_choice": "row", "cell": []}}


class TermsBlock(blocks.StructBlock):
    terms = blocks.ListBlock(
        blocks.StructBlock([("term", blocks.CharBlock(label=_("Term"), max_length=80)), ("meaning", blocks.TextBlock(label=_("Meaning")))]),
        label=_("Terms"), min_num=1)

    class Meta:
        icon = "tag"
        label = _("Key terms")
        group = _("Practice")
        template = "blocks/terms.html"
        description = _("Words to remember.")
        preview_value = {"terms": [{"term": "Thỏa ước", "meaning": "Văn bản hai bên ký sau khi trên 50% người lao động tán thành."}]}


class ChecklistBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    items = blocks.ListBlock(blocks.CharBlock(label=_("Item"), max_length=250), label=_("Items"), min_num=1)

    class Meta:
        icon = "tasks"
        label = _("Checklist")
        group = _("Practice")
        template = "blocks/checklist.html"
        description = _("Things to do or to check at the workplace.")
        preview_value = {"title": "Trước phiên họp", "items": ["Kiểm danh sách đại diện", "Gửi nội dung trước 05 ngày làm việc"]}


class SelfCheckBlock(blocks.StructBlock):
    """A question without a mark: its answers unfold, nothing is stored."""

    question = blocks.CharBlock(label=_("Question"), max_length=300)
    options = blocks.ListBlock(
        blocks.StructBlock([
            ("text", blocks.CharBlock(label=_("Option"), max_length=250)),
            ("is_right", blocks.BooleanBlock(label=_("Right"), required=False)),
            ("feedback", blocks.CharBlock(label=_("Feedback"), max_length=300)),
        ]), label=_("Options"), min_num=2)

    class Meta:
        icon = "help"
        label = _("Check yourself")
        group = _("Practice")
        template = "blocks/self_check.html"
        description = _("A question without a mark: touching an option shows its feedback.")
        preview_value = {"question": "Phiên đầu tiên bắt đầu chậm nhất khi nào?", "options": [
            {"text": "Ngày thứ 30", "is_right": True, "feedback": "Kể từ ngày nhận yêu cầu."},
            {"text": "Ngày thứ 90", "is_right": False, "feedback": "Đó là hạn kết thúc, kể từ phiên đầu."}]}


class NextStepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = CleanRichTextBlock(label=_("Text"), features=SHORT_TEXT)

    class Meta:
        icon = "arrow-right"
        label = _("Next step at work")
        group = _("Practice")
        template = "blocks/next_step.html"
        description = _("What the reader can do tomorrow.")
        preview_value = {"title": "Ngày mai ở xưởng", "text": "<p>Xem lại danh sách đại diện đối thoại.</p>"}


class LessonBodyBlock(blocks.StreamBlock):
    heading = HeadingBlock()
    text = TextBlock()
    callout = CalloutBlock()
    accordion = AccordionBlock()
    table = DataTableBlock()
    citation = CitationBlock()
    picture = PictureBlock()
    drawing = DrawingBlock()
    video = VideoBlock()
    audio = AudioBlock()
    download = DownloadBlock()
    case = CaseBlock()
    check = SelfCheckBlock()
    checklist = ChecklistBlock()
    terms = TermsBlock()
    next_step = NextStepBlock()
