"""What staff call the things on the console. Zalo's events are named here; what a message says and which business it
belongs to only the apps above know, so they say it when Django starts (`name_kinds`, `name_subjects`)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

# As a line of a chat shows them, too.
FROM_CITIZENS = {
    "follow": "Bấm Quan tâm OA",
    "unfollow": "Bỏ quan tâm OA",
    "user_click_chatnow": "Mở khung chat",
    "user_submit_info": "Gửi phiếu chia sẻ thông tin",
    "user_send_text": "Nhắn tin",
    "user_send_link": "Gửi liên kết",
    "user_send_image": "Gửi ảnh",
    "user_send_gif": "Gửi ảnh động",
    "user_send_audio": "Gửi ghi âm",
    "user_send_video": "Gửi video",
    "user_send_file": "Gửi tệp",
    "user_send_sticker": "Gửi nhãn dán",
    "user_send_location": "Gửi vị trí",
    "user_send_business_card": "Gửi danh thiếp",
    "user_asking_product": "Hỏi về sản phẩm",
    "user_reacted_message": "Thả cảm xúc",
    "user_feedback": "Chấm sao mẫu tin",
    "user_click_response_button": "Bấm nút trong mẫu tin",
    "user_withdraw": "Rút đồng ý trên Zalo",
    "user_call_oa": "Gọi thoại cho OA",
    "user_reply_consent": "Trả lời xin phép gọi thoại",
    "anonymous_send_text": "Khách ẩn danh nhắn tin",
    "anonymous_send_image": "Khách ẩn danh gửi ảnh",
    "anonymous_send_file": "Khách ẩn danh gửi tệp",
    "anonymous_send_sticker": "Khách ẩn danh gửi nhãn dán",
}
ABOUT_OUR_MESSAGES = {
    "user_received_message": "Tin của OA đã tới máy",
    "user_seen_message": "Tin của OA đã được xem",
    "oa_send_text": "OA đã gửi tin",
    "oa_send_image": "OA đã gửi ảnh",
    "oa_send_gif": "OA đã gửi ảnh động",
    "oa_send_list": "OA đã gửi thẻ",
    "oa_send_file": "OA đã gửi tệp",
    "oa_send_sticker": "OA đã gửi nhãn dán",
    "oa_send_template": "OA đã gửi mẫu tin",
    "oa_reacted_message": "OA thả cảm xúc",
    "oa_call_user": "OA gọi thoại",
    "oa_send_consent": "OA xin phép gọi thoại",
}
ABOUT_THE_ACCOUNT = {
    "change_template_status": "Mẫu tin đổi trạng thái",
    "change_template_quality": "Mẫu tin đổi chất lượng",
    "change_template_quota": "Mẫu tin đổi hạn mức",
    "change_oa_daily_quota": "OA đổi hạn mức trong ngày",
    "change_oa_template_tags": "OA đổi nhãn mẫu tin",
    "add_user_to_tag": "Gắn nhãn cho người dùng",
    "remove_user_from_tag": "Gỡ nhãn của người dùng",
    "remove_tag": "Xóa nhãn",
    "update_user_info": "Cập nhật thông tin người dùng",
    "widget_interaction_accepted": "Tiện ích web: đồng ý trò chuyện",
    "widget_failed_to_sync_user_external_id": "Tiện ích web: lỗi đồng bộ",
    "event_journey_time_out": "Hành trình hết giờ",
    "event_journey_acknowledged": "Hành trình được nhận",
    "shop_has_order": "Có đơn hàng",
}
EVENT_GROUPS = {
    "Người dân": FROM_CITIZENS,
    "Tin của OA": ABOUT_OUR_MESSAGES,
    "Trang OA": ABOUT_THE_ACCOUNT,
}
_EVENTS = {name: title for group in EVENT_GROUPS.values() for name, title in group.items()}


@dataclass(frozen=True)
class Subject:
    """What a message belongs to: a title for staff, and the page that shows it ("" for none)."""

    title: str
    url: str = ""


_kinds: dict[str, str] = {}
_params: dict[str, str] = {}
_describe: list[Callable[[Collection[str]], Mapping[str, Subject]]] = []
_find: list[Callable[[str], str]] = []


def name_kinds(titles: Mapping[str, str], *, params: Mapping[str, str]) -> None:
    """Say what the kinds and the `params` that `outbox.enqueue` is given are called."""
    _kinds.update(titles)
    _params.update(params)


def name_subjects(*, describe: Callable[[Collection[str]], Mapping[str, Subject]], find: Callable[[str], str]) -> None:
    """Say what the subjects of messages are: `describe` many at once, by subject; `find` one by what staff call it
    ("" for none)."""
    _describe[:], _find[:] = [describe], [find]


def event_title(name: str) -> str:
    """In words; Zalo's own name for what is in no list."""
    return _EVENTS.get(name, name) or "Không rõ"


def kind_title(kind: str) -> str:
    return _kinds.get(kind, kind)


def param_title(name: str) -> str:
    return _params.get(name, name)


def kind_choices() -> list[tuple[str, str]]:
    return list(_kinds.items())


def event_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped, as a select shows them."""
    return [(group, list(titles.items())) for group, titles in EVENT_GROUPS.items()]


def subjects_of(subjects: Collection[str]) -> dict[str, Subject]:
    """Each subject in words; one that nobody knows (any more) stands for itself."""
    wanted = {subject for subject in subjects if subject}
    known = _describe[0](wanted) if _describe and wanted else {}
    return {subject: known.get(subject) or Subject(subject) for subject in wanted}


def find_subject(words: str) -> str:
    """The subject staff mean; their own words when nobody knows any."""
    return (_find[0](words) if _find else "") or words
