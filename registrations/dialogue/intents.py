"""Words that mean the same at every step.

Mostly whole phrases: a procedure may be called "Đăng ký …" and a person Huy.
"""

import re
from enum import StrEnum


class Intent(StrEnum):
    REGISTER = "register"
    MENU = "menu"
    CHANGE = "change"
    CANCEL = "cancel"
    STOP = "stop"
    STATUS = "status"
    PAPERS = "papers"
    FEE = "fee"
    HOURS = "hours"
    HUMAN = "human"
    WITHDRAW = "withdraw"
    MY_DATA = "my_data"
    WRONG_PERSON = "wrong_person"
    CORRECT = "correct"
    THANKS = "thanks"
    GREETING = "greeting"


# Politeness around a phrase that changes nothing about its meaning.
_LEAD = re.compile(
    r"^(?:(?:da|vang|alo|a lo|chao em|chao ban|em oi|ad oi|ban oi|oi|xin|cho (?:toi|minh|em|anh"
    r"|chi|co|chu|bac|tui|hoi|em hoi|minh hoi)"
    r"|(?:toi|minh|em|anh|chi|co|chu|bac|tui) (?:muon|can|xin|mun)|muon|can)\s+)+"
)
_TAIL = re.compile(
    r"(?:\s+(?:a|ah|nha|nhe|nhen|nghe|em|em oi|ad|ban|giup|giup toi|giup em|voi|di|duoc khong"
    r"|dc ko|dc khong|duoc ko|cai))+$"
)
_EDGE = re.compile(r"^[\s.,!?…:;\"'“”()*-]+|[\s.,!?…:;\"'“”()*-]+$")


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in listed.split("|") if phrase.strip())


_WHOLE: dict[Intent, frozenset[str]] = {
    Intent.REGISTER: _phrases(
        """
        #dangky | #dk | dangky | dang ky | dang ki | dk | dki | dky | dk ho tro tai nha | dang ky ho tro tai nha |
        dang ki ho tro tai nha | ho tro tai nha | dang ky moi | dang ky nua | dk nua |
        dang ky them mot cai | dk moi | dang ky them | dang ky lai | dang ky tiep |
        dat lich | dat hen | dat lich hen | hen lich | hen tai nha | dang ky ho tro | dk ho tro | dang ky giup |
        dang ky ho | dang ky giup nguoi nha | dang ky cho bo | dang ky cho me | dang ky cho ba me | dang ky giup me |
        dang ky giup bo | den nha | toi nha | tai nha | dang ky tai nha | bat dau | lam ho so | nop ho so
        """
    ),
    Intent.MENU: _phrases(
        """
        menu | #menu | huong dan | help | tro giup | giup | giup do | giup toi | cach dung | su dung the nao |
        lam sao | lam gi | lam the nao | ? | ?? | h | hdsd | bat dau lai
        """
    ),
    Intent.CHANGE: _phrases(
        """
        #doigio | doi | doi gio | doi ngay | doi lich | doi hen | doi lich hen | doi gio hen | doi thoi gian |
        chuyen gio | chuyen lich | chuyen ngay | hen lai | doi buoi | doi sang ngay khac | ban roi doi gio |
        dat lai lich | dat lai gio | hen gio khac | hen ngay khac | doi lai gio | doi lai lich | sua gio | sua lich |
        reschedule
        """
    ),
    Intent.CANCEL: _phrases(
        """
        #huy | huy | huy di | huy lich | huy hen | huy lich hen | huy dang ky | huy dk | huy ho so | huy bo |
        xin huy | khong can nua | khong can ho tro nua | ko can nua | khoi can | thoi khong can nua | khong lam nua |
        ko lam nua | khong den nua | cancel | bo lich
        """
    ),
    Intent.STOP: _phrases(
        """
        #dung | stop | thoi | thoi nha | dung lai | ngung | ngung lai | thoat | quay lai | de sau | de khi khac |
        khong dang ky nua | thoi khong dang ky nua
        """
    ),
    Intent.STATUS: _phrases(
        """
        #tracuu | tra cuu | tinh trang | ho so toi dau roi | ho so den dau roi | ho so cua toi | ho so toi sao roi |
        ho so sao roi | den dau roi | toi dau roi | sao roi | lich hen | lich hen cua toi | lich cua toi | xem lich |
        xem lich hen | may gio den | may gio toi | bao gio den | bao gio toi | khi nao den | khi nao toi |
        khi nao can bo den | hen may gio | hen luc nao | hen khi nao | ai den | ai toi | can bo nao den | kiem tra |
        kiem tra ho so | ma ho so | ma dang ky | da dang ky chua | dang ky duoc chua | dk duoc chua | dc chua |
        duoc chua | xong chua | kiem tra lich
        """
    ),
    Intent.PAPERS: _phrases(
        """
        #giayto | giay to | giay to gi | can giay to gi | can giay gi | giay to can gi | can gi | can nhung gi |
        can chuan bi gi | chuan bi gi | chuan bi giay to gi | ho so gom gi | ho so gom nhung gi | ho so can gi |
        thanh phan ho so | can ho so gi | mang giay to gi | giay to gom gi | can nhung giay to gi | thu tuc can gi |
        thu tuc gom gi | giay to can chuan bi | chuan bi nhung gi | can nop gi
        """
    ),
    Intent.FEE: _phrases(
        """
        phi | le phi | phi bao nhieu | le phi bao nhieu | bao nhieu tien | het bao nhieu | mat bao nhieu tien |
        co mat phi khong | co mat tien khong | co ton tien khong | co ton phi khong | ton bao nhieu | gia bao nhieu |
        co thu phi khong | mat phi khong | mien phi khong | co mien phi khong | co tinh phi khong |
        phai tra tien khong | chi phi | nop bao nhieu tien | het bao nhieu tien
        """
    ),
    Intent.HOURS: _phrases(
        """
        gio lam viec | lam viec may gio | may gio lam viec | may gio mo cua | lam viec luc nao | thu 7 co lam khong |
        thu bay co lam khong | chu nhat co lam khong | co lam thu 7 khong | co lam chu nhat khong | gio hanh chinh |
        lich lam viec | thoi gian lam viec | o dau | dia chi co quan | dia chi phong | so dien thoai phong | lien he |
        hotline
        """
    ),
    Intent.HUMAN: _phrases(
        """
        #nguoi | 0 | so 0 | gap can bo | gap nguoi | gap nguoi that | gap nhan vien | noi chuyen voi can bo |
        noi chuyen voi nguoi | noi chuyen voi nhan vien | can bo | nhan vien | tu van | tu van vien | goi cho toi |
        goi lai cho toi | goi toi | goi lai | goi dien cho toi | can nguoi giup | can tu van | gap ai do |
        nguoi that | dien thoai cho toi | goi lai cho minh | goi cho minh | ket noi can bo | can bo oi |
        chat voi can bo | chat voi nguoi
        """
    ),
    Intent.WITHDRAW: _phrases(
        """
        #rutdongy | rut dong y | rut lai dong y | rut su dong y | rut lai su dong y | rut lai dong thuan |
        xoa du lieu | xoa thong tin | xoa du lieu cua toi | xoa thong tin cua toi | xoa het thong tin |
        khong dong y nua | khong cho luu nua | xoa so dien thoai cua toi | xoa thong tin ca nhan |
        xoa du lieu ca nhan
        """
    ),
    Intent.MY_DATA: _phrases(
        """
        xem du lieu | xem thong tin | thong tin cua toi | du lieu cua toi | xem thong tin cua toi |
        xem du lieu cua toi | dang luu gi cua toi | luu thong tin gi
        """
    ),
    Intent.WRONG_PERSON: _phrases(
        """
        nham nguoi | sai nguoi | nham so | nham roi | khong phai toi | toi khong dang ky | toi co dang ky dau |
        toi dau co dang ky | nham may | gui nham | nhan nham | gui nham nguoi | nham nguoi roi
        """
    ),
    Intent.CORRECT: _phrases(
        """
        sai | sai roi | sai thong tin | sua | sua lai | sua thong tin | chua dung | khong dung | ko dung | k dung |
        chua dung roi | sua dia chi | sua so dien thoai | sua sdt | sua ten | doi dia chi | doi so dien thoai |
        doi sdt | sai dia chi | sai ten | sai so dien thoai | sai sdt | ghi sai
        """
    ),
    Intent.THANKS: _phrases(
        """
        cam on | cam on em | cam on ban | cam on nhieu | cam on nhe | camon | cam onn | thanks | thank | thank you |
        thank u | tks | tk | ok | oke | okie | oki | okay | ok em | vang | da | da vang | vang a | duoc | duoc roi |
        tot | tot qua | tuyet voi | hay qua | tam biet | bye | chao tam biet | ok cam on | da cam on | vang cam on |
        uh | u | um | ukm | roi | hieu roi | biet roi | 👍 | ❤️ | ❤ | 🙏 | 😊 | /-strong | /-heart | :> | :d | :-d |
        ;-d
        """
    ),
    Intent.GREETING: _phrases(
        """
        chao | xin chao | hi | hello | helo | alo | a lo | chao em | chao ban | chao anh | chao chi | chao ad |
        chao shop | chao phong | hey | chao can bo | kinh chao | em oi | ad oi | ad | shop oi | co ai khong |
        co ai o do khong | chao buoi sang | chao buoi chieu | good morning | he lo | hii | start | /start
        """
    ),
}
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
        Intent.WRONG_PERSON,
        re.compile(
            r"\bnham (?:nguoi|so)\b|\b(?:toi|minh|em) (?:co|dau co|chua|khong|ko) (?:he )?dang k[yi] (?:gi|dau)\b"
        ),
    ),
    (
        Intent.CHANGE,
        re.compile(
            r"\b(?:doi|chuyen|doi lai|lui|doi) (?:lai )?(?:gio|lich|ngay|buoi|hen|thoi gian)\b"
            r"|\bhen (?:lai|ngay khac|gio khac|hom khac)\b"
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
    (
        Intent.STATUS,
        re.compile(
            r"\bht ?- ?[0-9a-z]{5}\b|\bho so .{0,25}(?:den dau|toi dau|the nao|sao roi|xong chua)"
            r"|\b(?:may gio|khi nao|bao gio|luc nao|hom nao|ngay nao) .{0,20}(?:can bo|nguoi ta"
            r"|nguoi|ai)? ?(?:den|toi|qua)(?: nha)?\b"
        ),
    ),
    (
        Intent.PAPERS,
        re.compile(
            r"\b(?:can|gom|chuan bi|mang|nop|thieu)(?: theo)?(?: nhung)?(?: cac)? (?:giay to|giay"
            r"|ho so) (?:gi|nao)\b|\bthanh phan ho so\b|\bgiay to (?:gi|nao|can)\b"
        ),
    ),
    (
        Intent.FEE,
        re.compile(
            r"\b(?:phi|le phi|chi phi) (?:la )?(?:bao nhieu|the nao|het)\b|\b(?:mat|ton|het|nop"
            r"|tra) (?:bao nhieu )?(?:tien|phi)\b|\bbao nhieu tien\b"
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
        Intent.REGISTER,
        re.compile(r"#dang ?k[yi]\b|^(?:dang k[yi]|dk) (?:ho tro )?(?:nop ho so )?(?:truc tuyen )?tai nha\b"),
    ),
)
_STOP_WITH_MARKS = frozenset({"dừng", "dừng lại", "thôi", "ngừng", "ngưng", "dừng nhé", "dừng nha"})
_YES = _phrases(
    """
        co | dung | dung roi | dung vay | dung r | ok | oke | okie | oki | okay | u | uh | uk | um | ukm | vang | da |
        da dung | da vang | da dung roi | phai | phai roi | chuan | chinh xac | chuan roi | dong y | toi dong y |
        em dong y | minh dong y | dung het | van dung | van vay | nhu cu | y | yes | yep | dc | duoc | duoc roi |
        ok dong y | co dong y | nhat tri | 👍 | /-strong | dung a | vang dung | vang dung roi | x | tick
        """
)
_NO = _phrases(
    """
        khong | ko | k | hong | hok | hk | khong phai | khong dung | chua | chua dung | sai | no | khong dong y |
        ko dong y | khong can | thoi khong | khong a | khong co | ko co | khong em
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
    for intent, phrases in _WHOLE.items():
        if folded in phrases or bare in phrases or core in phrases:
            return intent
    for intent, pattern in _INSIDE:
        if pattern.search(folded):
            return intent
    return None


def says_yes(text: str, folded: str) -> bool:
    """Đúng, ok, đồng ý … (and "dung" without marks; "dừng" is no yes)."""
    if _EDGE.sub("", text.lower()) in _STOP_WITH_MARKS:
        return False
    bare = _EDGE.sub("", folded) or folded
    return bare in _YES or _TAIL.sub("", bare) in _YES


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
