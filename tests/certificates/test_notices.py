"""The outbox: each notice is posted once, sent once, tried again with patience, and given up in words."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates import services
from certificates.enums import NoticeKind, NoticeState
from certificates.models import Certificate, Issuer, Notice
from certificates.services.notices import CLAIM_HOLDS, TRIES, WAITS, post_notices, resend_notices, send_notices
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions
from unions.enums import Role
from unions.services import grant_role

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def certificate(learner):
    return factory.certificate(learner)


@pytest.fixture
def notice(certificate, now):
    post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now)
    return Notice.objects.get()


class Server(BaseEmailBackend):
    """A mail server that answers as the test says; `answers` holds one answer a letter, None for yes."""

    opened, down, answers, taken = 0, None, [], []

    def open(self):
        if Server.down:
            raise Server.down
        Server.opened += 1

    def send_messages(self, messages):
        answer = Server.answers.pop(0) if Server.answers else None
        if answer:
            raise answer
        Server.taken += messages


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    Server.opened, Server.down, Server.answers, Server.taken = 0, None, [], []
    return Server


def many(count: int, now) -> list[Notice]:
    """Notices for so many people, without typesetting so many papers."""
    first = factory.certificate(people.person("Người 0", "nguoi0@example.org"))
    for number in range(1, count):
        first.pk, first.uuid, first.pdf.name = None, f"00000000-0000-4000-8000-{number:012d}", ""
        first.user, first.number, first.code = people.person(f"Người {number}", f"nguoi{number}@example.org"), number + 1, f"CODE{number}"
        first.save(force_insert=True)
    post_notices(certificates=Certificate.objects.order_by("pk"), kind=NoticeKind.ISSUED, now=now)
    return list(Notice.objects.order_by("pk"))


def test_posting_again_posts_nothing_more(certificate, now):
    assert [post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now) for _time in range(2)] == [1, 0]
    assert post_notices(certificates=Certificate.objects.all(), kind=NoticeKind.ENDING, now=now, days=30) == 1
    assert post_notices(certificates=Certificate.objects.all(), kind=NoticeKind.ENDING, now=now, days=7) == 1
    assert Notice.objects.count() == 3


def test_letter_is_sent_in_the_holders_language_with_a_link_and_nothing_private(notice, certificate, learner, now):
    learner.language, learner.date_of_birth = "en", "1988-02-05"
    learner.save()
    assert send_notices(now=now).sent == 1
    [letter] = mail.outbox
    html = letter.alternatives[0].content
    assert (letter.to, letter.subject) == (["mai@example.org"], "Your certificate no. 001/GCN-CĐ")
    for body in (letter.body, html):
        assert f"http://testserver/chung-nhan/{certificate.uuid}/" in body
        assert "Dear Nguyễn Thị Mai" in body and "“Thương lượng tập thể”" in body
        for private in ("1988", "912345678", certificate.code, certificate.code_shown, "Giỏi"):
            assert private not in body
    assert '<html lang="en">' in html
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.tries, notice.error) == (NoticeState.SENT, now, 1, "")
    assert send_notices(now=now + timedelta(days=1)).sent == 0


@pytest.mark.parametrize("kind", NoticeKind.values)
def test_every_kind_has_its_words(certificate, kind, now):
    Certificate.objects.update(valid_until=now.date() + timedelta(days=7))
    post_notices(certificates=[certificate], kind=kind, now=now, days=7)
    assert send_notices(now=now).sent == 1
    assert certificate.register_number in mail.outbox[0].subject
    assert "\n" not in mail.outbox[0].subject


def test_course_title_with_a_new_line_cannot_write_headers(certificate, now):
    certificate.snapshot["course"] = "Tên\nBcc: a@example.org <b>"
    Certificate.objects.filter(pk=certificate.pk).update(snapshot=certificate.snapshot, register_number="1\r\nBcc: a@example.org")
    post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now)
    assert send_notices(now=now).sent == 1
    assert mail.outbox[0].recipients() == ["mai@example.org"] and "<b>" not in mail.outbox[0].alternatives[0].content


def test_holders_without_an_address_see_it_on_their_page_only(certificate, learner, now):
    learner.email = None
    learner.save()
    post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now)
    assert Notice.objects.get().state == NoticeState.NO_EMAIL
    assert send_notices(now=now).sent == 0


def test_address_that_waits_for_its_proof_gets_nothing(certificate, learner, now):
    EmailAddress.objects.create(user=learner, email=learner.email, verified=False)
    post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now)
    assert Notice.objects.get().state == NoticeState.NO_EMAIL


def test_address_that_came_without_proof_gets_nothing_however_often_it_is_sent_again(certificate, learner, notice, now):
    EmailAddress.objects.create(user=learner, email=learner.email, verified=False)
    assert send_notices(now=now).sent == 0
    assert Notice.objects.get().state == NoticeState.NO_EMAIL
    assert resend_notices(notices=Notice.objects.all(), now=now) == 0
    Notice.objects.update(state=NoticeState.FAILED)
    assert resend_notices(notices=Notice.objects.all(), now=now) == 1
    assert (send_notices(now=now).sent, mail.outbox, Notice.objects.get().email) == (0, [], "")
    EmailAddress.objects.update(verified=True)
    assert resend_notices(notices=Notice.objects.all(), now=now) == 1
    assert send_notices(now=now).sent == 1


def test_closed_accounts_and_papers_without_one_get_none(certificate, learner, now):
    learner.is_active = False
    learner.save()
    assert post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now) == 0
    Certificate.objects.update(user=None)
    assert post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now) == 0


def test_what_is_true_no_more_is_not_sent(notice, certificate, administrator, now):
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=now)
    send_notices(now=now)
    assert all(letter.subject != "Your certificate no. 001/GCN-CĐ" for letter in mail.outbox)
    assert not Notice.objects.filter(kind=NoticeKind.ISSUED).exists()


def test_somebody_erased_meanwhile_is_written_to_no_more(notice, learner, now):
    learner.is_active = False
    learner.save()
    assert send_notices(now=now).sent == 0
    assert (Notice.objects.count(), mail.outbox) == (0, [])


def test_letter_goes_to_the_address_of_today(notice, learner, now):
    learner.email = "mai.moi@example.org"
    learner.save()
    send_notices(now=now)
    assert (mail.outbox[0].to, Notice.objects.get().email) == (["mai.moi@example.org"], "mai.moi@example.org")


def test_failure_is_tried_again_later_and_later_and_then_given_up(server, notice, now):
    waited = []
    for _try in range(TRIES):
        server.answers = [SMTPDataError(451, b"try later")]
        assert send_notices(now=now).failed == 1
        notice.refresh_from_db()
        waited.append(notice.due_at - now)
        assert send_notices(now=now).failed == 0
        now = notice.due_at
    assert waited == [*WAITS, timedelta(0)]
    assert (notice.state, notice.tries) == (NoticeState.FAILED, TRIES)
    assert "try later" in notice.error
    assert resend_notices(notices=Notice.objects.all(), now=now) == 1
    assert send_notices(now=now).sent == 1


def test_address_refused_for_good_is_given_up_at_once(server, notice, now):
    server.answers = [SMTPRecipientsRefused({"mai@example.org": (550, b"5.1.1 User unknown")})]
    send_notices(now=now)
    notice.refresh_from_db()
    assert (notice.state, notice.tries) == (NoticeState.FAILED, 1)
    assert "5.1.1 User unknown" in notice.error


def test_server_that_does_not_answer_costs_nobody_a_try(server, now, django_assert_num_queries):
    many(4, now)
    server.down = ConnectionRefusedError("refused")
    with django_assert_num_queries(2):
        assert send_notices(now=now).is_stopped
    assert set(Notice.objects.values_list("state", "tries", "due_at")) == {(NoticeState.WAITING, 0, now + WAITS[0])}
    server.down = None
    assert send_notices(now=now + WAITS[0]).sent == 4


def test_one_connection_carries_the_batch_and_a_broken_one_is_opened_again(server, now):
    many(5, now)
    server.answers = [None, SMTPServerDisconnected("gone"), None, None]
    batch = send_notices(now=now)
    assert (batch.sent, batch.failed, server.opened) == (4, 1, 2)


def test_query_count_of_a_letter_is_fixed(now, django_assert_num_queries):
    many(6, now)
    with django_assert_num_queries(1 + 3 * 2):
        assert send_notices(now=now, limit=2).sent == 2
    with django_assert_num_queries(1 + 3 * 4):
        assert send_notices(now=now, limit=100).sent == 4


def test_posting_takes_as_many_queries_for_many(now, django_assert_num_queries):
    many(30, now)
    with django_assert_num_queries(3):
        assert post_notices(certificates=Certificate.objects.all(), kind=NoticeKind.CHANGED, now=now) == 30


def test_killed_before_sending_is_sent_when_the_claim_is_over(server, notice, now):
    server.answers = [SystemExit()]
    with pytest.raises(SystemExit):
        send_notices(now=now)
    assert send_notices(now=now).sent == 0
    assert send_notices(now=now + CLAIM_HOLDS).sent == 1
    assert len(server.taken) == 1


def test_letter_repeated_after_a_kill_has_the_same_message_id(server, notice, now):
    send_notices(now=now)
    Notice.objects.update(state=NoticeState.WAITING, due_at=now)
    send_notices(now=now)
    assert len({letter.extra_headers["Message-ID"] for letter in server.taken}) == 1


def test_letter_that_kills_whoever_sends_it_is_given_up(server, notice, now):
    for _try in range(TRIES):
        server.answers = [SystemExit()]
        with pytest.raises(SystemExit):
            send_notices(now=now)
        now += CLAIM_HOLDS
    send_notices(now=now)
    notice.refresh_from_db()
    assert (notice.state, server.taken) == (NoticeState.FAILED, [])


def test_clock_set_back_sends_later_and_once(server, notice, now):
    assert send_notices(now=now - timedelta(days=1)).sent == 0
    assert send_notices(now=now).sent == 1
    assert send_notices(now=now - timedelta(days=1)).sent == 0


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_letter_once(race, server, now):
    many(12, now)
    batches = race([lambda: send_notices(now=now)] * 4)
    assert sum(batch.sent for batch in batches) == 12
    assert len({letter.to[0] for letter in server.taken}) == len(server.taken) == 12


def test_completed_course_posts_its_notice(learner, now):
    factory.issuer()
    services.issue_by_itself(completion=factory.completion(learner, courses.course()), now=now)
    assert list(Notice.objects.values_list("kind", "state")) == [(NoticeKind.ISSUED, NoticeState.WAITING)]


# The office's page

@pytest.fixture
def failed(notice) -> Notice:
    Notice.objects.update(state=NoticeState.FAILED, error="550 User unknown", tries=6)
    return notice


ADDRESS = "/dao-tao/so-goc/thong-bao/"


def test_outbox_shows_state_and_why_and_filters(as_user, administrator, failed):
    client = as_user(administrator)
    page = client.get(ADDRESS)
    assert (page.status_code, "550 User unknown" in page.content.decode(), "mai@example.org" in page.content.decode()) == (200, True, True)
    assert [page.context["outbox"].counts[state] for state in ("failed", "sent")] == [1, 0]
    for state, shown in (("failed", 1), ("sent", 0), ("khong-co", 1)):
        assert len(client.get(f"{ADDRESS}?trang-thai={state}").context["page"].object_list) == shown


def test_failed_notice_is_sent_again_from_the_page(as_user, administrator, failed, certificate):
    client = as_user(administrator)
    assert client.get(f"{ADDRESS}{certificate.uuid}/issued/0/gui-lai/").status_code == 405
    assert client.post(f"{ADDRESS}{certificate.uuid}/issued/0/gui-lai/").url == ADDRESS
    assert (Notice.objects.get().state, len(mail.outbox)) == (NoticeState.SENT, 1)
    client.post(f"{ADDRESS}{certificate.uuid}/issued/0/gui-lai/")
    client.post(f"{ADDRESS}gui-lai/")
    assert len(mail.outbox) == 1
    assert client.post(f"{ADDRESS}{certificate.uuid}/issued/7/gui-lai/").status_code == 404


def test_address_that_came_later_is_written_to(certificate, learner, now):
    learner.email = None
    learner.save()
    post_notices(certificates=[certificate], kind=NoticeKind.ISSUED, now=now)
    assert resend_notices(notices=Notice.objects.all(), now=now) == 0
    learner.email = "mai.moi@example.org"
    learner.save()
    assert resend_notices(notices=Notice.objects.all(), now=now) == 1
    assert send_notices(now=now).sent == 1


def test_outbox_is_open_to_those_in_charge_only(as_user, learner, outsider, failed, certificate, now):
    viewer, other = people.person("Phạm Văn Xem", "xem@example.org"), people.person("Phạm Văn Khác", "khac@example.org")
    grant_role(user=viewer, unit=certificate.series.issuer.unit, role=Role.VIEWER, now=now)
    elsewhere = unions.unit("Công đoàn ngành", "NG")
    grant_role(user=other, unit=elsewhere, role=Role.TRAINING_ADMIN, now=now)
    Issuer.objects.create(unit=elsewhere, name="Công đoàn ngành", place="Hà Nội", signer_name="Lê Văn Bình")
    again = f"{ADDRESS}{certificate.uuid}/issued/0/gui-lai/"
    assert as_user().get(ADDRESS).url.startswith("/tai-khoan/login/")
    assert [as_user(person).get(ADDRESS).status_code for person in (learner, outsider)] == [403, 403]
    assert as_user(viewer).get(ADDRESS).context["outbox"].total == 1
    assert as_user(other).get(ADDRESS).context["outbox"].total == 0
    assert [as_user(person).post(again).status_code for person in (learner, viewer, other)] == [403, 404, 404]
    assert as_user(viewer).post(f"{ADDRESS}gui-lai/").status_code == 403
    assert as_user(other).post(f"{ADDRESS}gui-lai/").status_code == 302
    assert Notice.objects.get().state == NoticeState.FAILED


def test_query_count_of_the_outbox_is_the_same_for_1_and_30(as_user, administrator, now):
    client, counts = as_user(administrator), []
    many(30, now)
    Notice.objects.update(state=NoticeState.FAILED)
    client.get(ADDRESS)
    for kept in (30, 1):
        Notice.objects.exclude(pk__in=Notice.objects.order_by("pk").values("pk")[:kept]).delete()
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
        counts.append(len(queries))
    assert counts[0] == counts[1]
