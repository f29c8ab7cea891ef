"""Issuing units are kept in the Wagtail admin; certificates are not in it at all."""

import pytest
from django.urls import NoReverseMatch, reverse

from certificates.models import Issuer
from tests.factories import certificates as factory
from tests.factories import unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def office(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def values_of(unit, **changes) -> dict:
    return {
        "unit": unit.pk, "upper_name": "", "name": "Công đoàn phường Tân Lập", "place": "Tân Lập", "series_code": "CĐ",
        "number_format": "{số:3}/{loại}-{mã}", "register_format": "{số:4}/{năm}",
        "signer_form": "TM. BAN CHẤP HÀNH", "signer_title": "CHỦ TỊCH", "signer_name": "Trần Văn An",
        "signatories-TOTAL_FORMS": 0, "signatories-INITIAL_FORMS": 0, **changes}


def test_issuer_is_entered_changed_and_never_deleted(office):
    address = reverse("wagtailsnippets_certificates_issuer:add")
    assert office.get(address).status_code == 200
    assert office.post(address, values_of(unions.unit(), is_default="on")).status_code == 302
    issuer = Issuer.objects.get()
    assert "Trần Văn An" in office.get(reverse("wagtailsnippets_certificates_issuer:list")).content.decode()
    assert office.post(reverse("wagtailsnippets_certificates_issuer:delete", args=[issuer.pk])).status_code == 302
    assert Issuer.objects.get() == issuer


def test_a_second_default_issuer_is_refused_in_the_form(office):
    factory.issuer()
    response = office.post(reverse("wagtailsnippets_certificates_issuer:add"), values_of(unions.unit("Khác", "K"), is_default="on"))
    assert (response.status_code, Issuer.objects.count()) == (200, 1)


@pytest.mark.parametrize("model", ["certificate", "series", "registerentry", "nameconsent"])
def test_the_register_itself_cannot_be_edited_there(model):
    with pytest.raises(NoReverseMatch):
        reverse(f"wagtailsnippets_certificates_{model}:list")
