"""The scripts are no package: each is loaded from its file, as `python3 scripts/NAME.py` would."""

import importlib
import sys
from types import ModuleType

from django.conf import settings

FOLDER = str(settings.BASE_DIR / "scripts")


def load(name: str) -> ModuleType:
    sys.path.insert(0, FOLDER)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(FOLDER)
