"""The pages of lists of cadres: the whole way through HTTP, who may come in, and what a page costs."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.factories import accounts as people
from tests.factories import unions as factory
from tests.unions.test_rosters import HB, HEAD, SL, branch, mai, read, workbook  # noqa: F401 - fixtures
from unions.models import Post, RosterImport, Unit
from unions.services.rosters import applying, reading

ROWS = [HEAD, [1, "Nguyễn Thị Mai", "05/02/1988", "Chủ tịch", SL, ""], [2, "Trần Văn Bình", "1990", "Tổ trưởng", HB, "0977777777"]]


@pytest.fixture
def clerk(branch) -> User:  # noqa: F811
    person = people.trainer()
    factory.role(person, branch)
    return person


def address(name: str, job: RosterImport) -> str:
    return reverse(f"rosters:{name}", args=[job.uuid])


@pytest.mark.same_everywhere
def test_a_list_is_sent_looked_at_decided_and_brought_in(branch, mai, clerk, as_user, now):  # noqa: F811
    client = as_user(clerk)
    wish = {"file": SimpleUploadedFile("ds.xlsx", workbook(ROWS).getvalue()), "unit": str(branch.uuid), "mode": "roster", "on": "01/07/2026"}
    response = client.post(reverse("rosters:import-roster"), wish)
    job = RosterImport.objects.get()
    assert (response.status_code, response.url, job.by) == (303, address("show-roster", job), clerk)
    reading.read_roster(job=job, clock=lambda: now)
    row = job.rows.get(verdict="ask")
    page = client.get(f"{response.url}?xem=ask").content.decode()
    assert all(words in page for words in (f'name="row-{row.pk}"', f'value="{mai.pk}"', HB, "05/02/1988"))
    assert client.post(address("decide-rows", job), {f"row-{row.pk}": str(mai.pk), "xem": "ask"}).status_code == 303
    assert client.post(address("decide-rows", job), {f"row-{row.pk}": str(clerk.pk)}).status_code == 422
    assert client.post(address("bring-in", job)).status_code == 303
    applying.apply_roster(job=RosterImport.objects.get(), by=clerk, now=now, clock=lambda: now)
    assert sorted(Post.objects.values_list("user__full_name", "unit__code")) == [("Nguyễn Thị Mai", "HB"), ("Nguyễn Thị Mai", "SL"), ("Trần Văn Bình", "HB")]
    assert client.get(response.url).status_code == 200
    assert client.get(response.url, headers={"Accept": "application/json"}).json()["settled"]


@pytest.mark.same_everywhere
def test_columns_are_chosen_on_the_page_and_a_wrong_file_stays_on_the_form(branch, clerk, as_user, now):  # noqa: F811
    client = as_user(clerk)
    assert client.post(reverse("rosters:import-roster"), {"unit": str(branch.uuid), "mode": "roster", "on": "x"}).status_code == 422
    job = read([["Danh sách"], ["Số", "Đồng chí", "Việc", "Nơi"], [1, "Trần Văn Bình", "Chủ tịch", HB]], branch, now, by=clerk)
    columns = reverse("rosters:choose-columns", args=[job.uuid, 1])
    assert client.post(columns, {"row": "2"}).status_code == 303
    reading.read_roster(job=RosterImport.objects.get(), clock=lambda: now)
    assert client.post(columns, {"row": "2", "post": "2"}).status_code == 422
    assert client.post(columns, {"row": "2", "name": "1", "post": "2", "unit": "3"}).status_code == 303
    reading.read_roster(job=RosterImport.objects.get(), clock=lambda: now)
    assert RosterImport.objects.get().counts["new"] == 1


@pytest.mark.same_everywhere
def test_only_the_office_of_the_unit_comes_in(branch, mai, clerk, outsider, as_user, now):  # noqa: F811
    job = read(ROWS, branch, now, by=clerk)
    factory.role(outsider, factory.unit("Khác", "KH"))
    viewer = people.person("Lê Văn Xem", "xem@example.org")
    factory.role(viewer, branch, "viewer")
    for person in (outsider, viewer):
        client = as_user(person)
        assert client.get(address("show-roster", job)).status_code == client.get(address("list-absent", job)).status_code == 404
        assert {client.post(address(name, job)).status_code for name in ("bring-in", "cancel-roster", "decide-rows")} == {404}
        assert client.post(reverse("rosters:choose-columns", args=[job.uuid, 1])).status_code == 404
    assert as_user(viewer).get(reverse("rosters:import-roster")).status_code == 403
    assert as_user(mai).get(reverse("rosters:import-roster")).status_code == 403
    assert as_user(outsider).post(reverse("rosters:export-roster"), {"unit": str(branch.uuid)}).status_code == 404
    wish = {"file": SimpleUploadedFile("ds.xlsx", workbook(ROWS).getvalue()), "unit": str(branch.uuid), "mode": "roster", "on": "01/07/2026"}
    assert as_user(outsider).post(reverse("rosters:import-roster"), wish).status_code == 422
    assert as_user(clerk).post(address("cancel-roster", job)).status_code == 303
    job.refresh_from_db()
    assert (job.state, job.file.name, job.rows.count(), RosterImport.objects.count()) == ("cancelled", "", 0, 1)


@pytest.mark.same_everywhere
def test_a_viewer_exports_what_they_see(branch, mai, as_user, now):  # noqa: F811
    viewer = people.person("Lê Văn Xem", "xem@example.org")
    factory.role(viewer, Unit.objects.get(code="HB"), "viewer")
    response = as_user(viewer).post(reverse("rosters:export-roster"), {"unit": str(Unit.objects.get(code="HB").uuid)})
    content = io.BytesIO(b"".join(response.streaming_content))
    assert [row.data["name"] for row in read(content, branch, now).rows.all()] == ["Nguyễn Thị Mai"]
    assert mai.log_entries.get().by == viewer


def test_a_page_costs_the_same_with_one_and_thirty_rows(branch, mai, clerk, as_user, now):  # noqa: F811
    client, costs = as_user(clerk), []
    for count in (1, 30):
        rows = [[n, f"Trần Văn {chr(64 + n)}", "1990", "Tổ trưởng", HB, ""] for n in range(1, count)]
        job = read([HEAD, ROWS[1], *rows], branch, now, by=clerk)
        client.get(address("show-roster", job))
        with CaptureQueriesContext(connection) as counted:
            client.get(address("show-roster", job))
        costs.append(len(counted))
    assert costs[0] == costs[1]
