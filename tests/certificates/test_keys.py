"""Keys that sign QR codes: entered on first use, retired by the next one, marked as known to others; and what is published of them."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates import payload, services
from certificates.models import SigningKey
from certificates.services import publishing
from certificates.services.keys import _seen
from tests.certificates.test_commands import run
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture(autouse=True)
def _nothing_seen():
    _seen.clear()
    yield
    _seen.clear()


@pytest.fixture
def stranger(as_user):
    return as_user(None, headers={"accept-language": "en"})


def use_key(settings, letter: str) -> str:
    settings.CERTIFICATE_SIGNING_KEY = letter * 40
    return payload.fingerprint(payload.signing_key().public_key())


def keys_of(client) -> dict[str, str]:
    caches["default"].clear()
    return {key["fingerprint"]: key["state"] for key in client.get("/xac-minh/khoa.json").json()["keys"]}


def list_of(client) -> dict:
    caches["default"].clear()
    return client.get("/xac-minh/thu-hoi.json").json()


def test_the_key_is_entered_with_the_first_paper_and_once(settings, learner, now):
    fingerprint = use_key(settings, "a")
    factory.certificate(learner)
    factory.certificate(learner, courses.course("Khác", "khac"))
    [key] = SigningKey.objects.all()
    assert (key.fingerprint, key.retired_at, key.first_used_at) == (fingerprint, None, now)


def test_a_process_asks_once_for_its_key(settings, now, django_assert_num_queries, django_capture_on_commit_callbacks):
    use_key(settings, "a")
    with django_capture_on_commit_callbacks(execute=True):
        services.note_key_in_use(now=now)
    with django_assert_num_queries(0):
        services.note_key_in_use(now=now)


def test_the_next_key_retires_the_former_and_old_papers_can_still_be_checked(settings, learner, now, stranger):
    old = use_key(settings, "a")
    paper = factory.certificate(learner)
    new = use_key(settings, "b")
    services.note_key_in_use(now=now + timedelta(days=30))
    assert SigningKey.objects.get(fingerprint=old).retired_at == now + timedelta(days=30)
    assert keys_of(stranger) == {old: "retired", new: "active"}
    public = next(key["public_key"] for key in stranger.get("/xac-minh/khoa.json").json()["keys"] if key["fingerprint"] == old)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    assert payload.read(paper.snapshot["payload"], code=paper.code, public_key=key).register_number == "001/GCN-CĐ"


def test_the_next_key_is_published_with_the_first_list_that_it_signs(settings, stranger):
    """Else checkers would call that list a stranger's for as long as the list of keys is kept."""
    use_key(settings, "a")
    stranger.get("/xac-minh/khoa.json"), stranger.get("/xac-minh/thu-hoi.json")
    new = use_key(settings, "b")
    assert stranger.get("/xac-minh/thu-hoi.json").json()["key"] == new
    assert new in [key["fingerprint"] for key in stranger.get("/xac-minh/khoa.json").json()["keys"]]


def test_two_processes_that_come_with_a_new_key_enter_it_once(settings, race, now):
    use_key(settings, "a")
    fingerprints = race([lambda: services.note_key_in_use(now=now)] * 4)
    assert len(set(fingerprints)) == SigningKey.objects.count() == 1


def test_a_compromised_key_signs_no_more_and_is_published_as_such(settings, learner, now, stranger):
    old = use_key(settings, "a")
    paper = factory.certificate(learner)
    services.mark_key_compromised(fingerprint=old[:8], since=now, note="Máy chủ bị xâm nhập", now=now)
    _seen.clear()
    with pytest.raises(services.KeyCompromised):
        factory.certificate(learner, courses.course("Khác", "khac"))
    assert keys_of(stranger) == {old: "compromised"}
    assert "Máy chủ" not in stranger.get("/xac-minh/khoa.json").content.decode()
    # The register does not ask the key.
    assert stranger.get(f"/xac-minh/{paper.code}/").status_code == 200
    use_key(settings, "b")
    assert factory.certificate(learner, courses.course("Khác nữa", "khac-nua")).number == 2


def test_the_key_that_signs_cannot_be_retired_nor_an_unclear_one(settings, now):
    present = use_key(settings, "a")
    services.note_key_in_use(now=now)
    with pytest.raises(services.KeyInUse):
        services.retire_key(fingerprint=present, now=now)
    for unclear in ("", present[:7], "0" * 64, "%"):
        with pytest.raises(services.UnknownKey):
            services.retire_key(fingerprint=unclear, now=now)


def test_command_lists_retires_and_marks(settings, now):
    old = use_key(settings, "a")
    out, _err, ok = run("signing_keys", "list")
    assert ok and old in out and out.endswith("1 keys\n")
    use_key(settings, "b")
    run("signing_keys", "list")
    out, _err, ok = run("signing_keys", "compromise", old[:8], "--since", "2026-06-15", "--note", "Mất máy")
    assert ok and "known to others 15/06/2026. Mất máy" in out
    assert run("signing_keys", "retire", old[:8])[2]
    assert run("signing_keys", "retire", "12345678")[2] is False


def test_published_documents_cost_one_query_and_nothing_while_they_are_kept(settings, stranger, learner, administrator, now):
    use_key(settings, "a")
    services.note_key_in_use(now=now)

    def asked(path: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert stranger.get(path).status_code == 200
        return [query["sql"] for query in queries if "certificates_" in query["sql"]]

    def counts() -> list[int]:
        caches["default"].clear()
        return [len(asked(path)) for path in ("/xac-minh/khoa.json", "/xac-minh/thu-hoi.json") for _time in (1, 2)]

    assert counts() == [1, 0, 1, 0]
    for number in range(3):
        paper = factory.certificate(learner, courses.course(f"Khóa {number}", f"khoa-{number}"))
        services.revoke_certificate(certificate=paper, reason="Cấp nhầm", by=administrator, now=now)
    assert counts() == [1, 0, 1, 0]


def test_published_documents_may_be_kept_briefly_by_everybody(stranger):
    for path in ("/xac-minh/khoa.json", "/xac-minh/thu-hoi.json"):
        response = stranger.get(path)
        assert (response["Content-Type"], response["Access-Control-Allow-Origin"]) == ("application/json", "*")
        assert "public" in response["Cache-Control"] and "max-age=60" in response["Cache-Control"]
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        same = stranger.get(path, headers={"if-none-match": response["ETag"]})
        assert (same.status_code, same.content) == (304, b"")


def test_the_list_is_signed_and_grows_with_every_paper_that_ends(stranger, settings, learner, administrator, now):
    use_key(settings, "a")
    revoked, superseded, hidden, valid = (factory.certificate(learner, courses.course(f"Khóa {n}", f"khoa-{n}")) for n in range(4))
    before = list_of(stranger)
    assert (before["sequence"], before["revoked"], before["superseded"], before["ask"]) == (0, "", "", "")
    services.revoke_certificate(certificate=revoked, reason="Cấp nhầm", by=administrator, now=now)
    services.reissue_certificate(certificate=superseded, reason="Sai tên", by=administrator, now=now)
    services.hide_certificate(certificate=hidden, by=learner, now=now)
    listed = list_of(stranger)

    def digest(paper) -> str:
        return payload.revocation_digest(paper.code, paper.snapshot["payload"]).hex()

    assert (listed["revoked"], listed["superseded"], listed["ask"]) == (digest(revoked), digest(superseded), digest(hidden))
    assert listed["sequence"] == hidden.entries.latest("pk").pk > before["sequence"]
    public = payload.signing_key().public_key()
    public.verify(bytes.fromhex(listed["signature"]), publishing.canonical(listed))
    text = json.dumps(listed)
    assert not [paper for paper in (revoked, superseded, hidden, valid) if paper.code in text]
    services.show_certificate(certificate=hidden, by=learner, now=now)
    again = list_of(stranger)
    assert again["ask"] == "" and again["sequence"] > listed["sequence"]


def test_codes_cannot_be_found_by_trying_all_against_the_list(stranger, learner, administrator, now):
    """What is digested holds the signature; a digest of the code alone would fall to three billion tries."""
    paper = factory.certificate(learner)
    services.revoke_certificate(certificate=paper, reason="Cấp nhầm", by=administrator, now=now)
    assert payload.revocation_digest(paper.code, "").hex() not in list_of(stranger)["revoked"]


# Our own checker: what is needed to install it

def test_checker_is_the_same_for_everybody_and_keeps_nothing_of_anybody(as_user, learner):
    anybody, somebody = (client.get("/xac-minh/ngoai-tuyen/") for client in (as_user(None), as_user(learner)))
    assert anybody.status_code == 200 and anybody.content == somebody.content
    assert "set-cookie" not in {name.lower() for name in anybody.headers}


def test_worker_and_manifest_stand_where_their_scope_is(stranger):
    worker = stranger.get("/xac-minh/sw.js")
    assert (worker["Content-Type"].split(";")[0], worker["Cache-Control"]) == ("text/javascript", "no-cache")
    kept = json.loads(worker.content.decode().split("self.kept = ", 1)[1].split(";\n", 1)[0])
    assert kept["page"] == "/xac-minh/ngoai-tuyen/" and all(url.startswith("/static/") for url in kept["files"])
    manifest = stranger.get("/xac-minh/ngoai-tuyen/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    told = manifest.json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/xac-minh/ngoai-tuyen/", "/xac-minh/", "standalone")


def test_worker_keeps_every_file_that_the_checker_asks_for(stranger):
    """A module that is imported and not kept would leave the page dead without network."""
    import re
    from pathlib import Path

    from django.conf import settings as configured

    kept = stranger.get("/xac-minh/sw.js").content.decode()
    page = stranger.get("/xac-minh/ngoai-tuyen/").content.decode()
    wanted = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    scripts = Path(configured.BASE_DIR, "static/js")
    queue = [scripts / "pages/offline-checker.js"]
    while queue:
        script = queue.pop()
        for name in re.findall(r'from "(\.[^"]+)"', script.read_text()):
            found = (script.parent / name).resolve()
            wanted.add(f"/static/js/{found.relative_to(scripts.resolve())}")
            queue.append(found)
    assert len(wanted) >= 9 and not [url for url in wanted if url not in kept]
