"""How passwords are kept: Argon2id, ten times cheaper to check for us than PBKDF2 with a million rounds, and dearer to guess for who stole them."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet): about 28 ms of one core, so that an evening's thousands get in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
