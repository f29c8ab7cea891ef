"""A passkey in a real browser, under the strict policy: added with the password, then signing in without one."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from tests.factories import accounts as people
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield page
    page.close()


def test_a_passkey_is_added_and_signs_in_alone(live_server, settings, page):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    people.learner()
    site = live_server.url.replace("127.0.0.1", "localhost")
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)

    page.goto(site + reverse("account_login"))
    page.fill("[name=login]", "0912 345 678")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button >> nth=1")
    page.wait_for_url("**/hoc-tap/")
    page.goto(site + reverse("mfa_add_webauthn"))
    page.fill("[name=password]", PASSWORD)
    page.click("main form button >> nth=-1")
    page.click("[data-passkey-button]")
    page.wait_for_url("**/2fa/recovery-codes/")

    page.context.clear_cookies()
    page.goto(site + reverse("account_login") + "?next=" + reverse("accounts:show-profile"))
    page.click("[data-passkey-button]")
    page.wait_for_url("**" + reverse("accounts:show-profile"))

    assert page.input_value("[name=full_name]") == "Nguyễn Thị Mai"
    assert get_user_model().objects.get().authenticator_set.filter(type="webauthn").exists()
    assert complaints == []
