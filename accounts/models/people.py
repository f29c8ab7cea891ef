"""The person. One account a person; signs in by e-mail, telephone number or member code. Whom a list only names has none of these yet,
and is let in by a slip (`accounts.models.slips`).

Keeps true: e-mail is lower case, telephone is E.164, names are NFC; sort_key and search_key follow them.
"""

import uuid

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Gender, Language
from accounts.querysets import UserManager
from vietnamese import names, phones
from vietnamese.text import clean, search_key

# What is left of a person who was erased: a row that records point at.
ERASED_NAME = "Người dùng đã xóa"
ERASED_DOMAIN = "da-xoa.invalid"


class User(AbstractBaseUser, PermissionsMixin):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=120)
    given_name = models.CharField(
        _("given name"), max_length=40, blank=True, help_text=_("Only when it is not the last word of the full name."))
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    phone = models.CharField(_("telephone number"), max_length=16, unique=True, null=True, blank=True)
    # The number of the union card; also what somebody without telephone and e-mail signs in with.
    member_code = models.CharField(_("member code"), max_length=20, unique=True, null=True, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    # Often all that a list knows. With a date of birth it is that date's year.
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.VIETNAMESE)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    sort_key = models.CharField(max_length=400, editable=False, default="")
    search_key = models.CharField(max_length=400, editable=False, default="")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=~Q(email=""), name="user_email_is_null_not_empty"),
            models.CheckConstraint(condition=~Q(phone=""), name="user_phone_is_null_not_empty"),
            models.CheckConstraint(condition=~Q(member_code=""), name="user_member_code_is_null_not_empty"),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="user_in_order"),
            # Which of many people of one name a list means.
            models.Index(fields=["birth_year", "sort_key"], name="user_by_birth"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.get_username()

    def clean(self) -> None:
        self.full_name = clean(self.full_name)
        self.given_name = clean(self.given_name)
        self.email = self.email.strip().lower() if self.email else None
        if not self.full_name:
            raise ValidationError({"full_name": _("Enter your full name.")})
        if self.phone:
            try:
                self.phone = phones.to_e164(self.phone)
            except phones.InvalidPhone as error:
                raise ValidationError({"phone": _("A telephone number has 10 digits and begins with 0.")}) from error
        else:
            self.phone = None
        self.member_code = clean(self.member_code or "").upper() or None

    def save(self, *args, **kwargs) -> None:
        """Keep the stored keys in step with the fields that they are made of, and "no e-mail" one thing: None."""
        self.set_keys()
        if (update_fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*update_fields, "birth_year", "sort_key", "search_key"}
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Bring what is made of other fields in step with them; for whoever writes many people at once, past `save`."""
        self.email, self.phone, self.member_code = self.email or None, self.phone or None, self.member_code or None
        if born_on := self._meta.get_field("date_of_birth").to_python(self.date_of_birth):
            self.birth_year = born_on.year
        self.sort_key = names.sort_key(self.full_name, self.given_name)
        parts = [self.full_name, self.phone or "", self.phone_shown.replace(" ", ""), self.email or "", self.member_code or ""]
        self.search_key = search_key(" ".join(parts))[:400]

    def get_username(self) -> str:
        return self.email or self.phone_shown or self.member_code or ""

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.given_name or names.given_name(self.full_name)

    @property
    def is_erased(self) -> bool:
        """Whether nothing but an empty row is left of this person."""
        return (self.email or "").endswith(f"@{ERASED_DOMAIN}")

    @property
    def phone_shown(self) -> str:
        """The telephone number as it is said: "0912 345 678"."""
        return phones.shown(self.phone) if self.phone else ""
