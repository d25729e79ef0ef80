"""Why somebody other than the first of the ranking goes: a coded choice, and words where no code fits."""

from collections.abc import Sequence

from scheduling.errors import ReasonMissing
from scheduling.models import StaffMember
from scheduling.staffing import Candidate

OTHER = "khac"
REASONS = {
    "vang": "Cán bộ vắng đột xuất",
    "dan": "Người dân đề nghị",
    "quen": "Quen việc hoặc quen người dân",
    "duong": "Gom đường đi",
    "chia": "Chia đều việc",
    OTHER: "Lý do khác",
}


def is_first(staff: StaffMember, ranked: Sequence[Candidate]) -> bool:
    """Whether this is the person whom one press sends."""
    return bool(ranked) and ranked[0].can_go and ranked[0].staff == staff


def reason_said(*, code: str, words: str, is_needed: bool) -> str:
    """The reason as it is kept with the assignment. Raises ReasonMissing with what is still to be written."""
    words = words.strip()
    if is_needed and code not in REASONS:
        raise ReasonMissing("Chọn người khác với người đứng đầu gợi ý thì cần chọn lý do.")
    if code == OTHER and not words:
        raise ReasonMissing("Chọn “Lý do khác” thì hãy ghi rõ lý do.")
    return ": ".join(part for part in (REASONS.get(code, ""), words) if part)
