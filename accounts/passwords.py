"""Which passwords are guessed first: words that everybody here thinks of, names, years, and what stands in a person's own record.

Keeps true: what counts is what is left when diacritics, capitals, signs and the usual exchanges (@ for a, 0 for o) are taken away, as
somebody who guesses takes them away. Plain look-ups in lists; no pattern here can be made to run long.
"""

import re
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vietnamese.text import fold

# A word of these, or up to three in a row, with any digits and signs around them, is no password. Without diacritics, as they are typed.
_WORDS = re.findall(r"\w+", """
congdoan congdoanvietnam congdoancoso congdoanvien cdcs ldld tldldvn tongliendoan liendoan liendoanlaodong laodong nguoilaodong doanvien
chutich phochutich uyvien banchaphanh canbo cadre union tradeunion doanthanhnien daihoi nghiquyet thuongluong thoauoc doithoai
matkhau matkhaumoi matma mk pass password passwd passcode secret admin administrator quantri quanly giangvien hocvien hocsinh sinhvien
giaovien user guest demo test testing root system hethong taikhoan dangnhap login welcome xinchao hello lophoc lophoccongdoan khoahoc hoctap
daotao chungchi chungnhan
vietnam hanoi saigon tphcm hcm danang haiphong cantho hue nghean thanhhoa dongnai binhduong hochiminh bacho thudo quehuong tinh huyen xa phuong
tinhyeu yeu em anh anhyeuem emyeuanh iloveyou love loveyou yeuem yeuanh nhoem nhoanh vo chong voyeu chongyeu con conyeu bo me bome cha
giadinh family happy hanhphuc bongda football manchester chelsea liverpool ronaldo messi maiyeu mai yeunguoi nguyenvana tranvana levana nguyenthia nguyenthib nguyenvanb
nguoiay toiyeu toi minh ban cua cuatoi cuaminh ngaymai homnay matrom matroi mattrang hoahong hoasen
qwerty qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qwe asd zxc qaz wsx edc qazwsx abc abcd abcde abcdef abcdefgh abcxyz xyz aaa zzz
nam thang ngay chao moi so mot hai ba bon sau bay tam chin muoi
""")
_NAMES = re.findall(r"\w+", """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan lam trinh mai dao luong truong ha to chu quach ta luu thach
cao tang van thi ngoc duc minh quang huu xuan thanh kim hong thu dinh quoc cong
an anh bao bich binh chau chi chien cuc cuong dai dao dat diem dung duy giang gia giau hai han hang hanh hao hau hien hieu hoa hoai hoan hue
hung huong huy huyen khai khang khanh khoa khoi kien kieu lan lanh lien linh loan loc loi long luan ly man manh my nam nga ngan nghia nghi
nguyet nha nhan nhi nhung nhu oanh phat phong phu phuc phung phuong quan que quyen quynh sang son suong tai tam tan thang thao thi thien
thinh tho thom thong thuan thuy tien tin tinh toan trang tri trieu trinh trung truc tu tuan tung tuoi tuyen tuyet uyen van vi vien viet vinh vuong vy xuyen yen
""")
MOST_WORDS = 3
# Longer runs of letters are not taken apart: nobody guesses a sentence.
LONGEST = 40
LEAST_LEFT = 4
_EXCHANGED = str.maketrans({"@": "a", "4": "a", "0": "o", "1": "i", "!": "i", "3": "e", "$": "s", "5": "s", "7": "t"})
_LETTERS = re.compile(r"[^a-z]+")
# Digits and signs before and after the words stand for themselves.
_AROUND = re.compile(r"^[^a-z@$]+|(?<=[a-z])[^a-z]+$")


class NotGuessedFirst:
    """A validator (AUTH_PASSWORD_VALIDATORS): refuses familiar words with digits, runs of the keyboard, and what one's own record says."""

    code = "password_guessed_first"

    def validate(self, password: str, user=None) -> None:
        folded = fold(password)
        letters = _LETTERS.sub("", folded)
        exchanged = _LETTERS.sub("", _AROUND.sub("", folded).translate(_EXCHANGED))
        if _is_monotonous(folded) or _is_familiar(letters) or _is_familiar(exchanged):
            raise ValidationError(
                _("This is one of the first passwords that anybody tries: a familiar word or name with digits. "
                  "Take four words that have nothing to do with one another, or the first letters of a sentence that only you know."),
                code=self.code)
        if user is not None and _is_of(user, folded):
            raise ValidationError(
                _("This password says what others know of you: name, date of birth, telephone number, member code. "
                  "Take four words that have nothing to do with one another, or the first letters of a sentence that only you know."),
                code="password_about_person")

    def get_help_text(self) -> str:
        return gettext("No familiar word or name with digits, and nothing that others know of you.")


def _is_monotonous(folded: str) -> bool:
    """Say whether there is hardly anything in it: no letters at all, three different signs, or one run up or down."""
    if not any(sign.isalpha() for sign in folded) or len(set(folded)) <= 3:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return steps in ({1}, {-1})


def _is_familiar(letters: str) -> bool:
    if not letters:
        return False
    return letters in _common() or _count_of_words(letters) <= MOST_WORDS


def _count_of_words(letters: str) -> int:
    """Return into how few words of the list the letters fall apart; many when they do not. Steps: length times the longest word."""
    if len(letters) > LONGEST:
        return LONGEST
    words, longest = _list()
    fewest = [0] + [LONGEST] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - longest), end):
            if fewest[start] + 1 < fewest[end] and letters[start:end] in words:
                fewest[end] = fewest[start] + 1
    return fewest[-1]


def _is_of(user, folded: str) -> bool:
    """Say whether too little is left when all that the person's record says is taken out."""
    left = re.sub(r"[^a-z0-9]+", "", folded)
    found = False
    for word in sorted(_said_of(user), key=len, reverse=True):
        if word in left:
            found, left = True, left.replace(word, "")
    phone = "0" + (getattr(user, "phone", None) or "")[3:]
    tail = next((phone[at:at + 6] for at in range(max(0, len(phone) - 5)) if phone[at:at + 6] in left), "") if len(phone) > 6 else ""
    if tail:
        found, left = True, left.replace(tail, "")
    return found and len(_LETTERS.sub("", left)) < LEAST_LEFT


def _said_of(user) -> set[str]:
    """Return the words and numbers of a record that people make passwords of, folded and without signs."""
    words = fold(getattr(user, "full_name", "") or "").split()
    said = {"".join(words), "".join(reversed(words)), *words}
    said |= {part for name in ("email", "member_code") for part in re.split(r"[^a-z0-9]+", fold(getattr(user, name, None) or ""))[:3]}
    if phone := getattr(user, "phone", None):
        said |= {"0" + phone[3:], phone[1:], phone[3:]}
    if born := getattr(user, "date_of_birth", None):
        said |= {f"{born:%d%m%Y}", f"{born:%d%m%y}", f"{born:%Y%m%d}", f"{born:%d%m}", f"{born:%Y}"}
    if year := getattr(user, "birth_year", None):
        said.add(str(year))
    return {word for word in said if len(word) > 1}


@cache
def _list() -> tuple[frozenset[str], int]:
    words = frozenset([*_WORDS, *_NAMES, re.sub(r"[^a-z]", "", fold(settings.SITE_NAME))]) - {""}
    return words, max(map(len, words))


@cache
def _common() -> frozenset[str]:
    """Django's twenty thousand, as they are and without their digits: "dragon2026" is "dragon" to whoever guesses."""
    bare = (_LETTERS.sub("", word) for word in CommonPasswordValidator().passwords)
    return frozenset(word for word in bare if len(word) > 3)
