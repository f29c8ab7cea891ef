"""Questions as Moodle and the tools around it write them, of our own making."""

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(40))


def quiz(*questions: str) -> bytes:
    """Return a file with these questions, each beginning in a line of its own from line 3."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>").encode()


def question(kind: str, stem: str, body: str = "", *, attributes: str = 'format="html"', more: str = "") -> str:
    """Return a question in one line, as Moodle frames it."""
    return (
        f'<question type="{kind}"><name><text>Câu</text></name><questiontext {attributes}><text><![CDATA[{stem}]]></text>{more}</questiontext>'
        f'<generalfeedback format="html"><text></text></generalfeedback><defaultgrade>1.0000000</defaultgrade><penalty>0.3333333</penalty>'
        f"<hidden>0</hidden><idnumber></idnumber>{body}</question>"
    )


def answer(percent: str | int, text: str, feedback: str = "", *, written: str = "html", more: str = "") -> str:
    return (
        f'<answer fraction="{percent}" format="{written}"><text><![CDATA[{text}]]></text><feedback format="html"><text><![CDATA[{feedback}]]></text>'
        f"</feedback>{more}</answer>"
    )


def category(path: str) -> str:
    return f'<question type="category"><category><text>{path}</text></category><info format="html"><text></text></info></question>'


def choices(word: str, *texts: str, groups: str = "1", infinite: bool = False) -> str:
    more = "<infinite/>" if infinite else ""
    return "".join(
        f"<{word}><text>{text}</text><group>{group}</group>{more}</{word}>" for text, group in zip(texts, groups * len(texts), strict=False))
