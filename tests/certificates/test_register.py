"""The register book: who reads which, how it is searched, narrowed, sorted and leafed through, and what one record tells."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import payload, services
from certificates.credentials.addresses import place_in_lists
from certificates.credentials.badge import is_available
from certificates.credentials.status import encoded_list
from certificates.enums import LookKind, State
from certificates.models import Certificate, Issuer, Look, Notice, Series
from certificates.selectors import register
from certificates.selectors.register import Filters, book_page, filters_of
from certificates.services.changing import correct_certificate
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions

pytestmark = pytest.mark.django_db
LIST = reverse("books:list-records")
NAMES = ["Trần Văn Bình", "Đặng Thị Hòa", "Nguyễn Thị Ân", "Lê Hoàng Ánh", "Phạm Văn Châu"]


@pytest.fixture
def keeper(db):
    """Keeps the book of the ward that issues."""
    person = people.person("Phạm Thị Giữ", "giu-so@example.org")
    unions.role(person, factory.issuer().unit)
    return person


@pytest.fixture
def five(db):
    """Five papers of the same course, a minute apart, numbers 1 to 5."""
    first = factory.certificate(people.person(NAMES[0], "n0@example.org"), courses.course())
    return [copied(first, place) for place in range(5)]


def copied(first: Certificate, place: int) -> Certificate:
    """A further paper without a PDF of its own: typesetting is not what is tested here."""
    if place == 0:
        return first
    from certificates import codes, snapshots
    from vietnamese.names import sort_key

    name, number = NAMES[place % 5] + ("" if place < 5 else f" {place}"), Certificate.objects.count() + 1
    snapshot = first.snapshot | {
        "name": name, "name_key": sort_key(name), "register_number": f"{number:03d}/GCN-CĐ", "register_entry": f"{number:04d}/2026", "code": codes.new_code()}
    Series.objects.update(taken=number)
    return Certificate.objects.create(
        user=people.person(name, f"n{place}@example.org"), course=first.course, series=first.series, number=number, code=snapshot["code"],
        register_number=snapshot["register_number"], snapshot=snapshot, search_key=snapshots.search_key_of(snapshot), pdf=first.pdf.name,
        issued_at=first.issued_at + timedelta(minutes=place))


def found(user, on=date(2026, 11, 20), **wanted) -> list[str]:
    return [line.facts["name"] for line in book_page(user, Filters(**wanted), on).lines]


def test_only_books_under_ones_role_are_open(five, keeper, outsider, learner, as_user):
    elsewhere = unions.unit("Công đoàn phường Khác", "PK")
    Issuer.objects.create(unit=elsewhere, name="Công đoàn phường Khác", place="Khác", signer_name="Lê Văn B")
    unions.role(outsider, elsewhere)
    assert len(found(keeper)) == 5
    assert found(outsider) == []
    assert as_user(outsider).get(LIST).status_code == 200
    assert as_user(outsider).get(reverse("books:show-record", args=[five[0].uuid])).status_code == 404
    assert as_user(learner).get(LIST).status_code == 403
    assert as_user().get(LIST).status_code == 302


def test_the_successor_reads_the_book_of_a_merged_unit_and_writes_nothing_into_it(five, outsider, trainer, as_user):
    """Merged twice; the stranger keeps a book beside it, into which a part of a unit went that was parted among two."""
    former, between, heir = factory.issuer().unit, unions.unit("Công đoàn Tân", "T"), unions.unit("Công đoàn Lập", "L")
    parted, stranger = unions.unit("Công đoàn cũ", "C"), unions.unit("Công đoàn phường Khác", "PK")
    former.successors.add(between)
    between.successors.add(heir)
    parted.successors.add(stranger, heir)
    for unit in (heir, stranger, parted):
        Issuer.objects.create(unit=unit, name=unit.name, place="Khác", signer_name="Lê Văn B")
    unions.role(outsider, heir)
    unions.role(trainer, stranger)
    assert (set(found(outsider)), found(trainer)) == (set(NAMES), [])
    for user, units in ((outsider, {former, heir}), (trainer, {stranger})):
        assert {issuer.unit for issuer in Issuer.objects.visible_to(user)} == units
    assert list(Issuer.objects.managed_by(outsider).values_list("unit", flat=True)) == [heir.pk]
    reads, strange = as_user(outsider), as_user(trainer)
    for name in ("show-record", "download-paper"):
        address = reverse(f"books:{name}", args=[five[0].uuid])
        assert (reads.get(address).status_code, strange.get(address).status_code) == (200, 404)
    for name in ("correct", "revoke", "reissue"):
        address = reverse(f"books:{name}-certificate", args=[five[0].uuid])
        assert reads.get(address).status_code == reads.post(address, {"reason": "x"}).status_code == 403
        assert address not in reads.get(reverse("books:show-record", args=[five[0].uuid])).content.decode()
    former.successors.clear()
    assert found(outsider) == [], "the merge was taken back"


@pytest.mark.parametrize(("words", "names"), [
    ("hoa dang", ["Đặng Thị Hòa"]), ("ĐẶNG THỊ HOÀ", ["Đặng Thị Hòa"]), ("002/GCN-CĐ", ["Đặng Thị Hòa"]), ("2/gcn-cd", ["Đặng Thị Hòa"]), ("0002/2026", ["Đặng Thị Hòa"]),
    ("2", ["Đặng Thị Hòa"]), ("Số: 002/GCN-CĐ", ["Đặng Thị Hòa"]), ("thuong luong dang", ["Đặng Thị Hòa"]), ("khong co ai", []), ("99999999999", []), ("0002/2025", []), ("%", []), ("_", []),
])
def test_search_finds_by_name_number_and_programme(five, keeper, words, names):
    assert found(keeper, q=words) == names


def test_search_finds_a_code_with_or_without_dashes(five, keeper):
    for typed in (five[3].code, five[3].code_shown, five[3].code_shown.lower().replace("-", " "), f" {five[3].code[:4]} "):
        assert found(keeper, q=typed) == ["Lê Hoàng Ánh"]


def test_names_stand_in_vietnamese_order_and_numbers_in_theirs(five, keeper):
    assert found(keeper, sort="name") == ["Lê Hoàng Ánh", "Nguyễn Thị Ân", "Trần Văn Bình", "Phạm Văn Châu", "Đặng Thị Hòa"]
    assert found(keeper, sort="number") == NAMES
    assert found(keeper) == NAMES[::-1]


@pytest.mark.parametrize("sort", ["-day", "day", "number", "name"])
def test_pages_follow_each_other_without_gap_or_repetition_both_ways(five, keeper, monkeypatch, sort):
    for place in range(5, 12):
        copied(five[0], place)
    whole, on = found(keeper, sort=sort), date(2026, 11, 20)
    monkeypatch.setattr(register, "PER_PAGE", 5)
    first = book_page(keeper, Filters(sort=sort), on)
    second = book_page(keeper, Filters(sort=sort), on, after=first.later)
    third = book_page(keeper, Filters(sort=sort), on, after=second.later)
    back = book_page(keeper, Filters(sort=sort), on, before=third.earlier)
    names = [[line.facts["name"] for line in page.lines] for page in (first, second, third, back)]
    assert names[0] + names[1] + names[2] == whole
    assert (names[3], first.earlier, third.later, back.later is not None) == (names[1], None, None, True)


def test_filters_narrow_by_state_period_unit_and_origin(five, keeper):
    today, (one, two, three, four, _five) = date(2026, 11, 20), five
    base = unions.unit("CĐCS An Phú", "AP", parent=factory.issuer().unit)
    Certificate.objects.filter(pk=one.pk).update(valid_until=today, unit=base)
    Certificate.objects.filter(pk=two.pk).update(valid_until=today + timedelta(days=60))
    Certificate.objects.filter(pk=three.pk).update(state=State.REVOKED, valid_until=today)
    Certificate.objects.filter(pk=four.pk).update(pdf="", issued_at=four.issued_at - timedelta(days=30))
    assert found(keeper, state="expired") == [NAMES[0]]
    assert found(keeper, state="ending") == [NAMES[1]]
    assert found(keeper, state="revoked") == [NAMES[2]]
    assert set(found(keeper, state="valid")) == {NAMES[1], NAMES[3], NAMES[4]}
    assert found(keeper, origin="brought") == [NAMES[3]]
    assert found(keeper, unit=factory.issuer().unit) == [NAMES[0]]
    assert found(keeper, until=today - timedelta(days=1)) == [NAMES[3]]
    assert NAMES[3] not in found(keeper, since=today)
    assert (found(keeper, year=2025), len(found(keeper, year=2026, issuer=factory.issuer(), paper="GCN", course=one.course))) == ([], 5)


def test_papers_of_units_that_were_merged_are_found_under_their_successor(five, keeper):
    board = factory.issuer().unit
    old, older = unions.unit("CĐCS An Phú", "AP", parent=board), unions.unit("CĐCS An Lộc", "AL")
    new, other = unions.unit("CĐCS An Phú Lộc", "APL", parent=board), unions.unit("CĐCS Bình An", "BA", parent=board)
    older.successors.add(old)
    old.successors.add(new)
    for place, unit in enumerate([older, old, new, other]):
        Certificate.objects.filter(pk=five[place].pk).update(unit=unit)
    assert set(found(keeper, unit=new)) == set(NAMES[:3])
    assert found(keeper, unit=other) == [NAMES[3]]


def test_filters_are_read_back_from_an_address(five, keeper):
    wanted = Filters(
        q="hoa", issuer=factory.issuer(), paper="GCN", unit=factory.issuer().unit, course=five[0].course, year=2026, since=date(2026, 1, 5),
        until=date(2026, 12, 31), state="valid", origin="here", sort="name")
    assert filters_of(wanted.params, keeper) == wanted


def test_beyond_ten_thousand_nobody_is_told_an_exact_number(five, keeper, monkeypatch):
    monkeypatch.setattr(register, "COUNTED", 3)
    page = book_page(keeper, Filters(), date(2026, 11, 20))
    assert (page.count, page.is_more) == (3, True)


def test_the_list_costs_the_same_however_long_it_is(five, keeper, as_user):
    client, spent = as_user(keeper), []
    for size in (5, 35):
        for place in range(Certificate.objects.count(), size):
            copied(five[0], place)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"q": "nguyen", "sort": "name"})
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 26


@pytest.mark.parametrize("query", ["?sau=khong-phai", "?sau=00000000-0000-0000-0000-000000000000", "?year=abc&unit=1&run=x&since=31/02/2026&state=?", "?q=" + "x" * 300])
def test_addresses_that_say_nonsense_are_answered(five, keeper, as_user, query):
    assert as_user(keeper).get(LIST + query).status_code == 200


# One record

def test_a_record_tells_all_and_is_noted_for_its_holder(five, keeper, as_user):
    page = as_user(keeper).get(reverse("books:show-record", args=[five[0].uuid])).content.decode()
    assert all(words in page for words in (NAMES[0], "001/GCN-CĐ", "0001/2026", five[0].code_shown, "Thương lượng tập thể"))
    assert Look.objects.values_list("certificate", "kind", "by").get() == (five[0].pk, LookKind.OFFICE, keeper.pk)


def test_paper_and_picture_open_and_the_download_is_noted(five, keeper, outsider, as_user):
    paper, picture = (reverse(f"books:{name}", args=[five[0].uuid]) for name in ("download-paper", "show-picture"))
    client = as_user(keeper)
    assert b"".join(client.get(paper).streaming_content).startswith(b"%PDF")
    assert client.get(picture)["Content-Type"] == "image/png"
    assert Look.objects.get().kind == LookKind.DOWNLOAD
    assert as_user(outsider).get(paper).status_code == 403
    Certificate.objects.filter(pk=five[0].pk).update(pdf="")
    assert [client.get(address).status_code for address in (paper, picture)] == [404, 404]


def test_a_record_without_account_course_or_file_is_shown(five, keeper, as_user):
    Certificate.objects.filter(pk=five[0].pk).update(user=None, course=None, pdf="")
    assert as_user(keeper).get(reverse("books:show-record", args=[five[0].uuid])).status_code == 200
    assert as_user(keeper).get(LIST).status_code == 200


def test_viewers_look_and_keepers_change(five, keeper, trainer, as_user):
    unions.role(trainer, factory.issuer().unit, "viewer")
    for name in ("correct", "revoke", "reissue"):
        address = reverse(f"books:{name}-certificate", args=[five[0].uuid])
        assert (as_user(trainer).get(address).status_code, as_user(keeper).get(address).status_code) == (403, 200)
        assert address not in as_user(trainer).get(reverse("books:show-record", args=[five[0].uuid])).content.decode()


def test_an_expired_paper_that_was_wrong_is_revoked_and_every_list_says_so(five, keeper, as_user, now):
    paper, client, stranger = five[0], as_user(keeper, HTTP_ACCEPT_LANGUAGE="en"), as_user(None, HTTP_ACCEPT_LANGUAGE="en")
    Certificate.objects.filter(pk=paper.pk).update(valid_until=date(2026, 11, 20))
    assert services.expire_certificates(now=now) == 1
    address, public = reverse("books:revoke-certificate", args=[paper.uuid]), f"/xac-minh/{paper.code}/"
    assert "Expired" in stranger.get(public).content.decode()
    assert address in client.get(reverse("books:show-record", args=[paper.uuid])).content.decode()
    assert client.post(address, {"reason": "Thi hộ, phát hiện khi thanh tra."}).status_code == 302
    html = stranger.get(public).content.decode()
    assert "Revoked" in html and "Expired" not in html and "Thi hộ, phát hiện khi thanh tra." in html
    assert (found(keeper, state="revoked"), found(keeper, state="expired"), services.expire_certificates(now=now)) == ([NAMES[0]], [], 0)
    assert list(paper.entries.order_by("pk").values_list("kind", flat=True)) == ["issued", "expired", "revoked"]
    digest = payload.revocation_digest(paper.code, paper.snapshot["payload"]).hex()
    assert digest in stranger.get("/xac-minh/thu-hoi.json").json()["revoked"]
    status = json.loads(stranger.get(f"/xac-minh/don-vi/{paper.series.issuer.unit.uuid}/trang-thai/1/").content)
    assert status["credentialSubject"]["encodedList"] == encoded_list([place_in_lists(paper.pk)[1]])
    paper.refresh_from_db()
    assert not is_available(paper) and Notice.objects.get(kind="revoked").certificate == paper
    assert client.post(address, {"reason": "Lần nữa"}).status_code == 422


def test_the_administrator_of_the_holders_unit_may_change_without_keeping_the_book(five, outsider, as_user):
    base = unions.unit("CĐCS An Phú", "AP")
    unions.post(five[1].user, base)
    unions.role(outsider, base)
    client = as_user(outsider)
    assert client.get(reverse("books:revoke-certificate", args=[five[1].uuid])).status_code == 200
    assert client.get(reverse("books:revoke-certificate", args=[five[0].uuid])).status_code == 404
    assert client.get(LIST).status_code == 403


def test_correcting_by_form_shows_both_words_and_is_refused_in_words_the_second_time(five, keeper, as_user):
    client, address = as_user(keeper, HTTP_ACCEPT_LANGUAGE="en"), reverse("books:correct-certificate", args=[five[0].uuid])
    form = client.get(address).context["form"]
    said = {name: form[name].value() or "" for name in form.fields} | {
        "name": "Trần Văn Bính", "born_on": "1988", "begun_on": "01/11/2026", "reason": "Ghi sai tên, theo căn cước.", "decision_number": "15/QĐ-CĐ",
        "decision_on": "18/11/2026"}
    said["ended_on"] = "20/11/2026"
    response = client.post(address, said)
    assert response.status_code == 302, response.context["form"].errors
    page = client.get(response.url).content.decode()
    assert all(words in page for words in ("Trần Văn Bính", "Trần Văn Bình", "1988", "15/QĐ-CĐ", "18/11/2026"))
    again = client.post(address, said)
    assert (again.status_code, "Somebody else has changed" in again.content.decode()) == (422, True)
    assert five[0].entries.filter(kind="corrected").count() == 1
    assert client.post(address, said | {"seen": "2"}).status_code == 422


def test_search_finds_a_corrected_one_by_both_names(five, keeper, now):
    correct_certificate(certificate=five[0], changes={"name": "Trần Văn Vịnh"}, reason="Ghi sai tên", by=keeper, now=now)
    assert found(keeper, q="vinh") == found(keeper, q="binh") == ["Trần Văn Vịnh"]
    assert found(keeper, sort="name")[-1] == "Trần Văn Vịnh"


def test_the_public_page_says_the_corrected_programme(five, keeper, now, client):
    correct_certificate(certificate=five[0], changes={"course": "Đối thoại tại nơi làm việc"}, reason="Ghi sai chương trình", by=keeper, now=now)
    page = client.get(reverse("certificates:show-verification", args=[five[0].code])).content.decode().replace("\xa0", " ")
    assert "Đối thoại tại nơi làm việc" in page


def test_a_long_chain_is_linked_both_ways(five, keeper, as_user, now):
    second = services.reissue_certificate(certificate=five[0], reason="Rách", by=keeper, now=now)
    client = as_user(keeper)
    for one, other in ((five[0], second), (second, five[0])):
        page = client.get(reverse("books:show-record", args=[one.uuid])).content.decode()
        assert reverse("books:show-record", args=[other.uuid]) in page
