"""Passwords are kept by Argon2id; one that was kept another way still opens, and is kept anew by it."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from lms import settings as product

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS


def test_new_passwords_are_argon2id_with_the_measure_of_owasp():
    kept = make_password("vườn cây bên sông")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("vườn cây bên sông", kept) and not check_password("vuon cay ben song", kept)


def test_password_of_before_opens_and_is_kept_anew_at_sign_in(client, learner):
    learner.password = make_password("vườn cây bên sông", hasher="pbkdf2_sha256")
    learner.save()
    client.post("/tai-khoan/login/", {"login": learner.email, "password": "vườn cây bên sông"})
    learner.refresh_from_db()
    assert identify_hasher(learner.password).algorithm == "argon2"
    assert learner.check_password("vườn cây bên sông")
