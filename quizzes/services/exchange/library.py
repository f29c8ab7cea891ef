"""Pictures of a file of questions on their way into Wagtail's library: files first, their rows in the transaction of the questions."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.files import File
from wagtail.images import get_image_model
from wagtail.models import Collection

from quizzes.storage import private_files


class Library:
    """The library's pictures by the places that stand for them in questions that wait. A picture that is there already is used again."""

    def __init__(self, by):
        self.by = by
        self.ids: dict[str, int] = {}
        self._new: dict[str, Any] = {}

    def lay_in(self, pictures: Iterable[dict[str, dict[str, Any]]]) -> None:
        """Copy the files of pictures that the library does not have. Writes no row; four queries at most."""
        wanted = {place: known for some in pictures for place, known in some.items()}
        if not wanted:
            return
        images = get_image_model().objects.filter(file_hash__in=[known["sha1"] for known in wanted.values()])
        there = dict(images.order_by("-pk").values_list("file_hash", "pk"))
        root = Collection.get_first_root_node()
        for place, known in wanted.items():
            if known["sha1"] in there:
                self.ids[place] = there[known["sha1"]]
            else:
                self._new[place] = self._copied(known, root)

    def write(self) -> None:
        """Write the rows of the new pictures. One query for each hundred."""
        made = get_image_model().objects.bulk_create(self._new.values(), batch_size=100)
        self.ids |= {place: image.pk for place, image in zip(self._new, made, strict=True)}

    def forget(self) -> None:
        """Remove the files that were copied: their questions were not written."""
        for image in self._new.values():
            image.file.storage.delete(image.file.name)

    def _copied(self, known: dict[str, Any], root: Collection) -> Any:
        image = get_image_model()(
            title=PurePath(known["name"]).stem[:255] or known["sha1"][:8], width=known["width"], height=known["height"],
            file_size=known["size"], file_hash=known["sha1"], uploaded_by_user=self.by, collection=root)
        storage = image._meta.get_field("file").storage
        with private_files().open(known["file"], "rb") as file:
            name = storage.save(image.get_upload_to(f"{known['sha1'][:16]}.{known['kind']}"), File(file))
        image.file.name = name
        return image
