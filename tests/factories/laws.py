"""Legal documents as small as the test needs."""

from datetime import date

from laws.enums import Kind
from laws.models import LegalDocument, Provision


def document(number: str = "45/2019/QH14", title: str = "Bộ luật Lao động", **fields) -> LegalDocument:
    fields.setdefault("slug", number.lower().replace("/", "-").replace("đ", "d"))
    fields.setdefault("in_force_from", date(2021, 1, 1))
    return LegalDocument.objects.create(number=number, title=title, **{"kind": Kind.CODE, "issuer": "Quốc hội", **fields})


def provision(of: LegalDocument, article: str = "70", **fields) -> Provision:
    fields.setdefault("text", "Khi một bên yêu cầu, bên kia phải nhận lời thương lượng.")
    return Provision.objects.create(document=of, article=article, **fields)
