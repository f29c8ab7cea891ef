"""Whoever keeps the question bank: a Word text comes in on a phone, and nothing for axe to find on the pages around it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Device

pytestmark = pytest.mark.browser

TRAINER = "giangvien@example.org"
TEXT = """Câu 1: Hợp đồng lao động xác định thời hạn dài nhất là bao lâu?
A. 12 tháng
B. 36 tháng
C. 60 tháng
Đáp án: B

Câu 2: Câu này quên ghi đáp án?
A. Có
B. Không
"""
PAGES = ["/dao-tao/ngan-hang/", "/dao-tao/ngan-hang/nhap/", "/dao-tao/ngan-hang/xuat/", "/dao-tao/ngan-hang/trung/", "/dao-tao/bai-lam/", "/dao-tao/khieu-nai/",
         "/dao-tao/cham-lai/", "/dao-tao/phan-tich/"]
# From a list to what stands behind its first row.
BEHIND = [("/dao-tao/khieu-nai/", "main a[href^='/dao-tao/khieu-nai/']"), ("/dao-tao/phan-tich/", "main a[href^='/dao-tao/phan-tich/']"),
          ("/dao-tao/ngan-hang/trung/", "main a[href^='/dao-tao/ngan-hang/cau/']"), ("/dao-tao/bai-lam/", "main table a[href^='/dao-tao/bai-lam/']")]


def faults_of(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    found = [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page).response["violations"]]
    return found + ([f"{page.url} is too wide"] if wide else [])


def test_trainer_brings_a_word_text_in_on_a_phone(device):
    phone = device(PHONE)
    phone.sign_in(TRAINER)
    page = phone.open("/dao-tao/ngan-hang/nhap/")
    page.set_input_files("[type=file]", {"name": "Đề thi thử.txt", "mimeType": "text/plain", "buffer": TEXT.encode("utf-16")})
    page.fill("[name=bank]", "Công đoàn cơ sở/Bài 1")
    page.locator("main form .cta button").click()
    page.wait_for_url(re.compile(r"/nhap/[0-9a-f-]{36}/"))
    bring = page.locator("form[action$='/dua-vao/'] button:not([formaction])")
    bring.wait_for(timeout=20_000)
    words = page.locator("main").inner_text()
    assert "Câu này quên ghi đáp án" in words
    assert "đoạn" in words or "dòng" in words, "where in the file, in Vietnamese"
    bring.click()
    page.locator("main .notice--good").wait_for(timeout=20_000)
    page.goto(f"{phone.site.url}/quan-tri/snippets/quizzes/question/?q=hop+dong+lao+dong+xac+dinh+thoi+han+dai+nhat")
    assert page.locator("main").get_by_text("dài nhất là bao lâu").count()


@pytest.mark.parametrize(("viewport", "theme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"])
def test_axe_finds_nothing_around_the_bank(chromium, site, viewport, theme):
    context = chromium.new_context(viewport=viewport, color_scheme=theme, locale="vi-VN", bypass_csp=True)
    office = Device(context, site)
    page = office.sign_in(TRAINER)
    faults = []
    for path in PAGES:
        office.open(path)
        faults += faults_of(page)
    for path, link in BEHIND:
        office.open(path).locator(link).first.click()
        page.wait_for_load_state()
        faults += faults_of(page)
    context.close()
    assert faults == []
