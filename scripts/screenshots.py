"""The pictures of the README, taken again from a running site with Playwright and Chromium.

    .venv/bin/python scripts/screenshots.py http://127.0.0.1:8000 [FOLDER]

The site must be a fresh demonstration: the cadre enrols, studies one course to its end and is given the certificate that is then shown.
Right answers are read from the demonstration's own files. Needs the packages of requirements-dev.txt and Chromium.
"""

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from packages import chromium  # noqa: E402

from lms.demo.text import read_questions  # noqa: E402

PASSWORD = "congdoan-demo"
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1280, "height": 800}}
SEARCH = "/khoa-hoc/?q=thoa+uoc+lao+dong+tap+the"
COURSE = "/khoa-hoc/thuong-luong-tap-the/"
QUESTIONS = ROOT / "demo" / "thuong-luong-tap-the" / "questions.md"
WORD_TEXT = """Câu 1: Thương lượng không thành thì làm gì trước?
A. Đình công ngay
B. Hòa giải qua hòa giải viên lao động
C. Kiện ra tòa
Đáp án: B

Câu 2: Bên nhận yêu cầu thương lượng được từ chối không?
A. Được
B. Không được
"""
LARGEST = 150_000
COLOURS = (256, 128, 64, 32)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


ANSWERS = {plain(one.stem): [option.text for option in one.options if option.is_right] for one in read_questions(QUESTIONS)}


class Screen:
    """A phone or a desktop in somebody's hand, and the folder that its pictures go to."""

    def __init__(self, browser: Browser, site: str, folder: Path, size: dict) -> None:
        self.site, self.folder, self.suffix = site, folder, "phone" if size is PHONE else "desk"
        context = browser.new_context(**size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", color_scheme="light", reduced_motion="reduce")
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)

    def open(self, path: str) -> Page:
        answer = self.page.goto(f"{self.site}{path}")
        if answer and answer.status >= 400:
            sys.exit(f"{path}: {answer.status}")
        return self.page

    def sign_in(self, login: str) -> None:
        self.open("/tai-khoan/login/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def take(self, name: str, path: str = "") -> None:
        """Keep what is seen now, or at an address, with as many colours as fit."""
        if path:
            self.open(path)
        self.page.evaluate("document.fonts.ready")
        self.page.wait_for_load_state("networkidle")
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        for colours in COLOURS:
            kept = io.BytesIO()
            picture.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
            if kept.tell() < LARGEST:
                break
        target = self.folder / f"{name}-{self.suffix}.png"
        target.write_bytes(kept.getvalue())
        print(f"{target.name}  {kept.tell() // 1024} KB, {colours} colours", flush=True)


def study(phone: Screen, desk: Screen) -> None:
    """Take a course from the first search to its last question, on two devices of one person."""
    for screen in (phone, desk):
        screen.take("home", "/")
        screen.take("catalogue", SEARCH)
        screen.sign_in("hocvien@example.org")
    page = phone.open(COURSE)
    if not page.locator("form[action*='/hoc-tap/'] button").count():
        sys.exit("The cadre has begun this course already: take the pictures from a fresh demonstration.")
    page.locator(".course-now form button").click()
    page.wait_for_url(re.compile(r"/bai-1/$"))
    parts = [link.get_attribute("href") for link in phone.open(COURSE).locator("section.outline a").all()]
    for screen in (desk, phone):
        screen.take("lesson", parts[0])
    phone.page.locator(".law").first.evaluate("block => block.scrollIntoView({block: 'center'})")
    phone.take("citation")
    for path in parts[:2]:
        read_lesson(phone.open(path))
    for screen in (phone, desk):
        screen.take("course", COURSE)
        screen.take("learn", "/hoc-tap/")
    take_quiz(phone, desk, parts[2])
    for path in parts[3:]:
        if phone.open(path).locator("article.prose").count():
            read_lesson(phone.page)
        else:
            take_quiz(phone)


def read_lesson(page: Page) -> None:
    """Press the button under the lesson that says it is read."""
    button = page.locator(".read-to-end button")
    if button.count():
        button.click()
        page.wait_for_load_state()


def take_quiz(phone: Screen, desk: Screen | None = None, path: str = "") -> None:
    """Answer every question rightly and hand in; with a second device, take its pictures on the way."""
    page = phone.open(path) if path else phone.page
    page.locator(".course-now .cta .btn").first.click()
    page.wait_for_url(re.compile(r"/bai-lam/"))
    answered = 0
    while "/cau/" in page.url:
        answer(page)
        answered += 1
        if desk and answered == 2:
            phone.take("quiz")
            desk.take("quiz", page.url.removeprefix(phone.site))
        page.locator(".steps-bar .btn:not(.btn--line):not(.btn--icon)").last.click()
        page.wait_for_load_state()
    page.locator("form.cta button").first.click()
    page.wait_for_url(re.compile(r"/ket-qua/"))
    if desk:
        phone.take("result")
        desk.take("result", page.url.removeprefix(phone.site))


def answer(page: Page) -> None:
    """Choose the right options and wait until the server says that it holds them."""
    shown = " ".join(page.locator(".question").inner_text().split())
    for text in next(right for stem, right in ANSWERS.items() if stem in shown):
        page.locator(".option", has=page.get_by_text(text, exact=True)).click()
    page.locator(".saved", has_text=re.compile(r"\d\d:\d\d:\d\d")).wait_for()


def show_certificate(phone: Screen, desk: Screen, strangers: list[Screen]) -> None:
    """Open the certificate that the course gave, and check it as somebody without an account."""
    address = phone.open("/chung-nhan/").locator("ul.certs a[href*='/chung-nhan/']").first.get_attribute("href")
    check = phone.page.locator("a[href*='/xac-minh/']:not(nav a):not(footer a)").first.get_attribute("href")
    for screen in (phone, desk):
        screen.take("certificate", address)
    phone.take("my-data", "/tai-khoan/du-lieu/")
    for screen in strangers:
        screen.take("verification", check)


def show_office(phone: Screen, desk: Screen, editor: Screen) -> None:
    """The office's list, its coverage and the running of the site as the administrator sees them, and a lesson in the trainer's editor."""
    for screen in (phone, desk):
        screen.sign_in("quantri@example.org")
        screen.take("office", "/dao-tao/")
        screen.take("operations", "/dao-tao/van-hanh/")
        screen.take("coverage", screen.open("/dao-tao/do-phu/").locator("main a[href^='/dao-tao/do-phu/']").first.get_attribute("href"))
    editor.sign_in("giangvien@example.org")
    lesson = editor.open(f"{COURSE}mo-dun-1/bai-1/").locator(".edit-link a").get_attribute("href")
    editor.take("editor", lesson)
    show_bank(editor)


def show_bank(desk: Screen) -> None:
    """A Word text that was understood but for one question, and how the questions of a quiz did; by the trainer, who is signed in."""
    page = desk.open("/dao-tao/ngan-hang/nhap/")
    page.set_input_files("[type=file]", {"name": "Đề thi tháng 11.txt", "mimeType": "text/plain", "buffer": WORD_TEXT.encode()})
    page.fill("[name=bank]", "Đề thi tháng 11")
    page.locator("main form .cta button").click()
    page.locator("form[action$='/dua-vao/'] button:not([formaction])").wait_for()
    desk.take("import")
    page.locator("button[formaction$='/huy/']").click()
    # The one that the demonstration has worked out.
    desk.open("/dao-tao/phan-tich/").get_by_role("link", name="Đố nhanh: pháp luật lao động").click()
    page.wait_for_url(re.compile(r"/phan-tich/.+"))
    desk.take("analysis")


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    site = sys.argv[1].rstrip("/")
    folder = Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"])

        def screens(*sizes: dict) -> list[Screen]:
            return [Screen(browser, site, folder, size) for size in sizes]

        phone, desk = screens(PHONE, DESK)
        study(phone, desk)
        show_certificate(phone, desk, screens(PHONE, DESK))
        show_office(*screens(PHONE, DESK, DESK))
        browser.close()


if __name__ == "__main__":
    main()
