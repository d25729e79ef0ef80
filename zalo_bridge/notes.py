"""Events that concern the Official Account as a whole: remembered, turned into incidents, or understood and ignored."""

from dataclasses import dataclass
from typing import Any, Self

from zalo_bridge import incidents
from zalo_bridge.envelope import text_of
from zalo_bridge.memory import remember
from zalo_bridge.models import NoticeTemplate, WebhookEvent
from zalo_bridge.reading import KINDS, tidy

# Understood, and nothing follows from them here. Names not in any list are ignored too, but say so.
NO_CONSEQUENCE = {
    "add_user_to_tag": "gắn nhãn trên trang OA",
    "remove_user_from_tag": "gỡ nhãn trên trang OA",
    "remove_tag": "xóa nhãn trên trang OA",
    "update_user_info": "cập nhật thông tin người dùng",
    "widget_interaction_accepted": "tiện ích web",
    "widget_failed_to_sync_user_external_id": "tiện ích web",
    "oa_send_consent": "xin phép gọi thoại",
    "user_reply_consent": "trả lời xin phép gọi thoại",
    "user_call_oa": "cuộc gọi thoại",
    "oa_call_user": "cuộc gọi thoại",
    "oa_reacted_message": "OA thả cảm xúc",
    "shop_has_order": "đơn hàng",
    "event_journey_time_out": "hành trình",
    "event_journey_acknowledged": "hành trình",
    "change_oa_template_tags": "nhãn mẫu tin",
    "change_template_quota": "hạn mức mẫu tin",
}


@dataclass(frozen=True)
class Verdict:
    """How an event ended and why, in words for staff; never personal data."""

    state: str
    note: str = ""

    @classmethod
    def done(cls, note: str = "") -> Self:
        return cls(WebhookEvent.State.DONE, note)

    @classmethod
    def ignored(cls, note: str) -> Self:
        return cls(WebhookEvent.State.IGNORED, note)


def note_account_event(name: str, body: dict[str, Any]) -> Verdict:
    """Runs inside the event's transaction."""
    if name == "change_template_status":
        return _note_template_status(body)
    if name == "change_template_quality":
        return _note_template_quality(body)
    if name == "change_oa_daily_quota":
        quota = body.get("quota")
        remember("template_daily_quota", {"total": tidy(quota.get("new_value"), 20) if isinstance(quota, dict) else ""})
        return Verdict.done("hạn mức mẫu tin trong ngày thay đổi")
    if name.startswith(("anonymous_send_", "oa_send_anonymous_")):
        return Verdict.ignored("khách ẩn danh từ tiện ích web: không nhận đăng ký qua kênh này")
    if "group" in name:
        return Verdict.ignored("sự kiện của nhóm chat")
    if name in KINDS or name.startswith("oa_send_") and name not in NO_CONSEQUENCE:
        return Verdict.ignored("không có mã người dùng")
    return Verdict.ignored(NO_CONSEQUENCE.get(name, "loại sự kiện chưa biết"))


def _note_template_status(body: dict[str, Any]) -> Verdict:
    template_id, status = tidy(text_of(body.get("template_id")), 32), body.get("status")
    new = tidy(status.get("new_status"), 40) if isinstance(status, dict) else ""
    in_use = NoticeTemplate.objects.filter(template_id=template_id, is_enabled=True).exists()
    cause = f"template:{template_id}"
    if new in ("ENABLE", "APPROVED"):
        incidents.close(cause=cause)
    elif in_use and new in ("REJECT", "DISABLE", "DELETE"):
        incidents.report(cause=cause, detail=f"Mẫu tin {template_id} chuyển sang trạng thái {new}.")
    return Verdict.done(f"mẫu tin {template_id}: {new}")


def _note_template_quality(body: dict[str, Any]) -> Verdict:
    template_id, quality = tidy(text_of(body.get("template_id")), 32), tidy(body.get("quality"), 20)
    cause = f"template-quality:{template_id}"
    if quality == "LOW" and NoticeTemplate.objects.filter(template_id=template_id, is_enabled=True).exists():
        incidents.report(cause=cause, detail=f"Zalo đánh giá mẫu tin {template_id} chất lượng thấp, có thể bị khóa.")
    elif quality and quality != "LOW":
        incidents.close(cause=cause)
    return Verdict.done(f"mẫu tin {template_id}: chất lượng {quality}")
