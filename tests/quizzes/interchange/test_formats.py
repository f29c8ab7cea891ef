import io

import pytest

from quizzes.interchange.formats import FORMATS, guess, made_of

TEXT = "Câu 1: Ai đại diện người lao động?\nA. Một\nB. Hai\nĐáp án: B\n"
QUIZ = (
    '<?xml version="1.0"?>\n<quiz><question type="essay"><questiontext><text>Vì sao?</text></questiontext></question></quiz>')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("name", "text", "made", "format"), [("a.txt", TEXT, "text", "text"), ("a.xml", QUIZ, "xml", "moodlexml")])
def test_format_is_known_when_its_reader_reads_the_encoding(encoding, name, text, made, format):
    data = text.encode(encoding)
    # A head may end in the middle of a letter.
    for head in (data, data[:101]):
        assert (made_of(head), guess(name, head)) == (made, format)
    assert len(list(FORMATS[format].read(io.BytesIO(data)))) == 1
