"""Whether a word can be a Vietnamese syllable: what tells text from letter salad that an old font only makes look like it."""

import re
import unicodedata
from functools import lru_cache

# The five tones, as combining marks.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHARP = frozenset("\u0301\u0323")
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_OPEN = (
    "a ai ao au ay âu ây e eo ê êu i ia iêu iu o oa oai oao oay oe oeo oi ô ôi ơ ơi u ua uây uê ui uơ uy uya uyu uôi ư ưa ưi ươi ươu ưu y yêu"
    " am an ang anh ăm ăn ăng âm ân âng em en eng êm ên ênh iêm iên iêng im in inh oam oan oang oanh oăm oăn oăng oen om on ong oong"
    " ôm ôn ông ơm ơn uân uâng uênh um un ung uynh uyên uôm uôn uông ưm ưn ưng ươm ươn ương yêm yên yêng"
)
# What ends on a stop has one of two tones.
_STOPPED = (
    "ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich iêc iêp iêt ip it oac oach oap oat oăc oăt oc oet ooc op ot ôc ôp ôt ơp ơt"
    " uât uc uêch up ut uych uyêt uyt uôc uôt ưc ươc ươp ươt ưt yêt yt"
)
_SYLLABLE = re.compile(rf"{_ONSET}(?:(?P<open>{_OPEN.replace(' ', '|')})|(?P<stopped>{_STOPPED.replace(' ', '|')}))")


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Say whether a word is built like a Vietnamese syllable, wherever its tone is written; upper or lower case, composed or not."""
    marks = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in marks if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    found = _SYLLABLE.fullmatch(bare)
    if not found or len(tones) > 1:
        return False
    return found["open"] is not None or bool(_SHARP.intersection(tones))


def is_cased_naturally(word: str) -> bool:
    """Say whether a word is in lower case, in capitals, or begins with one: "vÒ" is none of these."""
    return word.islower() or word.isupper() or (word[:1].isupper() and word[1:].islower())
