"""Build what the site serves but the repository does not hold: the fonts' subsets and the one stylesheet.

Quick when nothing changed, safe to repeat:  .venv/bin/python scripts/build_assets.py
"""

import re
import sys
from pathlib import Path

import fontpkg_be_vietnam_pro
from fontTools import subset

STATIC = Path(__file__).resolve().parent.parent / "static"
SHEETS = ["tokens", "base", "layout", "components", "reading", "quiz", "records", "print"]
FACES = ["BeVietnamPro-Regular", "BeVietnamPro-SemiBold"]
# Vietnamese and Latin letters, combining marks for text in NFD, the signs of prices, arrows and comparisons.
UNICODES = (
    "U+0020-007E,U+00A0-00FF,U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0303,U+0306,U+0309,"
    "U+031B,U+0323,U+1EA0-1EF9,U+2010-2026,U+20AB,U+2190-2193,U+2212,U+2264-2265"
)


def build_fonts() -> list[Path]:
    """Cut each face down to the letters that are read here; faces already newer than their source stay."""
    folder = STATIC / "fonts"
    folder.mkdir(exist_ok=True)
    sources = Path(fontpkg_be_vietnam_pro.__file__).parent / "files"
    made = []
    for face in FACES:
        source, target = sources / f"{face}.ttf", folder / f"{face}.woff2"
        if _is_newer(target, [source, Path(__file__)]):
            continue
        subset.main([str(source), f"--unicodes={UNICODES}", "--flavor=woff2", "--layout-features=*", "--no-hinting",
                     f"--output-file={target}"])
        made.append(target)
    return made


def build_stylesheet() -> list[Path]:
    """Put the sheets together in their order, without comments and indentation."""
    sources = [STATIC / "css" / f"{name}.css" for name in SHEETS]
    target = STATIC / "css" / "site.css"
    if _is_newer(target, [*sources, Path(__file__)]):
        return []
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    target.write_text("/* Built by scripts/build_assets.py; edit the sheets beside it. */\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return [target]


def _is_newer(target: Path, sources: list[Path]) -> bool:
    return target.exists() and target.stat().st_mtime >= max(source.stat().st_mtime for source in sources)


if __name__ == "__main__":
    built = [*build_fonts(), *build_stylesheet()]
    for path in built:
        print(f"{path.relative_to(STATIC.parent)}: {path.stat().st_size:,} bytes")
    if not built:
        print("Assets are up to date.")
    sys.exit(0)
