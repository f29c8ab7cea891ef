"""QTI items as other programs write them: each kind becomes the question that a person would have made of it, or is refused with its reason."""

import io
import zipfile

import pytest

from quizzes.interchange.items import Item, Refused
from quizzes.interchange.qti import read

RIGHT = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
MAPPED = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response"/>'
PNG = b"\x89PNG\r\n\x1a\n"


def item(body: str, *, declared: str = "", after: str = RIGHT, attributes: str = "") -> str:
    """A pretty-printed item, as editors write it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i-1" title="Tên câu hỏi" adaptive="false" time-dependent="false" {attributes}>
  {declared}
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
  <qti-item-body>
    {body}
  </qti-item-body>
  {after}
</qti-assessment-item>"""


def declare(*right: str, kind: str = "identifier", many: str = "single", mapping: str = "", name: str = "RESPONSE") -> str:
    values = "".join(f"\n      <qti-value>{value}</qti-value>" for value in right)
    correct = f"<qti-correct-response>{values}\n    </qti-correct-response>" if right else ""
    return f'<qti-response-declaration identifier="{name}" cardinality="{many}" base-type="{kind}">{correct}{mapping}</qti-response-declaration>'


def mapped(entries: dict[str, float], more: str = "") -> str:
    listed = "".join(f'<qti-map-entry map-key="{key}" mapped-value="{value}" {more}/>' for key, value in entries.items())
    return f'<qti-mapping default-value="0">{listed}</qti-mapping>'


def one(xml: str) -> Item | Refused:
    found = list(read(io.BytesIO(xml.encode())))
    assert len(found) == 1
    return found[0]


def reason(xml: str) -> str:
    found = one(xml)
    assert isinstance(found, Refused) and found.excerpt == "Tên câu hỏi" and found.line == 2
    return found.reason


def choices(many: str = "1", texts: str = "Một Hai Ba") -> str:
    listed = "".join(f'\n        <qti-simple-choice identifier="C{place}" fixed="true">\n          <p>{text}</p>\n        </qti-simple-choice>'
                     for place, text in enumerate(texts.split()))
    return f"""<p>Đọc kỹ.</p>
    <qti-choice-interaction response-identifier="RESPONSE" shuffle="false" max-choices="{many}">
      <qti-prompt>Chọn một?</qti-prompt>{listed}
    </qti-choice-interaction>"""


def test_choice_is_one_answer_when_one_is_right():
    found = one(item(choices(), declared=declare("C1")))
    assert (found.kind, found.line, found.code, found.notes) == ("one_answer", 2, "", ())
    assert found.value["options"] == [
        {"text": text, "is_right": text == "Hai", "feedback": ""} for text in ("Một", "Hai", "Ba")]
    assert " ".join(found.value["stem"].split()) == "<p>Đọc kỹ.</p> <p>Chọn một?</p>"


@pytest.mark.parametrize(("mapping", "after", "marking"), [
    ("", RIGHT, "all"),
    (mapped({"C0": 1, "C1": 1}), MAPPED, "lenient"),
    (mapped({"C0": 1, "C1": 1, "C2": -1}), MAPPED, "partial"),
    ("", "", "partial"),
])
def test_choice_is_several_answers_and_marked_as_the_item_says(mapping, after, marking):
    found = one(item(choices("0"), declared=declare("C0", "C1", many="multiple", mapping=mapping), after=after))
    assert (found.kind, found.value["marking"]) == ("several_answers", marking)
    assert [option["is_right"] for option in found.value["options"]] == [True, True, False]


def test_choice_takes_what_is_worth_most_when_only_a_mapping_says():
    found = one(item(choices(), declared=declare(mapping=mapped({"C0": 0.5, "C2": 2})), after=MAPPED))
    assert [option["is_right"] for option in found.value["options"]] == [False, False, True]
    assert len(found.notes) == 1


def test_choice_is_true_or_false_when_its_choices_are_named_so():
    body = """<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Công đoàn có ba cấp.</qti-prompt>
      <qti-simple-choice identifier="TRUE">Đúng<qti-feedback-inline outcome-identifier="FEEDBACK" identifier="TRUE"> — <b>Xem</b> lại</qti-feedback-inline>
      </qti-simple-choice><qti-simple-choice identifier="FALSE">Sai</qti-simple-choice></qti-choice-interaction>"""
    found = one(item(body, declared=declare("FALSE")))
    assert (found.kind, found.value) == ("true_false", {"stem": "<p>Công đoàn có ba cấp.</p>", "is_true": False, "feedback": "— Xem lại"})
    assert found.explanation == ""


def test_feedback_finds_its_choice_or_the_explanation():
    after = "".join(
        f'<qti-modal-feedback outcome-identifier="F" show-hide="show" identifier="{name}"><qti-content-body>{text}</qti-content-body></qti-modal-feedback>'
        for name, text in [("C0", "Nhầm"), ("solution", "<p>Điều 7.</p>")])
    found = one(item(choices(), declared=declare("C1"), after=RIGHT + after))
    assert [option["feedback"] for option in found.value["options"]] == ["Nhầm", "", ""]
    assert found.explanation == "<p>Điều 7.</p>"


def matching(pairs: str, lefts: str = "AB", rights: str = "XYZ") -> str:
    sets = ["".join(f'<qti-simple-associable-choice identifier="{name}" match-max="1">{name.lower()}</qti-simple-associable-choice>\n' for name in names)
            for names in (lefts, rights)]
    body = f"""<qti-match-interaction response-identifier="RESPONSE" max-associations="4"><qti-prompt>Nối?</qti-prompt>
      <qti-simple-match-set>{sets[0]}</qti-simple-match-set><qti-simple-match-set>{sets[1]}</qti-simple-match-set></qti-match-interaction>"""
    return item(body, declared=declare(*pairs.split(","), kind="directedPair", many="multiple"))


def test_match_is_matching_with_what_belongs_to_none():
    found = one(matching("A X,B X"))
    assert (found.kind, found.value) == ("matching", {
        "stem": "<p>Nối?</p>", "distractors": ["y", "z"],
        "pairs": [{"left": "a", "right": "x", "feedback": ""}, {"left": "b", "right": "x", "feedback": ""}]})


@pytest.mark.parametrize("pairs", ["A X,A Y,B Z", "A X", ""])
def test_match_is_refused_when_a_left_side_has_not_one_partner(pairs):
    assert "“" in reason(matching(pairs))


def order(*right: str, after: str = RIGHT) -> str:
    listed = "".join(f'<qti-simple-choice identifier="{name}">{name.lower()}</qti-simple-choice>' for name in "ABC")
    body = f'<qti-order-interaction response-identifier="RESPONSE"><qti-prompt><p>Xếp.</p></qti-prompt>{listed}</qti-order-interaction>'
    return item(body, declared=declare(*right, many="ordered"), after=after)


def test_order_is_ordering_in_the_right_order():
    assert one(order("C", "A", "B")).value == {"stem": "<p>Xếp.</p>", "items": ["c", "a", "b"], "marking": "all"}
    assert reason(order("C", "A"))
    assert reason(order())


ENTRY = '<qti-text-entry-interaction response-identifier="RESPONSE" expected-length="15"/>'


@pytest.mark.parametrize("body", [f"<p>Thủ đô?</p>\n<div>{ENTRY}</div>", f"<p>Thủ đô?</p><p>{ENTRY}.</p>", f"<div><p>Thủ đô?</p>{ENTRY}</div>"])
def test_text_entry_is_a_short_answer_when_it_stands_alone(body):
    entries = mapped({"Hà Nội": 2, "Ha Noi": 1}, 'case-sensitive="false"')
    found = one(item(body, declared=declare("Hà Nội", kind="string", mapping=entries), after=MAPPED))
    assert found.kind == "short_answer" and "Thủ đô?" in found.value["stem"] and "qti" not in found.value["stem"]
    assert found.value["comparing"] == "case"
    assert found.value["accepted"] == [
        {"text": "Hà Nội", "fraction": 1.0, "feedback": ""}, {"text": "Ha Noi", "fraction": 0.5, "feedback": ""}]


def test_text_entry_minds_capitals_only_when_the_item_says_so():
    declared = declare("A", kind="string", mapping=mapped({"A": 1}, 'case-sensitive="true"'))
    assert one(item(f"<p>?</p><p>{ENTRY}</p>", declared=declared, after=MAPPED)).value["comparing"] == "exact"


def test_text_entry_is_a_gap_when_words_stand_behind_it():
    found = one(item(f"<p>Điền.</p><p>Trong {ENTRY} ngày &amp; đêm.</p>", declared=declare("30 &lt; 31", kind="string")))
    assert (found.kind, found.value) == ("gaps", {
        "stem": "<p>Điền.</p>", "text": "<p>Trong [[30 &lt; 31]] ngày &amp; đêm.</p>", "filling": "typed", "comparing": "case", "distractors": []})


def test_text_entries_are_gaps_and_a_title_is_their_question():
    second = ENTRY.replace("RESPONSE", "R2")
    declared = declare("a", kind="string") + declare("b", kind="string", name="R2", mapping=mapped({"b": 1, "c": 1, "d": 0.5}))
    found = one(item(f"<div><p>{ENTRY} và {second}</p></div>", declared=declared))
    assert found.value["stem"] == "<p>Tên câu hỏi</p>" and found.value["text"] == "<p>[[a]] và [[b|c]]</p>"


def test_gaps_are_refused_when_an_answer_would_break_them():
    assert reason(item(f"<p>Trong {ENTRY} ngày.</p>", declared=declare("a|b", kind="string")))


def rule(comparison: str, points: str = "1") -> str:
    return f"""<qti-response-processing><qti-response-condition><qti-response-if>{comparison}
      <qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">{points}</qti-base-value></qti-set-outcome-value>
      </qti-response-if></qti-response-condition></qti-response-processing>"""


ASKED = '<qti-variable identifier="RESPONSE"/>'


@pytest.mark.parametrize(("after", "value", "tolerance", "measure"), [
    (RIGHT, "12.5", "0", "absolute"),
    (rule(f'<qti-equal tolerance-mode="absolute" tolerance="0.5 0.5">{ASKED}<qti-correct identifier="RESPONSE"/></qti-equal>', "3"), "12.5", "0.5", "absolute"),
    (rule(f'<qti-equal tolerance-mode="relative" tolerance="10">{ASKED}<qti-base-value base-type="float">1.2E1</qti-base-value></qti-equal>'),
     "12", "10", "percent"),
    (rule(f'<qti-equal tolerance-mode="exact">{ASKED}<qti-correct identifier="RESPONSE"/></qti-equal>'), "12.5", "0", "absolute"),
    (rule(f'<qti-and><qti-gte>{ASKED}<qti-base-value base-type="float">12</qti-base-value></qti-gte>'
          f'<qti-lte>{ASKED}<qti-base-value base-type="float">13</qti-base-value></qti-lte></qti-and>'), "12.5", "0.5", "absolute"),
])
def test_number_has_the_tolerance_that_its_rule_says(after, value, tolerance, measure):
    found = one(item(f"<p>Bao xa? {ENTRY} km</p>", declared=declare("12.5", kind="float"), after=after))
    assert (found.kind, found.value["unit"], found.value["stem"]) == ("numeric", "km", "<p>Bao xa? </p>")
    assert found.value["accepted"] == [{"value": value, "tolerance": tolerance, "measure": measure, "fraction": 1.0, "feedback": ""}]


def test_number_stays_a_number_in_the_middle_of_a_sentence():
    found = one(item(f"<p>Luật có {ENTRY} điều và nhiều khoản, điểm khác nhau.</p>", declared=declare("37", kind="integer")))
    assert found.value["stem"] == "<p>Luật có ____ điều và nhiều khoản, điểm khác nhau.</p>"
    assert reason(item(f"<p>{ENTRY}</p>", declared=declare("ba", kind="integer")))


def inline(name: str, *words: str) -> str:
    listed = "".join(f'\n  <qti-inline-choice identifier="{word[0]}">{word}</qti-inline-choice>' for word in words)
    return f'<qti-inline-choice-interaction response-identifier="{name}" shuffle="false">{listed}</qti-inline-choice-interaction>'


def test_inline_choices_are_gaps_with_one_list():
    body = f"<p>Điền.</p><blockquote><p>{inline('RESPONSE', 'York', 'Lan')} và {inline('R2', 'Gio', 'Lan')}</p></blockquote>"
    found = one(item(body, declared=declare("Y") + declare("L", name="R2")))
    assert found.value["text"] == "<blockquote><p>[[York]] và [[Lan]]</p></blockquote>"
    assert (found.value["filling"], found.value["distractors"], len(found.notes)) == ("list", ["Gio"], 1)


def gap_match(right: list[str], most: str = "1") -> str:
    body = f"""<qti-gap-match-interaction response-identifier="RESPONSE"><qti-prompt>Kéo chữ.</qti-prompt>
      <qti-gap-text identifier="W" match-max="{most}">đông</qti-gap-text><qti-gap-text identifier="S" match-max="{most}">hè</qti-gap-text>
      <qti-gap-text identifier="X" match-max="{most}">thu</qti-gap-text>
      <blockquote><p>Mùa <qti-gap identifier="G9"/>, mùa <qti-gap identifier="G1"/>.</p></blockquote></qti-gap-match-interaction>"""
    return item(body, declared=declare(*right, kind="directedPair", many="multiple"))


def test_gap_match_is_words_into_a_text():
    found = one(gap_match(["S G1", "W G9"]))
    assert (found.kind, found.value) == ("drag_words", {
        "stem": "<p>Kéo chữ.</p>", "text": "<blockquote><p>Mùa [[1]], mùa [[2]].</p></blockquote>", "answers": ["đông", "hè"], "distractors": ["thu"],
        "reusable": False})
    assert one(gap_match(["W G1", "W G9"], most="0")).value["reusable"]
    assert "G9" in reason(gap_match(["S G1"]))


def test_extended_text_is_an_essay_with_what_its_markers_are_told():
    body = """<qti-rubric-block view="candidate" use="instructions"><qti-content-body><p>Viết gọn.</p></qti-content-body></qti-rubric-block>
      <qti-extended-text-interaction response-identifier="RESPONSE"><qti-prompt>Trình bày.</qti-prompt></qti-extended-text-interaction>
      <qti-rubric-block view="proctor" use="instructions">Phát giấy.</qti-rubric-block>
      <qti-rubric-block view="scorer" use="scoring"><qti-stylesheet href="a.css" type="text/css"/><qti-content-body><p>Ba ý.</p></qti-content-body>
      </qti-rubric-block>"""
    found = one(item(body, declared=declare(kind="string"), after=""))
    assert found.kind == "essay" and "".join(found.value["stem"].split("\n")).replace("  ", "") == "<p>Viết gọn.</p><p>Trình bày.</p>"
    assert found.value["model_answer"] == "<p>Ba ý.</p>"


@pytest.mark.parametrize("name", ["hotspot", "upload", "slider", "associate", "hottext", "graphic-gap-match", "drawing", "media", "end-attempt", "custom"])
def test_item_is_refused_by_name_when_this_bank_has_no_such_question(name):
    assert f"qti-{name}-interaction" in reason(item(f'<qti-{name}-interaction response-identifier="RESPONSE"/>', declared=declare("A")))


@pytest.mark.parametrize("xml", [
    item("<p>Chỉ để đọc.</p>"),
    item(choices()),
    item(choices(), declared=declare("C9")),
    item(choices() + choices(), declared=declare("C1")),
    item(choices() + f"<p>{ENTRY}</p>", declared=declare("C1")),
    item(choices(), declared=declare("C1")).replace('adaptive="false"', 'adaptive="true"'),
    item(choices(), declared=declare("C1") + '<qti-template-declaration identifier="N" cardinality="single" base-type="integer"/>'),
    item(choices().replace("<p>Hai</p>", '<img src="a.png" alt=""/>'), declared=declare("C1")),
])
def test_item_is_refused_when_it_asks_what_no_question_can(xml):
    assert reason(xml)


OLDER = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="x" title="T" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse><value>a</value><value>b</value></correctResponse>
<mapping defaultValue="-1"><mapEntry mapKey="a" mappedValue="1"/><mapEntry mapKey="b" mappedValue="1"/></mapping></responseDeclaration>
<itemBody><div><object data="hinh/so%20do.png" type="image/png">Sơ đồ</object>
<choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="0"><prompt>Chọn?</prompt>
<simpleChoice identifier="a">Một<feedbackInline outcomeIdentifier="F" identifier="a" showHide="show">Tốt</feedbackInline></simpleChoice>
<simpleChoice identifier="b">Hai</simpleChoice><simpleChoice identifier="c">Ba</simpleChoice></choiceInteraction></div></itemBody>
<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/></assessmentItem>"""


def packed(files: dict[str, str | bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out


def test_items_of_qti_2_are_read_too():
    found = next(iter(read(packed({"bai/cau1.xml": OLDER, "bai/hinh/so do.png": PNG, "__MACOSX/bai/._cau1.xml": b"\0", "bai/test.xml": "<assessmentTest/>"}))))
    assert (found.kind, found.value["marking"], found.notes) == ("several_answers", "partial", ())
    assert found.value["options"][0] == {"text": "Một", "is_right": True, "feedback": "Tốt"}
    assert '<img src="@@PLUGINFILE@@/so-do.png" alt="Sơ đồ"/>' in found.value["stem"] and found.pictures == {"so-do.png": PNG}


def test_package_gives_labels_category_and_order_from_its_manifest():
    lom = """<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string language="vi"> tiền lương </string></keyword>
      <keyword><string>difficulty:hard</string></keyword></general><classification><purpose><value>discipline</value></purpose><taxonPath>
      <taxon><entry><string>Luật</string></entry></taxon><taxon><entry><string>Lương</string></entry></taxon></taxonPath></classification></lom></metadata>"""
    manifest = f"""<manifest><resources><resource identifier="t" type="imsqti_test_xmlv3p0" href="test.xml"/>
      <resource identifier="b" type="imsqti_item_xmlv2p1" href="hai.xml">{lom}</resource>
      <resource identifier="a" type="imsqti_item_xmlv3p0" href="mot.xml"/></resources></manifest>"""
    files = {"goi/imsmanifest.xml": manifest, "goi/mot.xml": item(choices(), declared=declare("C1")), "goi/hai.xml": OLDER, "goi/test.xml": "<qti-assessment-test/>"}
    second, first = read(packed(files))
    assert (second.kind, second.line, first.kind, first.line) == ("several_answers", 1, "one_answer", 2)
    assert (second.tags, second.difficulty, second.category) == (("tiền lương",), "hard", ("Luật", "Lương"))
    assert [len(found.notes) for found in (second, first)] == [1, 0]


@pytest.mark.parametrize("src", ["khong-co.png", "https://example.org/a.png", "//example.org/a.png", "../../a.png", "data:image/png;base64,%%"])
def test_picture_that_is_not_to_be_had_is_told_and_described(src):
    found = next(iter(read(packed({"a/b.xml": item(choices().replace("Đọc kỹ.", f'<img src="{src}" alt="Bản đồ &lt;b&gt;"/>'), declared=declare("C1"))}))))
    assert "Bản đồ &lt;b&gt;" in found.value["stem"] and "<img" not in found.value["stem"]
    assert len(found.notes) == 1 and found.pictures == {}


def test_pictures_of_one_name_stay_apart_and_pictures_in_the_text_are_taken_out():
    body = choices().replace("Đọc kỹ.", '<img src="x/a.png" alt=""/><img src="y/a.png" alt=""/><img src="data:image/gif;base64,R0lG" alt=""/>')
    found = next(iter(read(packed({"b.xml": item(body, declared=declare("C1")), "x/a.png": b"1", "y/a.png": b"2"}))))
    assert found.pictures == {"a.png": b"1", "a-2.png": b"2", "picture.gif": b"GIF"}


def test_refused_item_of_a_package_is_found_by_its_file():
    found = list(read(packed({"a.xml": item("<p>x</p>"), "b.xml": "<qti-assessment-item>", "c.xml": item(choices(), declared=declare("C1")),
                              "d.xml": "<questestinterop><item/></questestinterop>"})))
    assert [(type(one).__name__, one.line) for one in found] == [("Refused", 1), ("Refused", 2), ("Item", 3), ("Refused", 4)]
    assert [one.excerpt.partition(":")[0] for one in found if isinstance(one, Refused)] == ["a.xml", "b.xml", "d.xml"]
