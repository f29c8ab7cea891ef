"""The process that looks into a file: PDF on standard input, one JSON object a line on standard output. Knows neither Django nor the register.

Each line is written as soon as it is known, so that what stops the next step does not take this one along.
"""

import dataclasses
import json
import sys
from pathlib import Path

PAGES = 4
CHARACTERS = 40_000
MEMORY = 1024 * 1024 * 1024
SECONDS = 5


def limit() -> None:
    """Bound memory and time, and let nothing be written to disk. Where the system cannot (Windows), the parent's clock is left."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def tell_text(pdf: bytes) -> None:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        tell(problem="locked" if "assword" in str(error) else "broken")
        return
    texts = []
    for number in range(min(len(document), PAGES)):
        try:
            texts.append(document[number].get_textpage().get_text_bounded()[:CHARACTERS // PAGES])
        except pypdfium2.PdfiumError:
            continue
    tell(problem="", text="\n".join(texts).encode("utf-8", "replace").decode())


def tell_signatures(pdf: bytes) -> None:
    if b"/ByteRange" not in pdf:
        return
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from certificates.signing.reading import signatures_of

    try:
        tell(signatures=[dataclasses.asdict(each) for each in signatures_of(pdf)])
    # pyHanko names no class for what broken files raise.
    except Exception:
        tell(signatures=[])


def main() -> None:
    limit()
    pdf = sys.stdin.buffer.read()
    tell_text(pdf)
    tell_signatures(pdf)


if __name__ == "__main__":
    main()
