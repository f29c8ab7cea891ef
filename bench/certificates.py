"""How long 11,628 certificates take, decided in one list, numbered, typeset and stored, and how much memory; beside WeasyPrint, and with signatures.

    .venv/bin/python bench/certificates.py [--count 11628] [--postgresql] [--sample 100] [--signed 500]

Five years of one union of the sources. Every step runs in a process of its own, on a site in a temporary folder. bench/README.md says more.
"""

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# What was promised for 11,628.
COUNT, SECONDS, MEGABYTES = 11628, 120, 600
NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý"]
MIDDLE = ["Văn", "Thị", "Hữu", "Ngọc", "Thị Thanh", "Đức", "Minh", "Thị Hồng", "Quang", "Xuân"]
GIVEN = ["Mai", "Bình", "Ánh", "Ân", "Hương", "Tuấn", "Thảo", "Dũng", "Ngân", "Phượng", "Quỳnh", "Sơn", "Tiến", "Uyên", "Yến"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--sample", type=int, default=100, help="papers that WeasyPrint sets")
    parser.add_argument("--signed", type=int, default=500, help="papers that are issued with signatures; 0 leaves them out")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        return step(*asked.step)
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder, contextlib.ExitStack() as stack:
        return measure(Path(folder), asked, lambda name: url_of(Path(folder), name, asked.postgresql, stack))


def measure(folder: Path, asked, database) -> int:
    """Return how many bounds were broken."""
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} (beside other work, seconds of the clock and of CPU both read too high)")
    plain = issue(folder / "plain", asked.count, database("plain"), {})
    broken = 0
    if asked.count >= COUNT:
        broken = (plain["seconds"] > SECONDS) + (plain["peak"] > MEGABYTES)
    compare(folder / "plain", database("plain"), asked.sample, plain)
    if asked.signed:
        signed(folder, asked.signed, database)
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    return broken


def issue(site: Path, count: int, url: str, extra: dict) -> dict:
    environment = site_environment(site, url) | extra
    run_step(environment, "make", str(count))
    said = run_step(environment, "issue")
    each = 1000 * said["seconds"] / count
    print(f"{count:,} decided, numbered, typeset and stored in {said['seconds']:.1f} s, {said['cpu']:.1f} s of CPU on {os.cpu_count()} cores: "
          f"{each:.2f} ms a paper, {1000 * said['cpu'] / count:.2f} ms of CPU; at most {said['peak']:.0f} MB; deciding {said['deciding']:.2f} s")
    print(f"  {said['certificates']:,} certificates, numbers 1 to {said['highest']:,}, {said['bytes'] / 1e6:.0f} MB of files, "
          f"{said['wrong']} of {said['looked']} files differ from their digest, {said['leftover']} files without a certificate")
    assert said["certificates"] == said["highest"] == count and not said["wrong"] and not said["leftover"], said
    return said | {"count": count}


def compare(site: Path, url: str, sample: int, plain: dict) -> None:
    environment = site_environment(site, url)
    ours = run_step(environment, "typeset", str(sample))
    theirs = run_step(environment, "weasyprint", str(sample))
    mine, other = 1000 * ours["cpu"] / sample, 1000 * theirs["cpu"] / sample
    print(f"typesetting alone, {sample} of these papers: typst {mine:.2f} ms of CPU, WeasyPrint {theirs['version']} (PDF/UA-1, same words, QR and border) "
          f"{other:.1f} ms of CPU: {other / mine:.1f} times")
    whole = theirs["cpu"] / sample * plain["count"]
    print(f"  {plain['count']:,} by WeasyPrint would be {whole:.0f} s of CPU for typesetting alone, {whole / plain['cpu']:.1f} times our whole run")


def signed(folder: Path, count: int, database) -> None:
    """Issue some with signatures and some without, on equal sites, and say what a signature adds."""
    extra = signing_environment(folder)
    print("without signatures: ", end="")
    plain = issue(folder / "unsigned", count, database("unsigned"), {})
    print("with PAdES signatures (B-B, RSA 2048): ", end="")
    with_them = issue(folder / "signed", count, database("signed"), extra)
    assert with_them["signed"] == count, with_them
    added = 1000 * (with_them["cpu"] - plain["cpu"]) / count
    print(f"a PAdES signature adds {added:.1f} ms of CPU and {1000 * (with_them['seconds'] - plain['seconds']) / count:.1f} ms of the clock to a paper, "
          f"{(with_them['bytes'] - plain['bytes']) / count / 1024:.1f} KB; {added * COUNT / 1000:.0f} s of CPU for {COUNT:,}")


def signing_environment(folder: Path) -> dict:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "demo_key.py", folder / "key"], check=True, capture_output=True, text=True)
    return {"PDF_SIGNING": done.stdout.strip()}


def site_environment(site: Path, url: str) -> dict[str, str]:
    site.mkdir(exist_ok=True)
    return {
        **os.environ, "VAR_DIR": str(site), "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings", "SITE_URL": "https://hoc.example.org",
        "SECRET_KEY": "only-for-measuring-" * 3, "DEBUG": "0", "TESTING": "1", "HTTPS": "0", "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


def url_of(folder: Path, name: str, is_postgresql: bool, stack: contextlib.ExitStack, _servers: dict = {}) -> str:  # noqa: B006 - kept for the run
    if not is_postgresql:
        return f"sqlite:///{folder / name}/db.sqlite3"
    if name not in _servers:
        from bench.postgresql import Cluster

        _servers[name] = stack.enter_context(Cluster(folder / f"postgresql-{name}")).url
    return _servers[name]


def run_step(environment: dict[str, str], *what: str) -> dict:
    done = subprocess.run([sys.executable, __file__, "--step", *what], env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1]) if what[0] != "make" else {}


def step(kind: str, *what: str) -> int:
    """One step, in a process of its own; what it took goes to the standard output."""
    import django

    django.setup()
    if kind == "make":
        make(int(what[0]))
        return 0
    begun = time.process_time()
    said = {"issue": issue_all, "typeset": typeset_some, "weasyprint": by_weasyprint}[kind](*map(int, what))
    said.setdefault("cpu", time.process_time() - begun)
    said["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(said))
    return 0


def make(count: int) -> None:
    """A site with a course by decision, an issuing unit, and so many people who have completed it, each with a post."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.conf import settings

    settings.DEBUG = False
    people = make_people(count)
    print(len(people))


def make_people(count: int) -> list:
    from accounts.models import User
    from learning.models import Completion, Enrolment
    from tests.factories import certificates, courses, unions
    from unions.models import Post
    from vietnamese.names import sort_key
    from vietnamese.text import search_key

    course = courses.course("Bồi dưỡng lý luận và nghiệp vụ công tác công đoàn năm 2026", issuing="decision", hours="24", code="LLNV")
    certificates.issuer()
    first = certificates.completion(User.objects.create_user(full_name=name_of(0), email="n0@example.org"), course, now=NOW)
    people = [User(full_name=name_of(n), email=f"n{n}@example.org", date_of_birth=date(1970 + n % 30, n % 12 + 1, n % 28 + 1), password="!") for n in range(1, count)]
    for person in people:
        person.sort_key, person.search_key = sort_key(person.full_name), search_key(person.full_name)
    User.objects.bulk_create(people, batch_size=2000)
    units = [unions.unit(f"CĐCS Công ty TNHH An Phú {number}", f"AP{number}") for number in range(1, 21)]
    kind = unions.post_kind()
    Post.objects.bulk_create(
        [Post(user=person, unit=units[n % 20], kind=kind, valid_from=unions.LONG_AGO) for n, person in enumerate(people)], batch_size=2000)
    enrolments = Enrolment.objects.bulk_create(
        [Enrolment(user=person, course=course, enrolled_at=NOW - timedelta(days=18)) for person in people], batch_size=2000)
    Completion.objects.bulk_create(
        [Completion(enrolment=enrolment, rule_set=first.rule_set, completed_at=NOW, fraction=0.5 + n % 50 / 100) for n, enrolment in enumerate(enrolments)],
        batch_size=2000)
    User.objects.create_superuser(email="quantri@example.org", full_name="Trần Văn Ân", password="do-thoi-gian-2026")
    return people


def name_of(number: int) -> str:
    return f"{FAMILY[number % 12]} {MIDDLE[number // 12 % 10]} {GIVEN[number // 120 % 15]}"


def issue_all() -> dict:
    """Make the list, decide it and issue it, as the office does; then look at what is there."""
    from django.utils import timezone

    from accounts.models import User
    from certificates.enums import ListOrder
    from certificates.models import Issuer
    from certificates.services import running, runs
    from courses.models import CoursePage

    by = User.objects.get(email="quantri@example.org")
    begun, cpu = time.perf_counter(), time.process_time()
    run = runs.make_run(course=CoursePage.objects.get(code="LLNV"), issuer=Issuer.objects.get(), name="Đo", by=by, now=NOW)
    runs.put_all_on(run=run, by=by)
    run = runs.decide_run(run=run, decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 19), order=ListOrder.NAME, notifies=True, by=by, now=NOW)
    decided = time.perf_counter()
    assert running.issue_run(run=run, clock=timezone.now), run.rows.filter(state="failed").values_list("reason")[:3]
    ended = time.perf_counter()
    return {"seconds": ended - begun, "deciding": decided - begun, "cpu": time.process_time() - cpu, **found()}


def found() -> dict:
    """Say what stands in the register and in the storage, and whether they agree."""
    import hashlib

    from django.core.files.storage import storages
    from django.db.models import Max

    from certificates.models import Certificate

    storage, wrong, size, names = storages["private"], 0, 0, set()
    numbers = list(Certificate.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), "a hole"
    for name, digest in Certificate.objects.values_list("pdf", "pdf_sha256"):
        data = storage.open(name).read()
        size += len(data)
        names.add(Path(name).name)
        wrong += hashlib.sha256(data).hexdigest() != digest
    folders = [folder for folder in storage.listdir("certificates")[0] if folder.isdigit()]
    files = {name for folder in folders for name in storage.listdir(f"certificates/{folder}")[1]}
    return {
        "certificates": len(numbers), "highest": Certificate.objects.aggregate(most=Max("number"))["most"] or 0, "looked": len(numbers), "wrong": wrong,
        "bytes": size, "leftover": len(files - names), "signed": Certificate.objects.exclude(signed_with="").count()}


def typeset_some(count: int) -> dict:
    from certificates.models import Certificate
    from certificates.services import typeset_again

    papers = list(Certificate.objects.select_related("version").order_by("number")[:count])
    typeset_again(papers[0])
    begun = time.process_time()
    for paper in papers:
        typeset_again(paper)
    return {"cpu": time.process_time() - begun}


def by_weasyprint(count: int) -> dict:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from certificates.models import Certificate

    papers, fonts = list(Certificate.objects.order_by("number")[:count]), FontConfiguration()
    style = weasyprint.CSS(string=_style(), font_config=fonts)
    _set(weasyprint, papers[0], style, fonts)
    begun = time.process_time()
    for paper in papers:
        _set(weasyprint, paper, style, fonts)
    return {"cpu": time.process_time() - begun, "version": weasyprint.__version__}


def _set(weasyprint, paper, style, fonts) -> bytes:
    return weasyprint.HTML(string=_page(paper.snapshot)).write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")


def _style() -> str:
    import fontpkg_be_vietnam_pro

    folder = fontpkg_be_vietnam_pro.ROOT / "files"
    faces = "".join(
        f"@font-face {{ font-family: B; font-weight: {weight}; src: url('{next(folder.glob(f'*-{name}.ttf')).as_uri()}') }}"
        for weight, name in ((400, "Regular"), (600, "SemiBold")))
    return faces + (
        "@page { size: A4 landscape; margin: 0 } body { font: 4mm B; margin: 8mm; border: 1mm double #123e72; padding: 8mm; height: 176mm; position: relative }"
        "header { display: flex; justify-content: space-between; text-align: center } h1 { color: #a3232b; text-align: center; font-size: 12mm; margin: 8mm 0 2mm }"
        ".name { font-size: 10mm; font-weight: 600; text-align: center; color: #123e72 } p { text-align: center }"
        "svg { position: absolute; left: 8mm; bottom: 8mm; width: 27mm; height: 27mm } .code { position: absolute; left: 40mm; bottom: 8mm }"
        ".signs { position: absolute; right: 20mm; bottom: 10mm; text-align: center }")


def _page(said: dict) -> str:
    from html import escape

    from certificates import codes, typesetting, wording

    word = {name: escape(str(value)) for name, value in said.items()}
    issued_on = date.fromisoformat(said["issued_on"])
    qr = typesetting.qr_svg(said["address"], said["payload"])
    return (
        f"<html lang=vi><title>Giấy chứng nhận số {word['register_number']}</title><body>"
        f"<header><div>{word['upper_name']}<br><b>{word['issuer'].upper()}</b><br>Số: {word['register_number']}</div>"
        "<div><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b>Độc lập - Tự do - Hạnh phúc</b></div></header>"
        f"<h1>GIẤY CHỨNG NHẬN</h1><p>{wording.certifies(said['signer_form'], word['issuer'])}</p><div class=name>{word['name'].upper()}</div>"
        f"<p>{word['born_on']} · {word['post']} {word['unit']}</p><p>đã hoàn thành khóa học</p><p><b>{word['course']}</b></p>"
        f"<p>Thời gian {word['begun_on']} – {word['ended_on']} · {word['hours']} giờ học · {word['form']} · {word['grade']}</p>"
        f"<p>Theo Quyết định số {word['decision_number']}</p>{qr}"
        f"<div class=code>Số vào sổ {word['register_entry']}<br>Mã xác minh {codes.shown(said['code'])}</div>"
        f"<div class=signs>{word['place']}, {wording.long_date(issued_on)}<br><b>{word['signer_form']}<br>{word['signer_title']}</b><br><br><br>{word['signer']}</div>")


if __name__ == "__main__":
    sys.exit(main())
