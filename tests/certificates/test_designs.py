"""Designs in the editor: what is published is frozen, what is looked at is what stands in the form, and papers find theirs."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image as Drawn
from pypdf import PdfReader
from wagtail.images import get_image_model
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from certificates import services, snapshots
from certificates.enums import Paper
from certificates.layout.samples import KINDS
from certificates.models import Certificate, Design, DesignFile, DesignVersion, Issuer, Signatory
from certificates.selectors.design_pictures import NotAPicture, picture_for_print
from certificates.services.built_in import BUILT_IN
from certificates.services.designs import freeze_design, make_built_in, version_for
from certificates.services.errors import DiplomaNotAllowed
from certificates.services.issuing import typeset_again
from tests.factories import certificates, courses, unions
from tests.factories import designs as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def office(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def saved(*blocks, **fields) -> Design:
    design = factory.design(*blocks, **fields)
    design.save()
    return design


def values_of(*blocks: dict, **changes) -> dict:
    return nested_form_data({
        "name": "Mẫu thử", "paper": "GCN", "issuer": "", "courses": [], "size": "A4", "orientation": "landscape", "border": "single", "background": "",
        "blocks": streamfield([(block["type"], block["value"]) for block in blocks]), **changes})


# Versions

def test_publishing_freezes_a_version_and_publishing_again_adds_none(administrator, now):
    design = saved()
    first = freeze_design(design=design, by=administrator, now=now)
    assert freeze_design(design=design, by=administrator, now=now) == first
    design.blocks = [("words", {**factory.words("{họ tên}")["value"]})]
    second = freeze_design(design=design, by=administrator, now=now)
    assert (first.number, second.number, second.made_by) == (1, 2, administrator)
    assert DesignVersion.objects.get(pk=first.pk).spec == first.spec


def test_publishing_in_the_editor_makes_the_version(office):
    response = office.post(reverse("wagtailsnippets_certificates_design:add"), {
        **values_of(factory.words("{HỌ TÊN}"), factory.qr()), "action-publish": "1"})
    assert response.status_code == 302
    [version] = DesignVersion.objects.all()
    assert (version.design.name, version.number, [block["kind"] for block in version.spec["blocks"]]) == ("Mẫu thử", 1, ["words", "qr"])


def test_a_draft_makes_no_version_and_may_be_unfinished(office):
    response = office.post(reverse("wagtailsnippets_certificates_design:add"), values_of(factory.words("{tên")))
    assert (response.status_code, Design.objects.count(), DesignVersion.objects.count()) == (302, 1, 0)


def test_unfinished_design_is_not_published(office):
    address = reverse("wagtailsnippets_certificates_design:add")
    response = office.post(address, {**values_of(factory.words("{tên}"), factory.qr()), "action-publish": "1"})
    assert (response.status_code, Design.objects.count()) == (200, 0)
    assert "there is no field {tên}" in response.content.decode()


def test_picture_is_copied_and_outlives_the_library(learner, now):
    picture = factory.image()
    emblem = {"type": "picture", "value": {"x": 10, "y": 10, "width": 20, "height": 20, "image": picture.pk, "alt_text": "Huy hiệu"}}
    design = saved(factory.words("{HỌ TÊN}"), emblem, factory.qr(), is_default=True, border="")
    design = Design.objects.get(pk=design.pk)
    version = freeze_design(design=design, by=None, now=now)
    certificate = certificates.certificate(learner)
    assert certificate.version == version
    before = typeset_again(certificate)
    picture.file.storage.delete(picture.file.name)
    picture.delete()
    assert DesignFile.objects.count() == 1
    assert typeset_again(Certificate.objects.get()) == before


def test_paper_stays_as_it_was_when_its_design_changes(learner, now):
    design = saved(factory.words("{HỌ TÊN}"), factory.qr(), is_default=True)
    freeze_design(design=design, by=None, now=now)
    certificate = certificates.certificate(learner)
    with certificate.pdf.open() as file:
        before = file.read()
    design.orientation = "portrait"
    design.blocks = [("words", factory.words("Khác {họ tên}", width=150)["value"])]
    design.save()
    freeze_design(design=design, by=None, now=now)
    assert typeset_again(Certificate.objects.get()) == before


# Pictures that are none

@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script></html>", b"", factory.png()[:60], b"\x89PNG\r\n\x1a\n" + b"0" * 99, b"%PDF-1.7"])
def test_not_an_image_is_refused_with_a_word(content, now):
    picture = factory.image("Huy hiệu", content)
    design = saved(background=picture)
    with pytest.raises(NotAPicture) as caught:
        freeze_design(design=design, by=None, now=now)
    assert "Huy hiệu" in str(caught.value.message) and not DesignVersion.objects.exists()


def test_not_an_image_is_refused_where_the_design_is_published(office):
    picture = factory.image("Huy hiệu", b"GIF89a is what it says")
    response = office.post(reverse("wagtailsnippets_certificates_design:add"), {
        **values_of(factory.words("{HỌ TÊN}"), factory.qr(), background=str(picture.pk)), "action-publish": "1"})
    assert (response.status_code, DesignVersion.objects.count()) == (200, 0)
    assert "“Huy hiệu” is not a picture that can be printed" in response.content.decode()


def test_the_library_refuses_what_is_not_an_image_too(office):
    upload = SimpleUploadedFile("hinh.png", b"<html><script>alert(1)</script></html>", content_type="image/png")
    response = office.post(reverse("wagtailimages:add"), {"title": "Huy hiệu", "file": upload})
    assert response.status_code == 200 and not get_image_model().objects.exists()


def test_pictures_are_made_fit_for_print():
    large = factory.image(as_uploaded=factory.png(size=(4000, 2000)))
    picture = picture_for_print(large, width=30, height=30)
    with Drawn.open(io.BytesIO(picture.content)) as drawn:
        assert (picture.format, drawn.size) == ("png", (709, 354))
    written = io.BytesIO()
    Drawn.new("CMYK", (50, 50)).save(written, "JPEG")
    picture = picture_for_print(factory.image(as_uploaded=written.getvalue()), width=30, height=30)
    with Drawn.open(io.BytesIO(picture.content)) as drawn:
        assert (picture.format, drawn.mode) == ("png", "RGB")


# Which design

def test_the_general_design_is_made_when_none_is_published():
    issuer = certificates.issuer()
    version = version_for(course=courses.course(), issuer=issuer)
    assert (version.design.name, version.spec["paper"], version.design.live) == ("Giấy chứng nhận (mẫu chung)", "GCN", True)
    assert version_for(course=courses.course(title="Khác", slug="khac"), issuer=issuer) == version
    assert DesignVersion.objects.count() == 1


def test_a_design_for_the_course_comes_before_the_issuers_and_that_before_the_general_one(now, django_assert_num_queries):
    issuer, course, another = certificates.issuer(), courses.course(), courses.course(title="Khác", slug="khac")
    general = make_built_in(name="Giấy chứng nhận (mẫu chung)", now=now)
    own = saved(name="Của đơn vị", issuer=issuer)
    own_version = freeze_design(design=own, by=None, now=now)
    named = saved(name="Của khóa")
    named.courses.add(course)
    named.save()
    named_version = freeze_design(design=named, by=None, now=now)
    with django_assert_num_queries(1):
        assert version_for(course=course, issuer=issuer) == named_version
    other = Issuer.objects.create(unit=unions.unit("Khác", "K"), name="Khác", place="Hà Nội", signer_name="B")
    assert version_for(course=another, issuer=issuer) == own_version
    assert version_for(course=another, issuer=other) == general


def test_drafts_and_designs_out_of_use_are_passed_over(now):
    issuer = certificates.issuer()
    own = saved(name="Của đơn vị", issuer=issuer)
    version = freeze_design(design=own, by=None, now=now)
    assert version_for(course=courses.course(), issuer=issuer) == version
    Design.objects.filter(pk=own.pk).update(live=False)
    assert version_for(course=courses.course(title="Khác", slug="khac"), issuer=issuer).design.name == "Giấy chứng nhận (mẫu chung)"


# Chứng chỉ

def test_diploma_is_refused_for_a_unit_that_may_not_issue_it(office, learner, now):
    issuer = certificates.issuer()
    address = reverse("wagtailsnippets_certificates_design:add")
    values = values_of(factory.words("{LOẠI GIẤY}"), factory.qr(), paper="CC", issuer=str(issuer.pk))
    assert office.post(address, values).status_code == 200
    assert not Design.objects.exists()
    course = courses.course()
    design = saved(name="Chứng chỉ", paper=Paper.DIPLOMA)
    design.courses.add(course)
    design.save()
    freeze_design(design=design, by=None, now=now)
    done = certificates.completion(learner, course)
    with pytest.raises(DiplomaNotAllowed):
        services.issue_certificate(user=learner, course=course, completion=done, now=now)
    assert not Certificate.objects.exists()


def test_diploma_is_issued_where_it_is_allowed(office, learner, now):
    issuer = certificates.issuer(may_issue_diplomas=True)
    values = values_of(factory.words("{LOẠI GIẤY}"), factory.qr(), paper="CC", issuer=str(issuer.pk))
    course = courses.course()
    response = office.post(reverse("wagtailsnippets_certificates_design:add"), {**values, "courses": [course.pk], "action-publish": "1"})
    assert response.status_code == 302
    certificate = certificates.certificate(learner, course)
    assert (certificate.series.paper, certificate.register_number) == ("CC", "001/CC-CĐ")
    with certificate.pdf.open() as file:
        assert "CHỨNG CHỈ" in PdfReader(file).pages[0].extract_text()


# Several signers

def test_further_signatories_stand_on_the_paper_in_their_forms(learner, now):
    issuer = certificates.issuer()
    Signatory.objects.create(issuer=issuer, body="TM. BAN CHẤP HÀNH", form="KT.", of_whom="CHỦ TỊCH", title="PHÓ CHỦ TỊCH", name="Lê Thị Hồng Vân", sort_order=1)
    design = saved(factory.words("{HỌ TÊN}"), factory.signer(1, 20), factory.signer(2, 150), factory.signer(3, 220), factory.qr(y=160), is_default=True)
    freeze_design(design=design, by=None, now=now)
    certificate = certificates.certificate(learner)
    with certificate.pdf.open() as file:
        words = PdfReader(file).pages[0].extract_text().splitlines()
    assert words[1:] == [
        "TM. BAN CHẤP HÀNH", "CHỦ TỊCH", "TRẦN VĂN AN", "TM. BAN CHẤP HÀNH", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "LÊ THỊ HỒNG VÂN"]


def test_picture_of_a_signature_is_kept_with_the_paper(learner, now):
    issuer, picture = certificates.issuer(), factory.image("Chữ ký")
    Signatory.objects.create(issuer=issuer, title="PHÓ CHỦ TỊCH", name="Lê Thị Hồng Vân", signature=picture, sort_order=1)
    design = saved(factory.words("{HỌ TÊN}"), factory.signer(2, 150, with_picture=True), factory.qr(y=160), is_default=True)
    freeze_design(design=design, by=None, now=now)
    certificate = certificates.certificate(learner)
    assert certificate.snapshot["signers"][1]["signature"] == f"{DesignFile.objects.get(format='png').sha256}.png"
    before = typeset_again(certificate)
    picture.delete()
    assert typeset_again(certificate) == before
    assert len(PdfReader(io.BytesIO(before)).pages[0].images) == 1


def issuer_form(issuer, signature="") -> dict:
    return nested_form_data({
        "unit": issuer.unit_id, "is_default": "on", "upper_name": "", "name": issuer.name, "place": "Tân Lập", "series_code": "CĐ",
        "number_format": "{số:4}/{loại}-{mã}", "register_format": "{số:4}/{năm}", "may_issue_diplomas": "on",
        "signer_form": "TM. BAN CHẤP HÀNH", "signer_title": "CHỦ TỊCH", "signer_name": "Trần Văn An",
        "signatories": inline_formset([
            {"body": "", "form": "TUQ.", "of_whom": "BAN CHẤP HÀNH", "title": "TRƯỞNG BAN", "name": "Lê Vân", "signature": signature, "ORDER": 1}])})


def test_signature_that_is_no_image_is_refused_in_the_form(office):
    issuer = certificates.issuer()
    picture = factory.image("Chữ ký giả", b"GIF89a is what it says")
    answer = office.post(reverse("wagtailsnippets_certificates_issuer:edit", args=[issuer.pk]), issuer_form(issuer, picture.pk))
    assert answer.status_code == 200 and "Chữ ký giả" in answer.content.decode() and not issuer.signatories.exists()


def test_picture_of_a_signature_is_kept_again_after_a_failure(now):
    issuer, picture = certificates.issuer(), factory.image("Chữ ký")
    Signatory.objects.create(issuer=issuer, title="PHÓ CHỦ TỊCH", name="Lê Thị Hồng Vân", signature=picture, sort_order=1)
    with pytest.raises(OSError), transaction.atomic():
        snapshots.issuer_of(issuer)
        raise OSError
    assert not DesignFile.objects.exists()
    snapshots.issuer_of(issuer)
    assert DesignFile.objects.count() == 1


def test_issuers_numbers_and_signatories_are_entered_in_the_form(office):
    issuer = certificates.issuer()
    values = issuer_form(issuer)
    address = reverse("wagtailsnippets_certificates_issuer:edit", args=[issuer.pk])
    assert office.post(address, values).status_code == 302
    issuer.refresh_from_db()
    assert (issuer.number_format, issuer.may_issue_diplomas) == ("{số:4}/{loại}-{mã}", True)
    assert issuer.signatories.get().lines == ["TUQ. BAN CHẤP HÀNH", "TRƯỞNG BAN"]
    assert office.post(address, {**values, "number_format": "không có số"}).status_code == 200


# Looking at a design

def look(client, address: str, values: dict, mode: str):
    assert client.post(address, values).json() == {"is_valid": True, "is_available": True}
    return client.get(address, {"mode": mode}), client.get(address, {"mode": mode, "picture": "1"})


@pytest.mark.parametrize("mode", KINDS)
def test_preview_shows_the_unsaved_design_as_a_picture(office, mode):
    values = values_of(factory.words("{HỌ TÊN}\n{ngày sinh}", width=150), factory.qr(), background=str(factory.image().pk), orientation="portrait")
    page, picture = look(office, reverse("wagtailsnippets_certificates_design:preview_on_add"), values, mode)
    assert f'src="?picture=1&amp;mode={mode}"' in page.content.decode() and page["X-Frame-Options"] == "SAMEORIGIN"
    assert 'src="data:' not in page.content.decode() and 'role="alert"' not in page.content.decode()
    with Drawn.open(io.BytesIO(picture.content)) as drawn:
        assert (picture["Content-Type"], drawn.width in (1400, 1401), drawn.height > drawn.width) == ("image/png", True, True)
    assert Design.objects.count() == 0


def test_preview_says_in_words_what_is_wrong(office):
    address = reverse("wagtailsnippets_certificates_design:preview_on_add")
    page, _picture = look(office, address, values_of(factory.words("{tên}", x=250)), "usual")
    words = page.content.decode()
    assert "there is no field {tên}" in words and "reaches over the edge" in words and "no QR code" in words


def test_preview_on_the_form_shows_it_faintly_and_the_paper_does_not(office, now):
    picture = factory.image()
    design = saved(factory.words("{HỌ TÊN}"), factory.qr(), is_blank_form=True, background=picture)
    address = reverse("wagtailsnippets_certificates_design:preview_on_edit", args=[design.pk])
    values = values_of(factory.words("{HỌ TÊN}"), factory.qr(), is_blank_form="on", background=str(picture.pk))
    _page, shown = look(office, address, values, "usual")
    drawn = Drawn.open(io.BytesIO(shown.content)).convert("RGB")
    red, green, _blue = drawn.getpixel((5, 5))
    assert red > 200 and 140 < green < 200
    version = freeze_design(design=design, by=None, now=now)
    assert (version.spec["ground"], version.spec["files"]) == ([], {})


def test_unknown_mode_and_strangers_are_refused(office, as_user, learner, trainer):
    design = saved()
    address = reverse("wagtailsnippets_certificates_design:preview_on_edit", args=[design.pk])
    assert office.get(address, {"mode": "../etc"}).status_code in (302, 403)
    for user in (learner, trainer):
        assert as_user(user).get(address, {"mode": "usual", "picture": "1"}).status_code in (302, 403)
        assert as_user(user).get(reverse("wagtailsnippets_certificates_design:list")).status_code in (302, 403)


def test_designs_are_never_deleted(office):
    design = saved()
    assert office.post(reverse("wagtailsnippets_certificates_design:delete", args=[design.pk])).status_code == 302
    assert Design.objects.get() == design


def test_a_design_that_came_along_opens_in_the_editor(office, now):
    version = make_built_in(name="Giấy chứng nhận (mẫu chung)", now=now)
    response = office.get(reverse("wagtailsnippets_certificates_design:edit", args=[version.design_id]))
    assert response.status_code == 200 and "{nơi cấp và ngày}" in response.content.decode()


@pytest.mark.parametrize("layout", BUILT_IN, ids=lambda layout: layout.size + layout.orientation + str(layout.is_blank_form))
def test_what_came_along_can_be_published_from_the_editor_as_it_is(layout, office, now):
    version = make_built_in(name=layout.name, now=now)
    blocks = [(block.block_type, dict(block.value)) for block in version.design.blocks]
    values = nested_form_data({
        "name": layout.name, "paper": "GCN", "issuer": "", "courses": [], "background": "", "border": layout.border, "size": layout.size,
        "orientation": layout.orientation, "is_default": "on" if version.design.is_default else "",
        "is_blank_form": "on" if layout.is_blank_form else "", "blocks": streamfield([
            (kind, {name: str(part) for name, part in value.items() if part is not False and name != "facts"}) for kind, value in blocks])})
    # Of several choices, one field each.
    values |= {f"blocks-{place}-value-facts": value["facts"] for place, (kind, value) in enumerate(blocks) if kind == "facts"}
    address = reverse("wagtailsnippets_certificates_design:edit", args=[version.design_id])
    assert office.post(address, {**values, "action-publish": "1"}).status_code == 302
    assert DesignVersion.objects.get() == version


def test_list_costs_the_same_with_one_design_and_many(office, django_assert_max_num_queries):
    saved()
    address = reverse("wagtailsnippets_certificates_design:list")
    office.get(address)
    with django_assert_max_num_queries(40) as few:
        office.get(address)
    for number in range(10):
        saved(name=f"Mẫu {number}", issuer=certificates.issuer())
    with django_assert_max_num_queries(len(few.captured_queries)):
        office.get(address)


def test_every_version_can_be_written_down_as_json(now):
    version = make_built_in(name="Giấy chứng nhận (mẫu chung)", now=now)
    assert json.loads(json.dumps(version.spec)) == DesignVersion.objects.get().spec


def test_the_demonstration_brings_the_designs_once(now):
    from lms.demo.designs import load_designs

    assert (load_designs(now=now), load_designs(now=now)) == (3, 0)
    assert {(version.number, version.design.live) for version in DesignVersion.objects.all()} == {(1, True)}
