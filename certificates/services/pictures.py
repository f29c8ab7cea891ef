"""Pictures of papers for lists, drawn from the stored PDF."""

from django.core.files.base import ContentFile

from certificates import typesetting
from certificates.models import Certificate

PICTURE_WIDTH = 720


def picture_of(*, certificate: Certificate) -> bytes:
    """Return the picture of the stored PDF, drawn on the first call and kept beside it.

    :raises FileNotFoundError: when the PDF is not in the storage.
    """
    storage, name = certificate.pdf.storage, f"certificates/pictures/{certificate.uuid}-{PICTURE_WIDTH}.png"
    if storage.exists(name):
        with storage.open(name) as file:
            return file.read()
    with storage.open(certificate.pdf.name) as file:
        picture = typesetting.picture_of(file.read(), PICTURE_WIDTH)
    storage.save(name, ContentFile(picture))
    return picture
