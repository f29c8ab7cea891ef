"""Taking a quiz on a bad day: no network, an ended session, somebody else's phone, two windows, a clock that runs out."""

import re

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser import stage
from tests.browser.conftest import DESK, PASSWORD, Device

pytestmark = pytest.mark.browser

CADRE, TRAINER = "hocvien@example.org", "giangvien@example.org"
SAVED = re.compile(r"\d\d:\d\d:\d\d")
LEFT_HERE = """() => new Promise((done) => {
  indexedDB.open("bai-lam").onsuccess = ({ target }) => {
    target.result.transaction("cho").objectStore("cho").getAll().onsuccess = (found) => done(found.target.result.map((one) => Object.keys(one).sort()));
  };
})"""


@pytest.fixture
def phone(device) -> Device:
    phone = device()
    phone.sign_in(CADRE)
    return phone


def forgive(device: Device, *expected: str) -> None:
    """Take the faults out that belong to the story."""
    device.faults[:] = [fault for fault in device.faults if not any(one in fault for one in expected)]


def cut(device: Device) -> None:
    """Take the network away; a request that outlives its page may slip past the browser's own switch."""
    device.context.route("**/luu/", lambda route: route.abort("internetdisconnected"))
    device.context.set_offline(True)


def mend(device: Device) -> None:
    device.context.unroute("**/luu/")
    device.context.set_offline(False)


def choose(page: Page, number: int = 0) -> None:
    page.locator(".option").nth(number).click()


def go_on(page: Page) -> None:
    page.locator(".steps-bar button").last.click()


def opened(page: Page) -> Page:
    """Wait until the page holds the other questions too."""
    page.locator("form[data-loaded]").wait_for(state="attached")
    return page


def answered(device: Device, attempt: str) -> list[str]:
    return [position for position, slot in stage.look(device.site, attempt)["slots"].items() if slot["answer"]]


def test_taker_without_network_answers_three_questions_and_they_are_sent_when_it_is_back(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer", "several_answers", "essay")
    page = opened(phone.open(attempt))
    cut(phone)
    choose(page)
    expect(page.locator(".saved")).to_have_class(re.compile("saved--wait"))
    go_on(page)
    expect(page).to_have_url(re.compile("/cau/2/$"))
    choose(page, 1)
    go_on(page)
    page.locator("textarea").fill("Biên bản là căn cứ.")
    expect(page.locator(".navi ol .is-wait")).to_have_count(3)
    expect(page.locator("[data-notice^=offline]")).to_contain_text("3")
    page.locator(".navi summary").click()
    page.locator(".navi [value='1']").click()
    expect(page.locator(".option input").first).to_be_checked()
    assert answered(phone, attempt) == []
    mend(phone)
    expect(page.locator("[data-notice=back]")).to_be_visible()
    expect(page.locator(".navi ol .is-saved")).to_have_count(3)
    assert answered(phone, attempt) == ["1", "2", "3"]
    page.reload()
    expect(page.locator(".option input").first).to_be_checked()
    assert page.evaluate("localStorage.getItem('bai-lam:cho')") is None


def test_answers_of_a_page_that_was_closed_without_network_are_sent_by_the_next_page_of_the_site(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer", "true_false")
    page = opened(phone.open(attempt))
    cut(phone)
    choose(page)
    expect(page.locator(".saved")).to_have_class(re.compile("saved--wait"))
    with pytest.raises(Error):
        page.reload()
    page.close()
    mend(phone)
    page = phone.context.new_page()
    page.goto(f"{phone.site.url}/khoa-hoc/")
    expect(page.locator(".replayed")).to_contain_text("1")
    assert answered(phone, attempt) == ["1"]
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator(".replayed").count() == 0


def test_taker_whose_session_ends_signs_in_over_the_page_and_goes_on(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer", "true_false")
    page = opened(phone.open(attempt))
    phone.context.clear_cookies(name="sessionid")
    choose(page)
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("[name=login]").fill(CADRE)
    dialog.locator("[name=password]").fill("sai-mat-khau")
    dialog.locator("[value=sign-in]").click()
    expect(dialog.locator("[role=alert]")).to_be_visible()
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("[value=sign-in]").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".saved")).to_contain_text(SAVED)
    assert answered(phone, attempt) == ["1"]
    go_on(page)
    expect(page).to_have_url(re.compile("/cau/2/$"))
    forgive(phone, "401", "400")


def test_somebody_else_on_the_same_device_neither_sends_nor_sees_what_waits(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer", "true_false")
    page = opened(phone.open(attempt))
    cut(phone)
    choose(page)
    expect(page.locator(".saved")).to_have_class(re.compile("saved--wait"))
    phone.context.clear_cookies(name="sessionid")
    mend(phone)
    expect(page.locator("dialog")).to_be_visible()
    dialog = page.locator("dialog")
    dialog.locator("[name=login]").fill(TRAINER)
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("[value=sign-in]").click()
    expect(page.locator("[data-notice=other-person]")).to_contain_text("1")
    assert page.evaluate(LEFT_HERE) == [["client_uuid", "id", "iv", "sealed", "seq"]], "nothing that could be read"
    page = phone.open("/khoa-hoc/")
    page.wait_for_load_state("networkidle")
    assert page.locator(".replayed").count() == 0
    assert answered(phone, attempt) == []
    phone.context.clear_cookies(name="sessionid")
    phone.sign_in(CADRE)
    expect(page.locator(".replayed")).to_contain_text("1")
    assert answered(phone, attempt) == ["1"]
    forgive(phone, "401")


def test_two_windows_of_one_attempt_show_the_newest_answer(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer")
    first = phone.open(attempt)
    expect(first.locator(".saved")).to_be_visible()
    second = phone.context.new_page()
    second.goto(first.url)
    second.wait_for_load_state("networkidle")
    choose(first, 1)
    expect(second.locator("[data-notice=other-tab]")).to_be_visible()
    expect(second.locator(".option input").nth(1)).to_be_checked()
    expect(second.locator(".saved")).to_contain_text(SAVED)
    choose(second, 2)
    expect(first.locator(".option input").nth(2)).to_be_checked()


def test_text_is_saved_while_it_is_written_and_never_taken_back(phone):
    attempt = stage.start(phone.site, CADRE, "essay")
    page = phone.open(attempt)
    # Nobody has left the field: what is written is saved in the first pause.
    with page.expect_response(lambda reply: reply.url.endswith("/luu/")):
        page.locator("textarea").press_sequentially("Biên bản", delay=10)
    page.locator("textarea").press_sequentially(" là căn cứ để hai bên cùng làm theo, mỗi năm một lần.", delay=30)
    expect(page.locator("textarea")).to_have_value("Biên bản là căn cứ để hai bên cùng làm theo, mỗi năm một lần.")
    expect(page.locator(".saved")).to_contain_text(SAVED)
    assert stage.look(phone.site, attempt)["slots"]["1"]["answer"]["text"].endswith("mỗi năm một lần.")


def test_all_questions_on_one_page_are_saved_one_by_one(device):
    desk = device(DESK)
    desk.sign_in(CADRE)
    attempt = stage.start(desk.site, CADRE, "one_answer", "several_answers", "essay", layout="all")
    page = desk.open(attempt)
    cards = page.locator("[data-card]")
    cards.nth(0).locator(".option").first.click()
    expect(cards.nth(0).locator(".saved")).to_contain_text(SAVED)
    expect(cards.nth(1).locator(".saved")).to_have_class(re.compile("saved--busy"))
    cut(desk)
    cards.nth(1).locator(".option").first.click()
    cards.nth(2).locator("[data-flag]").click()
    expect(page.locator(".navi [data-place='2']")).to_have_class(re.compile("is-wait"))
    expect(page.locator("[data-notice=offline-all]")).to_be_visible()
    mend(desk)
    expect(page.locator(".navi ol .is-saved")).to_have_count(2)
    expect(page.locator("[data-notice=back]")).to_be_visible()
    held = stage.look(desk.site, attempt)["slots"]
    assert [bool(slot["answer"]) for slot in held.values()] == [True, True, False]
    assert held["3"]["flagged"]


def test_answer_that_waits_when_the_time_is_over_is_sent_within_the_grace_and_marked(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer", time_limit_seconds=14, grace_seconds=90)
    page = phone.open(attempt)
    page.wait_for_load_state("networkidle")
    cut(phone)
    choose(page)
    expect(page.locator("[data-notice=time-over]")).to_be_visible(timeout=20_000)
    mend(phone)
    page.wait_for_url(re.compile("/ket-qua/$"), timeout=20_000)
    seen = stage.look(phone.site, attempt)
    assert seen["state"] == "marked"
    assert seen["slots"]["1"]["late"]


def test_result_takes_late_answers_that_were_left_on_the_device(phone):
    attempt = stage.start(phone.site, CADRE, "one_answer", time_limit_seconds=12, grace_seconds=90)
    page = phone.open(attempt)
    page.wait_for_load_state("networkidle")
    cut(phone)
    choose(page)
    expect(page.locator("[data-notice=time-over]")).to_be_visible(timeout=20_000)
    page.goto("about:blank")
    mend(phone)
    phone.open(attempt)
    expect(page.locator("[data-late]")).to_be_hidden(timeout=15_000)
    seen = stage.look(phone.site, attempt)
    assert (seen["state"], seen["slots"]["1"]["late"]) == ("marked", True)


def test_file_is_sent_when_it_is_chosen_and_then_stands_in_the_card(phone):
    attempt = stage.start(phone.site, CADRE, "file_upload", "one_answer")
    page = phone.open(attempt)
    page.locator("input[type=file]").set_input_files({"name": "bien-ban.txt", "mimeType": "text/plain", "buffer": b"Bien ban"})
    expect(page.locator(".saved")).to_have_class(re.compile("saved--fail"))
    page.locator("input[type=file]").set_input_files({"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"})
    expect(page.locator(".files")).to_contain_text("bien-ban.pdf")
    expect(page.locator(".saved")).to_contain_text(SAVED)
    assert answered(phone, attempt) == ["1"]
    forgive(phone, "400")
