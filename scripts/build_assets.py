"""Build what the site serves but the repository does not hold: the fonts' subsets, the one stylesheet, and two libraries from npm.

Quick when nothing changed, safe to repeat:  .venv/bin/python scripts/build_assets.py
"""

import contextlib
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
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

# Libraries for older browsers, pinned in package.json: where the file lies in its package, and its SHA-256. The site works without.
BROUGHT = {
    "ed25519.js": ("@noble/ed25519/index.js", "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a"),
    "jsqr.js": ("jsqr/dist/jsQR.js", "bc40c8a15196236b2314db0856f72ca0b49980cd5413b8c852a7349f5fee0859"),
}
# By the lock file, which holds a digest of every package.
NPM = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=20000"]
NPM_SECONDS = 60


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


def bring_libraries() -> list[Path]:
    """Fetch the libraries with npm where it is there; without npm or network nothing is missing but help for older browsers."""
    folder, pins = STATIC / "vendor", [STATIC.parent / "package.json", STATIC.parent / "package-lock.json"]
    if all(_is_newer(folder / name, [*pins, Path(__file__)]) for name in BROUGHT) or not shutil.which("npm"):
        return []
    with tempfile.TemporaryDirectory() as place:
        for pin in pins:
            shutil.copy(pin, place)
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(NPM, cwd=place, check=False, capture_output=True, timeout=NPM_SECONDS)
        found = {name: Path(place, "node_modules", path) for name, (path, _digest) in BROUGHT.items()}
        return [_bring(source, folder / name, BROUGHT[name][1]) for name, source in found.items() if source.exists()]


def _bring(source: Path, target: Path, digest: str) -> Path:
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        sys.exit(f"{target.name} is not the file that was pinned; nothing was taken over.")
    target.parent.mkdir(exist_ok=True)
    # Without its long comments: one holds an example with an import, which the storage of static files would follow.
    text = re.sub(r"/\*\*(?!/).*?\*/", "", data.decode(), flags=re.DOTALL) if b"/*!" in data else data.decode()
    target.write_text(text, encoding="utf-8")
    return target


def _is_newer(target: Path, sources: list[Path]) -> bool:
    return target.exists() and target.stat().st_mtime >= max(source.stat().st_mtime for source in sources)


if __name__ == "__main__":
    built = [*build_fonts(), *build_stylesheet(), *bring_libraries()]
    for path in built:
        print(f"{path.relative_to(STATIC.parent)}: {path.stat().st_size:,} bytes")
    if not built:
        print("Assets are up to date.")
    sys.exit(0)
