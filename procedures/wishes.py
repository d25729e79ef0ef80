"""What people want done with a licence they have: another copy, a longer life, a new name or address."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from procedures.reading import Word
from procedures.syllables import agreement, spelling

# The catalogue's kinds of work (`Procedure.Action`); search itself knows no database.
NEW, RENEW, AMEND = "cap_moi", "cap_lai", "sua_doi"
LEAST_AGREEMENT = 0.6
# Words skipped by “*”.
LONGEST_ASIDE = 3

# action, strength, patterns: words in order; {a b} is either; * skips up to three words. Stronger ones prevail.
_PATTERNS: list[tuple[str, float, str]] = [
    (RENEW, 1.6, "cấp lại|xin lại|cấp đổi|cấp tiếp|tái cấp|đăng ký lại|đổi lại giấy|cấp bản khác|gia hạn|gia hạng"),
    (RENEW, 1.6, "giahan|kéo dài|hết hạn|hết hạng|quá hạn|tới hạn|đến hạn|đáo hạn|trễ hạn|hết hiệu lực|hết thời hạn"),
    (RENEW, 1.6, "hết date|hết đát|sắp hết|hết 5 năm|đủ 5 năm|bị mất|làm mất|lỡ mất|rớt mất|đánh mất|mất giấy|mất gp"),
    (RENEW, 1.6, "mất tờ|mất rồi|thất lạc|lạc mất|bị lạc|bị rớt|làm rơi"),
    (RENEW, 1.6, "renew|renewal|extend|expired|expire|expiring|reissue"),
    (
        RENEW,
        1.4,
        "bị rách|rách|rách nát|bị hỏng|bị hư|hư hỏng|bị cháy|cháy mất|bị ướt|ướt hết|chuột cắn|mối ăn",
    ),
    (RENEW, 1.4, "lũ cuốn|bị nhòe|cháy giấy|cháy rồi|cháy hết|cháy nhà"),
    (RENEW, 1.2, "làm lại|hư|hỏng|phai mực|bị mờ|mờ hết|nước cuốn|lost|damaged|torn|reprint"),
    (AMEND, 1.8, "sai tên|sai địa chỉ|sai thông tin|sai số|ghi sai|in sai|sai chính tả|sai năm sinh"),
    (AMEND, 1.8, "đổi tên|đổi chủ|đổi địa chỉ|đứng tên lại|đứng tên thay|qua tên|chuyển tên"),
    (AMEND, 1.6, "đổi * {tên chủ người chỗ}|thay * {tên chủ người}|sửa * tên|sửa * {giấy gp}|đổi * địa {chỉ điểm}"),
    (AMEND, 1.6, "đổi * số nhà|đổi * mặt bằng|đổi * nhà {cung phân}|đổi * thông tin|sửa * thông tin|sửa * địa chỉ"),
    (AMEND, 1.4, "sửa đổi|bổ sung|thay đổi|điều chỉnh|chỉnh sửa|cập nhật|đính chính|sang tên|sang nhượng"),
    (AMEND, 1.4, "chuyển nhượng|sửa lại|chuyển * địa {điểm chỉ}|chuyển * chỗ|chuyển * cửa hàng"),
    (AMEND, 1.4, "chuyển {tiệm quán lò kho chủ qua}|dời|dọn * {qua tới}|thêm {điểm kho}|thêm * điểm bán"),
    (AMEND, 1.4, "thêm * chỗ|thêm * cơ sở|thêm * chi nhánh|thêm * cung cấp|thêm {loại nhãn}|thêm * địa điểm"),
    (AMEND, 1.4, "change|amend|amendment|update|modify|rename|move|moving|transfer|relocate"),
    (NEW, 0.8, "cấp mới|xin mới|làm mới|lần đầu|mới mở|chưa có giấy|đăng ký mới|mở mới|first time|new"),
]
# “mất bao lâu”, “mất phí” ask for a time or a sum: no licence is lost.
_COSTS = frozenset("bao bn may nhieu phi tien thoi gian lau cong gi j ngay".split())  # noqa: SIM905
# Alone and without marks these letters are other words: a face, the southern “không”, to be, a life.
_ONLY_WITH_MARKS = {"mat": "mất", "hong": "hỏng", "hu": "hư", "doi": "dời"}


@dataclass(frozen=True)
class Wish:
    """A pattern. Each place of `words` holds the choices for one word, with marks; None skips up to three."""

    action: str
    strength: float
    shown: str
    words: tuple[frozenset[str] | None, ...]


def _wish(action: str, strength: float, pattern: str) -> Wish:
    words: list[frozenset[str] | None] = []
    rest = pattern
    while rest:
        if rest.startswith("{"):
            choices, _, rest = rest[1:].partition("}")
            words.append(frozenset(choices.split()))
        else:
            word, _, rest = rest.partition(" ")
            words.append(None if word == "*" else frozenset([word]))
        rest = rest.strip()
    shown = pattern.replace(" *", " …").replace("{", "").replace("}", "")
    return Wish(action, strength, shown, tuple(words))


WISHES = [_wish(action, strength, text) for action, strength, line in _PATTERNS for text in line.split("|")]
# Letters only: words that speak of a wish and so are known to every index.
WISH_WORDS = frozenset(spelling(word).plain for wish in WISHES for choices in wish.words for word in choices or ())
_BY_FIRST_WORD: dict[str, list[Wish]] = defaultdict(list)
for _each in WISHES:
    for _word in _each.words[0] or ():
        _BY_FIRST_WORD[spelling(_word).plain].append(_each)


def wished(words: list[Word]) -> dict[str, Wish]:
    """What the message wants done: for each action its strongest pattern."""
    strongest: dict[str, Wish] = {}
    for wish in _wishes_in(words):
        if wish.action not in strongest or wish.strength > strongest[wish.action].strength:
            strongest[wish.action] = wish
    return strongest


def _wishes_in(words: list[Word]) -> Iterator[Wish]:
    for start, word in enumerate(words):
        for plain in {spelling(form).plain for form, _ in word.forms}:
            for wish in _BY_FIRST_WORD.get(plain, ()):
                end = _follow(wish, words, start)
                if end is not None and not _costs(words, start, end):
                    yield wish


def _follow(wish: Wish, words: list[Word], start: int) -> int | None:
    """Where the pattern ends when it begins at `start`, or None."""
    at, may_skip = start, 0
    for choices in wish.words:
        if choices is None:
            may_skip = LONGEST_ASIDE
            continue
        for offset in range(may_skip + 1):
            if at + offset < len(words) and _is_one_of(words[at + offset], choices, alone=len(wish.words) == 1):
                at += offset + 1
                break
        else:
            return None
        may_skip = 0
    return at


def _is_one_of(word: Word, choices: frozenset[str], *, alone: bool) -> bool:
    return any(
        agreement(form, choice) * trust >= LEAST_AGREEMENT
        for form, trust in word.forms
        for choice in choices
        if not (alone and _ONLY_WITH_MARKS.get(form) == choice)
    )


def _costs(words: list[Word], start: int, end: int) -> bool:
    said = {spelling(word.typed).plain for word in words[start:end]}
    return "mat" in said and end < len(words) and any(spelling(form).plain in _COSTS for form, _ in words[end].forms)
