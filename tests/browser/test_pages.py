"""Every page a cadre meets: nothing for axe to find in either theme, nothing wider than a small phone, and light on the wire."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Device

pytestmark = pytest.mark.browser

COURSE = "/khoa-hoc/phap-luat-lao-dong-co-ban/"
LESSON = f"{COURSE}mo-dun-1/bai-1/"
QUIZ = f"{COURSE}mo-dun-1/kiem-tra-1/"
PUBLIC = ["/", "/khoa-hoc/", "/khoa-hoc/?q=thoa+uoc", COURSE, "/xac-minh/", "/xac-minh/ngoai-tuyen/", "/xac-minh/7K2M9Q4TXB/", "/van-ban/45-2019-qh14/", "/tai-khoan/login/",
          "/tai-khoan/signup/", "/tro-giup/", "/khong-co-trang-nay/"]
OFFICE = ["/dao-tao/van-hanh/", "/dao-tao/du-lieu/", "/dao-tao/can-bo/", "/dao-tao/do-phu/", "/dao-tao/so-goc/"]
SMALL = {"width": 320, "height": 640}
LESSON_BYTES, LESSON_REQUESTS = 100_000, 8


def take_quiz(page: Page) -> str:
    """Choose the first option everywhere and submit; return the address of the result."""
    page.locator(".course-now .cta .btn").first.click()
    page.wait_for_url(re.compile(r"/cau/"))
    while "/cau/" in page.url:
        page.locator(".option").first.click()
        page.locator(".steps-bar .btn:not(.btn--line):not(.btn--icon)").last.click()
        page.wait_for_load_state()
    page.locator("form.cta button").last.click()
    page.wait_for_url(re.compile(r"/ket-qua/"))
    return page.url


@pytest.fixture(scope="module")
def pages_of_a_learner(chromium, site) -> tuple[dict, list[str]]:
    """A cadre who signed up, reads a lesson, is in the middle of one quiz and finished another; with the cookies to be that cadre again."""
    context = chromium.new_context(viewport=DESK, locale="vi-VN")
    phone = Device(context, site)
    page = phone.open("/tai-khoan/signup/")
    page.fill("[name=full_name]", "Phạm Thị Ngọc")
    page.fill("[name=phone]", "0987 654 321")
    page.fill("[name=password1]", "vuon-cay-ben-song-41")
    page.locator("main form button.btn:not(.btn--icon)").last.click()
    page.wait_for_url(re.compile(r"/hoc-tap/"))
    phone.open(COURSE).locator(".course-now form button").click()
    page.wait_for_url(re.compile(r"/bai-1/"))
    phone.open(QUIZ)
    result = take_quiz(page)
    phone.open(f"{COURSE}mo-dun-2/kiem-tra-2/").locator(".course-now .cta .btn").first.click()
    page.wait_for_url(re.compile(r"/cau/"))
    question = page.url
    state = context.storage_state()
    context.close()
    paths = [url.removeprefix(site.url) for url in (question, result)]
    return state, ["/hoc-tap/", "/chung-nhan/", "/tai-khoan/", COURSE, LESSON, QUIZ, *paths]


def faults_of(page: Page) -> list[str]:
    return [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(chromium, site, pages_of_a_learner, theme, viewport):
    state, private = pages_of_a_learner
    faults = []
    for paths, cookies in ((PUBLIC, None), (private, state)):
        # axe brings its own script, which the site's policy would rightly refuse.
        context = chromium.new_context(viewport=viewport, color_scheme=theme, locale="vi-VN", storage_state=cookies, bypass_csp=True)
        page = context.new_page()
        for path in paths:
            page.goto(f"{site.url}{path}")
            faults += faults_of(page)
        context.close()
    assert faults == []


def test_axe_finds_nothing_in_the_office(chromium, site):
    faults = []
    for theme in ("light", "dark"):
        context = chromium.new_context(viewport=DESK, color_scheme=theme, locale="vi-VN", bypass_csp=True)
        office = Device(context, site)
        page = office.sign_in("quantri@example.org")
        # Colours are those of the tokens, held in both themes on these two; the others are looked at in the one that is easier to get wrong.
        for path in ("/dao-tao/", "/dao-tao/theo-khoa-hoc/", *(OFFICE if theme == "dark" else ())):
            office.open(path)
            faults += faults_of(page)
        page.locator("a[href*='/dao-tao/hoc-vien/']").first.click() if page.locator("a[href*='/dao-tao/hoc-vien/']").count() else None
        faults += faults_of(page)
        context.close()
    assert faults == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_nothing_is_wider_than_a_small_phone(chromium, site, pages_of_a_learner, script):
    state, private = pages_of_a_learner
    context = chromium.new_context(viewport=SMALL, locale="vi-VN", storage_state=state, java_script_enabled=script, bypass_csp=True)
    page = context.new_page()
    wide = []
    for path in [*PUBLIC, *private]:
        page.goto(f"{site.url}{path}")
        if page.locator("html").bounding_box()["width"] > SMALL["width"] or _scroll_width(page, script) > SMALL["width"]:
            wide.append(path)
    context.close()
    assert wide == []


def test_the_office_fits_a_phone_and_opens_a_filter_with_a_mistake(chromium, site):
    context = chromium.new_context(viewport=PHONE, locale="vi-VN")
    office = Device(context, site)
    page, wide = office.sign_in("quantri@example.org"), []
    for path in (*OFFICE, "/dao-tao/"):
        office.open(path)
        if _scroll_width(page, True) > PHONE["width"]:
            wide.append(path)
    # The filter is folded on a phone, but not away from what has to be mended in it.
    assert not page.locator("[name=unit]").is_visible()
    for path in ("/dao-tao/", "/dao-tao/can-bo/", "/dao-tao/so-goc/"):
        office.open(f"{path}?unit=khong-co-that")
        assert page.locator("[name=unit]").is_visible(), path
        assert page.locator("[name=unit]").input_value() == "khong-co-that"
    context.close()
    assert wide == []


def _scroll_width(page: Page, script: bool) -> int:
    return page.evaluate("document.documentElement.scrollWidth") if script else 0


def test_cold_lesson_is_light(chromium, site, pages_of_a_learner):
    state, _private = pages_of_a_learner
    context = chromium.new_context(viewport=PHONE, locale="vi-VN", storage_state=state)
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.update({request.url: sum(request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))}))
    page.goto(f"{site.url}{LESSON}", wait_until="networkidle")
    context.close()
    own = {url: size for url, size in sizes.items() if "/hoc-tap/doc/" not in url}
    assert len(own) <= LESSON_REQUESTS, own
    assert sum(own.values()) <= LESSON_BYTES, own


def test_keyboard_alone_enrols_reads_and_answers(device, site, pages_of_a_learner):
    state, _private = pages_of_a_learner
    desk = device(DESK, storage_state=state)
    page = desk.open("/khoa-hoc/ky-nang-doi-thoai-tai-noi-lam-viec/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop leads to the content"
    page.locator(".course-now form button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/bai-1/"))
    desk.open("/khoa-hoc/ky-nang-doi-thoai-tai-noi-lam-viec/mo-dun-1/kiem-tra-1/")
    page.locator(".course-now form button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cau/1/"))
    page.locator(".option input").first.focus()
    page.keyboard.press("Space")
    page.locator(".saved", has_text=re.compile(r"\d\d:\d\d:\d\d")).wait_for()


def test_answer_still_on_its_way_is_waited_for_before_submitting(chromium, site, pages_of_a_learner):
    """A slow phone: the answer hangs while the taker already presses "Nộp bài"; the server must hold it when the page says what it holds."""
    state, _private = pages_of_a_learner
    context = chromium.new_context(viewport=PHONE, locale="vi-VN", storage_state=state)
    page = context.new_page()
    page.goto(f"{site.url}{COURSE}mo-dun-3/kiem-tra-3/")
    page.locator(".course-now .cta .btn").first.click()
    page.wait_for_url(re.compile(r"/cau/"))
    held = []
    page.route("**/luu/", lambda route: held.append(route) if not held else route.continue_())
    page.locator(".option").first.click()
    page.locator("button[value=submit]").click()
    page.wait_for_timeout(800)
    assert "/nop/" not in page.url, "nobody leaves while an answer is on its way"
    held[0].continue_()
    page.wait_for_url(re.compile(r"/nop/"))
    assert page.locator(".navi li").count() == 4, "four of five are not answered; the first is held"
    context.close()
