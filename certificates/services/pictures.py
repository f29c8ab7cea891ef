"""Pictures of papers for lists, drawn from the stored PDF."""

from django.core.files.base import ContentFile

from certificates import typesetting
from certificates.models import Certificate

PICTURE_WIDTH = 720


def picture_of(*, certificate: Certificate) -> bytes:
    """Return the picture of the stored PDF, drawn on the first call and kept beside it.

    :raises FileNotFoundError: when the PDF is not in the storage, or the paper was issued elsewhere and has none.
    """
    if not certificate.pdf:
        raise FileNotFoundError
    storage, name = certificate.pdf.storage, _name_of(certificate)
    if storage.exists(name):
        with storage.open(name) as file:
            return file.read()
    with storage.open(certificate.pdf.name) as file:
        picture = typesetting.picture_of(file.read(), PICTURE_WIDTH)
    storage.save(name, ContentFile(picture))
    return picture


def drop_picture(*, certificate: Certificate) -> None:
    """Delete the kept picture; the next call of `picture_of` draws it again."""
    certificate.pdf.storage.delete(_name_of(certificate))


def _name_of(certificate: Certificate) -> str:
    return f"certificates/pictures/{certificate.uuid}-{PICTURE_WIDTH}.png"
