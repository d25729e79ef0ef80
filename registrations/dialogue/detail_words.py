"""How people write their name, number and address: what leads up to each, and what is none of them."""

import re

from procedures.services import fold
from registrations.dialogue.intents import says_no, says_yes

DIGIT_RUN = re.compile(r"\+?\d[\d\s.()-]{6,}\d")
_ENGLISH_LEAD = re.compile(r"^\s*(?:my (?:full )?name is|my name'?s|i am|i'?m)\s+", re.I)
NUMBER_LEAD = re.compile(
    r"[\s,;]*\b(?:số(?: điện thoại| đt)?|so(?: dien thoai| dt)?|sđt|sdt|đt|dt|điện thoại|dien thoai"
    r"|(?:my )?phone(?: number)?(?: is)?|gọi|goi)\b"
    r"(?:\s+(?:của|cua|tôi|toi|em|mình|minh|tui|anh|chị|chi|nhà|nha|là|la|số|so))*\s*:?\s*$",
    re.I,
)
_NAME = re.compile(r"^[^\W\d_][^\d_@#<>/\\|{}\[\]=+*]{1,59}$")
_NAME_LEAD = re.compile(
    r"^\s*(?:dạ\s+)?(?:tôi|em|mình|tui|tao|anh|chị|bác|cô|chú|con|cháu|toi|minh|chi|bac|co|chu|chau)?"
    r"\s*(?:tên(?:\s+(?:là|tôi là|em là|mình là))?|họ tên|họ và "
    r"tên|ten(?: la)?)\s*[:\-]?\s+",
    re.I,
)
# What most names begin with. Without it, words that are a question, a wish or an answer are no name.
_SURNAMES = frozenset(
    """
    nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh truong lam mai dao doan trinh luong cao
    chau ta tong thai quach kieu luu vuong phung to diep kim ha la mac nghiem thach hua nguoi
    """.split()  # noqa: SIM905
)
_NO_NAME = re.compile(
    r"\b(?:khong|ko|gi|sao|nao|duoc|dc|muon|hoi|vay|roi|cho|lam|ban|giay|phep|thu tuc|phai|the nao|bao|xong|biet"
    r"|hieu|can"
    r"|my|change|want|you|what|how|please|help|register)\b"
)
ADDRESS_LEAD = re.compile(
    r"^\s*(?:dạ\s+)?(?:địa chỉ|dia chi|đ/c|đc"
    r"|(?:nhà |nha )?(?:(?:tôi|toi|em|mình|minh|tui|tao|cô|bác|chú|con) )?(?:ở|tại|o|tai)"
    r"|nhà|nha)"
    r"(?:\s+(?:là|la|mới|moi|của tôi|cua toi|đúng là|nhà))*\s*[:\-]?\s+",
    re.I,
)
PARTICLES = re.compile(r"(?:\s+(?:nha|nhé|nhe|ạ|nghe|em|ơi|đó|á))+\s*$", re.I)
# A house number with a street, a group, a hamlet, a lane: a place, though no ward is named.
PLACE = re.compile(
    r"\d+\w*[/\s,]+\S*[^\W\d]{2,}|\b(?:tổ|thôn|hẻm|đường|ngõ|kiệt|chung cư|to|thon|hem|duong) \S", re.IGNORECASE
)
CORRECTS_ADDRESS = re.compile(r"^(?:sua |doi )?(?:dia chi|d/c)\b.*\w{3}")
LIVES = re.compile(
    r"^(?:da |a )?(?:nha )?(?:cua )?(?:toi|em|minh|tui|tao|co|chu|bac|chau|con|anh|chi)? ?(?:o|tai|dia chi la) \w"
)
CORRECTS_NAME = re.compile(r"^(?:toi |em |minh )?(?:sua )?(?:ho )?ten(?: dung)?(?: toi| em| minh)? (?:la|:)\s*\w+")


def clean_name(text: str) -> str:
    """A name as typed, tidied; "" if it cannot be one."""
    name = _ENGLISH_LEAD.sub("", _NAME_LEAD.sub("", text)).strip(" .,:;-\"'“”")
    folded = fold(name)
    is_named = folded.split(" ")[0] in _SURNAMES and len(name.split()) > 1
    if not is_named and (_NO_NAME.search(folded) or says_yes(name, folded) or says_no(folded)):
        return ""
    if not _NAME.match(name) or len(name.split()) > 7 or name.endswith("?"):
        return ""
    return name.title() if name.islower() or (name.isupper() and len(name.split()) > 1) else name


def detail_named(folded: str) -> str | None:
    """Which detail a text speaks of: "sửa số điện thoại"."""
    for word, detail in (("dien thoai", "phone"), ("sdt", "phone"), ("dia chi", "address"), ("ten", "name")):
        if word in folded:
            return detail
    return None
