"""People of the cast. No surprises: the same names, addresses and password each time."""

from accounts.models import User

PASSWORD = "mat-khau-cua-toi-2026"


def person(full_name: str = "Nguyễn Thị Mai", email: str | None = "mai@example.org", **fields) -> User:
    return User.objects.create_user(full_name=full_name, email=email, password=PASSWORD, **fields)


def learner() -> User:
    return person("Nguyễn Thị Mai", "mai@example.org", phone="+84912345678")


def trainer() -> User:
    return person("Lê Thị Hồng Vân", "van@example.org")


def administrator() -> User:
    return person("Trần Văn Ân", "an@example.org", is_staff=True, is_superuser=True)


def outsider() -> User:
    return person("Đỗ Văn Ngoài", "ngoai@example.org")
