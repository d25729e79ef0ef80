"""Simple English sentences: what they ask for, and whether a text is English at all."""

import re

from registrations.dialogue.intent_words import Intent

_SOMEBODY = r"(?:person|human|someone|somebody|staff|officer|official|people|agent|operator|employee)"
_WHEN = r"(?:time|appointment|date|day|visit|schedule|booking|hour)"
# In this order: “cancel my appointment” speaks of an appointment, too.
_SAID: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        (Intent.WITHDRAW, r"\b(?:delete|remove|erase)\b.{0,15}\b(?:data|information|details|info)\b"),
        (Intent.WITHDRAW, r"\bwithdraw\b.{0,12}\bconsent\b"),
        (Intent.HUMAN, rf"\b(?:talk|speak|chat)\b.{{0,15}}\b{_SOMEBODY}\b|\b(?:real|human) person\b|\bcall me\b"),
        (Intent.HUMAN, r"\bcomplain(?:t|ing)?\b|\bno ?(?:one|body) (?:came|comes|answers?|called|calls|picks up)\b"),
        (Intent.STOP, r"^(?:stop|never ?mind|forget it|no thanks?|no thank you|not now|quit|exit)[.! ]*$"),
        (Intent.CANCEL, r"\bcancel(?:l?ed|l?ing|lation)?\b"),
        (Intent.CHANGE, rf"\b(?:change|move|another|different|postpone|delay)\b.{{0,20}}\b{_WHEN}\b|\breschedule\b"),
        (Intent.WHY_DATA, r"\bwhy\b.{0,30}\b(?:phone|address|information|data|name|number)\b|\bprivacy\b"),
        (Intent.WHY_DATA, r"\b(?:data|information|details)\b.{0,15}\b(?:safe|secure|private|leak)"),
        (Intent.PAPERS, r"\b(?:what|which)\b.{0,15}\b(?:documents?|papers?|paperwork)\b"),
        (Intent.PAPERS, r"\bwhat (?:do|should|must) i (?:need|prepare|bring)\b"),
        (Intent.HOW_LONG, r"\bhow (?:long|many days)\b"),
        (Intent.FEE, r"\bis (?:it|this|that) free\b|\bhow much\b|\b(?:fees?|cost|price)\b"),
        (Intent.HOURS, r"\b(?:opening|office|working) hours\b|\b(?:when|what time)\b.{0,12}\b(?:open|close)\b"),
        (Intent.STATUS, r"\b(?:when|what time)\b.{0,25}\b(?:come|coming|visit|arrive|appointment)\b"),
        (Intent.STATUS, r"\bwhere is my\b|\bstatus\b|^(?:show )?my (?:application|appointment|booking)s?[.? ]*$"),
        (Intent.WRONG_PERSON, r"\bwrong (?:person|number)\b|\bi (?:did not|didn'?t|never) regist"),
        (Intent.WHO_ARE_YOU, r"^who (?:are you|is this)\b"),
        (Intent.MENU, r"\b(?:speak|understand|know) english\b"),
        (Intent.MENU, r"^(?:i need )?help(?: me)?(?: please)?[.! ]*$"),
        (Intent.MENU, r"\bwhat can you do\b|^how (?:do|can|should) i do (?:it|that|this)\b"),
        (
            Intent.REGISTER,
            r"^(?:hello |hi |please |yes )*(?:(?:how )?(?:do |can |could )?i )?"
            r"(?:want|would like|d like|like|need)?(?: to)? ?"
            r"(?:register|sign up|registration|start|begin|book(?: an?| the)?(?: home)? (?:visit|appointment)"
            r"|(?:make|get|have) an? (?:home )?(?:appointment|visit)|an? appointment)"
            r"(?: (?:please|now|here|online|for (?:a )?home (?:visit|support)|for help|at home))*[.!? ]*$",
        ),
        (Intent.GREETING, r"^(?:hello|hi|hey|good (?:morning|afternoon|evening))(?: (?:there|sir|madam|all))*[.! ]*$"),
        (Intent.THANKS, r"^(?:ok |okay )?(?:thanks?|thank you)(?: (?:so|very) much)?[.! ]*$"),
    )
)  # fmt: skip
# Words that, folded, are no Vietnamese ones a citizen would write.
_ENGLISH = frozenset(
    """
    want would like need could should you your what when where which who why how the please help speak english
    appointment cancel change register person someone staff talk license licence sell with from my have does did is are
    this that tomorrow today morning afternoon evening monday tuesday wednesday thursday friday saturday sunday next
    week documents papers paperwork free much shop open know understand sorry good hello thanks thank and for
    not dont don't isn't it's i'm of at there call me time date visit come about be was or will some any get make wine
    alcohol cigarettes tobacco food permit certificate
    """.split()  # noqa: SIM905
)
# These are Vietnamese as well (“me” is a mother, “to” a group): they only count beside others.
_BOTH = frozenset("me i to a can do in on no so my the at be or of it am us we he".split())  # noqa: SIM905
_WORD = re.compile(r"[a-z']+")


def english_intent(folded: str) -> Intent | None:
    return next((intent for intent, pattern in _SAID if pattern.search(folded)), None)


def is_english(folded: str) -> bool:
    """Whether a message is mostly English: two words of it at least that no Vietnamese sentence has."""
    words = _WORD.findall(folded)
    sure = sum(word in _ENGLISH and word not in _BOTH for word in words)
    return sure >= 2 and (sure + sum(word in _BOTH for word in words)) * 3 >= len(words) * 2
