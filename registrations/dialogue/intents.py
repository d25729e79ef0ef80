"""Words that mean the same at every step.

Mostly whole phrases: a procedure may be called "Đăng ký …" and a person Huy.
"""

import re

from registrations.dialogue.intent_words import WHOLE, Intent, phrases
from registrations.dialogue.intents_english import english_intent

# Politeness around a phrase that changes nothing about its meaning.
_LEAD = re.compile(
    r"^(?:(?:a ma|a|ua|ma|vay|thi|thoi|roi|da|vang|alo|a lo|chao em|chao ban|em oi|ad oi|ban oi|oi|xin"
    r"|cho (?:toi|minh|em|anh"
    r"|chi|co|chu|bac|tui|hoi|em hoi|minh hoi)"
    r"|(?:toi|minh|em|anh|chi|co|chu|bac|tui) (?:muon|can|xin|mun)|muon|can)\s+)+"
)
_TAIL = re.compile(
    r"(?:\s+(?:a|ah|nha|nhe|nhen|nghe|em|em oi|ad|ban|giup|giup toi|giup em|voi|di|duoc khong"
    r"|dc ko|dc khong|duoc ko|duoc hong|cai|luon|ngay|lien|do|voi em|chau|con))+$"
)
_KIN = "chau|con|cau|chu|co|bac|ba|ong|di|thay|quy co quan|cac (?:anh|chi|em|ban|chau)|may (?:anh|chi|em)"
# "Thôi khỏi", "thôi để bữa khác", "khỏi cần đâu": no more of this.
_GIVES_UP = re.compile(
    r"^(?:a |da |u )?(?:thoi|khoi)(?:,? (?:khoi|thoi|khong|ko|hong|de|bo|ngung|dung|luon|can|lam|dang ky|dk|nua|hom"
    r"|bua|khi|luc|khac|sau|nao|ranh|tinh|di|qua|nha|nhe|a|em|co|chu|bac|con|chau|cam on|dau|vay|roi|ai|do|tui|toi"
    r"|minh))*[.! ]*$"
)
# "Hủy giùm tui", "bận đám giỗ, hủy nha": with its marks nobody is called so.
_CANCELS = re.compile(r"\b(?:hủy|huỷ)\b(?! (?:rồi|xong|được chưa|thành công))")
_CANCELLED = re.compile(r"\b(?:da|bi|lo|moi) huy\b|\bhuy (?:xong|roi|duoc)? ?chua\b|\bai huy\b|\bsao .{0,15}huy\b")
_EDGE = re.compile(r"^[\s.,!?…:;\"'“”()*-]+|[\s.,!?…:;\"'“”()*-]+$")


# Who is angry needs a person, not a menu.
_COMPLAINT = re.compile(
    r"\bvo trach nhiem\b|\b(?:khong|ko|chang|hong) (?:thay )?ai (?:tra loi|nghe may|goi lai|den|toi)\b"
    r"|\b(?:khieu nai|phan anh|buc minh|buc qua|lam an (?:gi )?(?:ky|kieu)|lam an nhu (?:vay|the|cc)|that hua|that vong"
    r"|qua te|te qua|lua nguoi|lua dan|hanh dan|mat day)\b"
    r"|\bcho (?:hoai|mai|ca (?:ngay|tuan|buoi|thang)|lau (?:qua|roi))\b"
    r"|\bhen (?:ma|roi) (?:khong|ko|hong|chang) (?:thay )?(?:toi|den|ai)\b"
)
_QUESTION = re.compile(
    r"\?\s*$|\b(?:khong|ko|hong|hok|chua|sao|nao|gi|dau|the nao|bao nhieu|bao lau|may gio|khi nao|vay)"
    r"(?: (?:a|vay|ta|em|ad|ha|nhi|the|con|chau|anh|chi))*[.! ]*$"
    r"|^(?:what|how|why|when|where|who|can|could|do|does|is|are) \w+ \w+"
)
# Found anywhere in a sentence: word groups nobody uses for a procedure, a name or an address.
_INSIDE: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        Intent.WITHDRAW,
        re.compile(
            r"\brut (?:lai )?(?:su )?dong y\b|\bxoa (?:het |toan bo )?(?:du lieu|thong tin)\b"
            r"|\bkhong (?:con )?dong y (?:nua|cho luu)"
        ),
    ),
    (
        Intent.MY_DATA,
        re.compile(
            r"(?<!ai )\b(?:giu|luu|biet) (?:nhung |cac )?(?:thong tin|du lieu|gi) (?:gi |nao )?"
            r"(?:cua|ve) (?:toi|tui|minh|em)\b"
        ),
    ),
    (
        Intent.WHY_DATA,
        re.compile(
            r"\b(?:tai sao|sao|vi sao)\b.{0,25}\b(?:dien thoai|sdt|so dt|thong tin|dia chi|ho ten|hoi ten)\b"
            r"|\b(?:chi|gi) vay\b$|^(?:hoi |can |lay |xin )?(?:de )?lam chi\b|^(?:hoi |lay |xin )?de lam gi\b"
            r"|\b(?:dien thoai|sdt|so dt|thong tin|dia chi|ho ten)\b.{0,15}\b(?:de )?lam gi\b"
            r"|\bai (?:giu|luu|xem) (?:thong tin|du lieu)\b"
            r"|\b(?:lo|ban|danh cap) (?:thong tin|du lieu|so dien thoai|sdt)\b"
            r"|\b(?:thong tin|du lieu) .{0,20}(?:bi lo|an toan|bao mat)\b|\bbao mat (?:thong tin|du lieu|khong)\b"
            r"|\bkhong (?:muon )?(?:cho|de lai|cung cap|dua|chia se) (?:thong tin|so|sdt|dia chi)\b"
        ),
    ),
    (
        Intent.WRONG_PERSON,
        re.compile(
            r"\bnham (?:nguoi|so)\b|\bsai so roi\b"
            r"|\b(?:toi|minh|em) (?:co|dau co|chua|khong|ko) (?:he )?dang k[yi] (?:gi|dau)\b"
            r"|\b(?:khong|ko) quen (?:ai|biet|nguoi nay|ben nay|so nay)\b"
            r"|\b(?:dung|khong|ko) (?:co )?(?:nhan|gui)(?: tin)?(?: cho (?:toi|tui|minh|em|anh|chi))? nua\b"
        ),
    ),
    (
        Intent.WHO_ARE_YOU,
        re.compile(
            r"\b(?:la|phai|so|co|bi) lua dao\b|\blua dao (?:khong|ko|k|hong|a)\b"
            r"|\b(?:may|cac) (?:nguoi|anh|chi|ban|em|ong|chu) la ai\b"
            r"|\bben (?:ban|em|minh|anh|chi|nay) la (?:ai|co quan|cho|don vi|gi)\b|\bai (?:dang )?nhan tin\b"
            r"|\bco phai (?:la )?(?:co quan|nha nuoc|phuong|lua)\b"
        ),
    ),
    (
        Intent.CORRECT,
        re.compile(
            r"^(?:da )?(?:bi |ghi |nhap )*(?:sai|nham) (?:ho ten|ten|dia chi|so dien thoai|sdt|so dt|thong tin)"
            r"(?: (?:roi|cua|toi|em|minh|tui|a|nha|em oi))*[.! ]*$"
        ),
    ),
    (
        Intent.CHANGE,
        re.compile(
            r"\b(?:doi|chuyen|doi lai|lui|doi) (?:lai )?(?:gio|lich|ngay|buoi|hen|thoi gian)\b"
            r"|\bhen (?:lai|ngay khac|gio khac|hom khac)\b|\b(?:doi|chuyen|lui|dich|de) (?:lai )?(?:qua|sang|den) "
            r"(?:ngay|hom|bua|tuan|thu|chieu|sang|trua|buoi|gio|mai|cuoi tuan|thang|chu nhat)\b"
        ),
    ),
    (
        Intent.CANCEL,
        re.compile(r"\bhuy (?:lich|hen|dang k[yi]|buoi|cuoc hen|bo lich)\b|\bkhong can (?:den|toi|ho tro|lam) nua\b"),
    ),
    (
        Intent.HUMAN,
        re.compile(
            r"\b(?:gap|noi chuyen|trao doi|ket noi"
            r"|chat)(?: voi)?(?: truc tiep(?: voi)?)? (?:can bo|nhan vien|nguoi that|nguoi"
            r"|tu van vien)\b|\bgoi (?:dien )?(?:lai )?cho (?:toi|minh|em|anh|chi|tui)\b"
        ),
    ),
    (Intent.HUMAN, _COMPLAINT),
    (Intent.THANKS, re.compile(rf"^(?:da )?cam on (?:{_KIN})(?: (?:nhieu|lam|nhe|nha|nghe))*[.! ]*$")),
    (Intent.GREETING, re.compile(rf"^(?:da )?(?:xin )?chao (?:{_KIN})(?: (?:nha|nhe|a))*[.! ]*$")),
    (
        Intent.STATUS,
        re.compile(
            r"\bht ?- ?[0-9a-z]{5}\b|\bho so .{0,25}(?:den dau|toi dau|the nao|sao roi|xong chua)"
            r"|\b(?:may gio|khi nao|bao gio|luc nao|hom nao|ngay nao) .{0,20}(?:can bo|nguoi ta"
            r"|nguoi|ai)? ?(?:den|toi|qua)(?: nha)?\b|\bcan bo (?:nao|ten (?:la )?gi|la ai)\b"
        ),
    ),
    (
        Intent.PAPERS,
        re.compile(
            r"\b(?:can|gom|chuan bi|mang|nop|thieu)(?: theo)?(?: nhung)?(?: cac)? (?:giay to|giay"
            r"|ho so) (?:gi|nao)\b|\bthanh phan ho so\b|\bgiay to (?:gi|nao|can)\b"
            r"|(?<!khong )(?<!ko )\bcan (?:nhung |chuan bi )?(?:gi|j)"
            r"(?: (?:vay|a|nhi|the|em|ad|khong|ha))*[.? ]*$"
        ),
    ),
    (
        Intent.FEE,
        re.compile(
            r"\b(?:phi|le phi|chi phi) (?:la )?(?:bao nhieu|the nao|het)\b"
            # "Nhà mặt tiền" stands on a street.
            r"|(?<!nha )(?<!o )\b(?:mat|ton|het|nop|tra) (?:bao nhieu )?(?:tien|phi)\b(?! (?:duong|hem|pho))"
            r"|\bbao nhieu tien\b"
        ),
    ),
    (
        Intent.HOW_LONG,
        re.compile(
            r"\b(?:bao lau|may ngay|bao nhieu ngay|khi nao|bao gio) (?:thi |moi |la )?(?:xong"
            r"|co (?:giay|ket qua|phep|gp)"
            r"|duoc cap|tra ket qua|nhan (?:duoc )?(?:giay|ket qua)|lay (?:duoc )?(?:giay|ket qua))\b"
            r"|\bthoi (?:han|gian) giai quyet\b|^(?:mat )?bao lau(?: (?:vay|a|em|ad|the))*[?. ]*$"
            r"|\bmat (?:bao lau|may ngay|bao nhieu ngay)\b"
        ),
    ),
    (
        Intent.HOURS,
        re.compile(
            r"\b(?:lam viec|mo cua) (?:tu )?(?:may gio|luc nao|gio nao|ngay nao)\b|\b(?:thu (?:7"
            r"|bay)|chu nhat) co lam\b"
        ),
    ),
    (
        Intent.MENU,
        re.compile(
            r"\b(?:lam|giup|ho tro) (?:duoc|dc) (?:nhung )?(?:gi|viec gi|thu tuc (?:gi|nao))\b"
            r"|\bco (?:nhung )?(?:thu tuc|dich vu) (?:gi|nao)\b"
        ),
    ),
    (
        Intent.REGISTER,
        re.compile(r"#dang ?k[yi]\b|^(?:dang k[yi]|dk) (?:ho tro )?(?:nop ho so )?(?:truc tuyen )?tai nha\b"),
    ),
)
_STOP_WITH_MARKS = frozenset({"dừng", "dừng lại", "thôi", "ngừng", "ngưng", "dừng nhé", "dừng nha"})
_YES = phrases(
    """
        co | dung | dung roi | dung vay | dung r | ok | oke | okie | oki | okay | u | uh | uk | um | ukm | vang | da |
        da dung | da vang | da dung roi | phai | phai roi | chuan | chinh xac | chuan roi | dong y | toi dong y |
        em dong y | minh dong y | dung het | van dung | van vay | nhu cu | y | yes | yep | dc | duoc | duoc roi |
        ok dong y | co dong y | nhat tri | 👍 | /-strong | dung a | vang dung | vang dung roi | x | tick
        """
)
# "Ừ đúng r", "dạ ok đồng ý nha": all of it says yes.
_YES_WORDS = frozenset(
    """
    u uh da vang dung roi r ok oke okie oki vay a nha nhe phai em y dong het ca chuan do yes sure agree correct right
    that's
    """.split()  # noqa: SIM905
)
_YES_CORE = frozenset("dung ok oke okie oki phai dong chuan yes sure agree correct right vang".split())  # noqa: SIM905
_NO = phrases(
    """
        khong | ko | k | hong | hok | hk | khong phai | khong dung | chua | chua dung | sai | no | khong dong y |
        ko dong y | khong can | no thanks | i disagree | disagree | thoi khong | khong a | khong co | ko co | khong em
        """
)
_NUMBER = re.compile(
    r"^(?:so|chon|chon so|cau|muc|toi chon|em chon|minh chon|y|ý|phuong an|lua chon|cai|cai so"
    r")? ?([0-9]{1,2})(?:[.)]|\s*(?:a|nha|nhe|em|di|ạ))*$"
)
# No "thứ hai", "thứ ba": those are days of the week.
_NUMBER_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "dau tien": 1, "cai dau": 1, "cai dau tien": 1, "cai cuoi": -1}
_NUMBER_WORDS |= {f"{number}\ufe0f\u20e3": number for number in range(1, 10)}  # keycap emoji


def _core_of(folded: str) -> str:
    """The phrase without greetings in front and particles behind; never empties a phrase."""
    bare = _EDGE.sub("", folded) or folded
    shorter = _TAIL.sub("", _LEAD.sub("", bare))
    return shorter or bare


def intent_of(text: str, folded: str) -> Intent | None:
    """What a text asks for whatever the step, or None: then the step reads it."""
    if _EDGE.sub("", text.lower()) in _STOP_WITH_MARKS:
        return Intent.STOP
    bare = _EDGE.sub("", folded) or folded
    core = _core_of(folded)
    for intent, listed in WHOLE.items():
        if folded in listed or bare in listed or core in listed:
            return intent
    if _GIVES_UP.match(folded):
        return Intent.STOP
    for intent, pattern in _INSIDE:
        if pattern.search(folded):
            return intent
    if _CANCELLED.search(folded):
        return Intent.STATUS
    if _CANCELS.search(text.lower()):
        return Intent.CANCEL
    return english_intent(folded)


def complains(folded: str) -> bool:
    return _COMPLAINT.search(folded) is not None


def asks_something(folded: str) -> bool:
    """Whether it is a question, rather than an answer nobody understands."""
    return _QUESTION.search(folded) is not None


def says_yes(text: str, folded: str) -> bool:
    """Đúng, ok, đồng ý … (and "dung" without marks; "dừng" is no yes)."""
    if _EDGE.sub("", text.lower()) in _STOP_WITH_MARKS:
        return False
    bare = _EDGE.sub("", folded) or folded
    if bare in _YES or _TAIL.sub("", bare) in _YES:
        return True
    words = bare.replace(",", " ").split()
    return set(words) <= _YES_WORDS and bool(_YES_CORE.intersection(words)) and len(words) <= 5


def says_no(folded: str) -> bool:
    bare = _EDGE.sub("", folded) or folded
    return bare in _NO or _TAIL.sub("", bare) in _NO


def number_in(folded: str, *, most: int) -> int | None:
    """The number chosen of 1..most; 0 if a number was meant that is not on offer; None if no number was meant."""
    found = _NUMBER.match(_EDGE.sub("", folded)) or _NUMBER.match(folded)
    chosen = (
        int(found[1]) if found else _NUMBER_WORDS.get(_TAIL.sub("", _EDGE.sub("", folded)), _NUMBER_WORDS.get(folded))
    )
    if chosen is None:
        return None
    if chosen == -1:
        return most
    return chosen if 1 <= chosen <= most else 0
