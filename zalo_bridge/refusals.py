"""Zalo's error numbers as data: whose fault, what to do, when to try again, what staff read.

Match on the number, never on Zalo's words: they vary. Source: developers.zalo.me, "Error code" of Official Account API
and of ZBS templates; the advice per number is ours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone


class Remedy(StrEnum):
    TOKEN = "T"  # noqa: S105 - refresh the token once and send again
    BACK_OFF = "B"  # try again soon, later messages of this person wait
    RESCHEDULE = "S"  # try again at a named time, later messages go ahead
    NEXT_CHANNEL = "X"  # this person cannot be reached this way
    CONFIGURATION = "C"  # a person must mend something; the channel stands still
    OUR_FAULT = "P"  # the message itself is wrong; sending it again changes nothing


@dataclass(frozen=True)
class Refusal:
    remedy: Remedy
    sentence: str
    wait: timedelta = timedelta(0)
    """Back off: the first wait. Reschedule: 0 means "in the morning"."""
    tries: int = 8
    alerts: bool = False
    """Open an incident as well, without stopping the channel."""


def _table(remedy: Remedy, rows: dict[int, str], **more: object) -> dict[int, Refusal]:
    return {code: Refusal(remedy, sentence, **more) for code, sentence in rows.items()}  # type: ignore[arg-type]


MINUTE = timedelta(minutes=1)
NEXT_MORNING = timedelta(0)
NEXT_DAY = timedelta(days=1)

OA: dict[int, Refusal] = {
    **_table(
        Remedy.TOKEN,
        {
            -216: "Token truy cập Zalo không còn hiệu lực.",
            -220: "Token truy cập Zalo đã hết hạn hoặc bị gỡ.",
            -124: "Token truy cập Zalo không hợp lệ.",
            -401: "Zalo không nhận token truy cập.",
            216: "Token truy cập Zalo không còn hiệu lực.",
            401: "Zalo không nhận token truy cập.",
        },
    ),
    **_table(Remedy.BACK_OFF, {-32: "Gửi quá nhanh so với hạn mức của Zalo."}, wait=MINUTE, tries=30),
    **_table(Remedy.BACK_OFF, {-200: "Zalo gửi không thành công."}, wait=timedelta(seconds=10), tries=3),
    **_table(Remedy.BACK_OFF, {-214: "Zalo đang xử lý nội dung."}, wait=timedelta(seconds=30)),
    **_table(Remedy.BACK_OFF, {-100: "Tệp đính kèm trên Zalo đã hết hạn."}, wait=timedelta(seconds=10), tries=2),
    **_table(Remedy.RESCHEDULE, {-234: "Zalo không cho gửi tin này ban đêm (22 giờ đến 6 giờ)."}, wait=NEXT_MORNING),
    **_table(
        Remedy.NEXT_CHANNEL,
        {
            -213: "Người dân chưa quan tâm OA.",
            -217: "Người dân đã chặn lời mời của OA.",
            -218: "Người dân đã nhận đủ số tin trong ngày.",
            -227: "Tài khoản Zalo bị khóa hoặc không dùng quá 45 ngày.",
            -230: "Người dân không nhắn cho OA trong 7 ngày qua.",
            -231: "Zalo không cho OA nhắn người này.",
            -232: "Người dân chưa từng nhắn, hoặc đã hết hạn nhắn lại.",
            -244: "Người dân đã hạn chế loại tin này.",
        },
    ),
    **_table(
        Remedy.CONFIGURATION,
        {
            -204: "OA đã bị xóa.",
            -205: "OA không tồn tại.",
            -209: "Ứng dụng chưa được kích hoạt trên trang Zalo cho nhà phát triển.",
            -211: "OA đã hết hạn mức tin. Cần mua thêm hoặc chờ kỳ sau.",
            -212: "Ứng dụng chưa đăng ký dùng API này.",
            -219: "Ứng dụng đã bị gỡ hoặc bị tắt.",
            -221: "OA cần được xác thực.",
            -223: "OA chưa cấp quyền dùng API này cho ứng dụng.",
            -224: "Gói dịch vụ OA thấp hơn mức cần có.",
            -235: "Loại OA này không dùng được API.",
            -237: "Lỗi tài nguyên của OA.",
            -238: "Lỗi tài nguyên của OA.",
            -241: "Lỗi tài nguyên của OA.",
            -403: "OA không có quyền.",
            -404: "Zalo không có địa chỉ API này. Xem lại ZALO_API_URL.",
            404: "Zalo không có địa chỉ API này. Xem lại ZALO_API_URL.",
            -242: "appsecret_proof sai. Xem lại ZALO_APP_SECRET và ZALO_APPSECRET_PROOF.",
            -249: "Mẫu tin này không gửi được theo người dùng.",
            -320: "Chưa liên kết tài khoản Zalo Cloud.",
            -321: "Tài khoản Zalo Cloud đã hết tiền.",
        },
    ),
    **_table(
        Remedy.OUR_FAULT,
        {
            -201: "Zalo báo tham số không hợp lệ.",
            -210: "Tin dài quá giới hạn của Zalo.",
            -233: "Zalo không nhận kiểu tin này.",
            -240: "API phiên bản cũ đã đóng.",
        },
    ),
    -248: Refusal(Remedy.OUR_FAULT, "Nội dung tin vi phạm chuẩn của Zalo.", alerts=True),
}

BUSINESS: dict[int, Refusal] = {
    **_table(
        Remedy.TOKEN, {-124: "Token truy cập Zalo không hợp lệ.", -216: "Token truy cập Zalo không còn hiệu lực."}
    ),
    **_table(Remedy.BACK_OFF, {-100: "Zalo gặp lỗi chưa rõ, sẽ gửi lại."}, wait=timedelta(seconds=30), tries=5),
    **_table(Remedy.BACK_OFF, {-32: "Gửi quá nhanh so với hạn mức của Zalo."}, wait=MINUTE, tries=30),
    **_table(Remedy.RESCHEDULE, {-133: "Zalo không cho gửi mẫu tin ban đêm (22 giờ đến 6 giờ)."}, wait=NEXT_MORNING),
    **_table(
        Remedy.RESCHEDULE,
        {
            -144: "Đã hết hạn mức mẫu tin trong ngày.",
            -1441: "Đã hết hạn mức mẫu tin trong tháng.",
            -147: "Mẫu tin đã hết hạn mức trong ngày.",
            -1472: "Người này đã nhận đủ số mẫu tin trong ngày.",
        },
        wait=NEXT_DAY,
    ),
    **_table(
        Remedy.NEXT_CHANNEL,
        {
            -108: "Số điện thoại không hợp lệ.",
            -110: "Ứng dụng Zalo của người dân quá cũ.",
            -114: "Người dân không nhận được tin.",
            -118: "Số điện thoại không có tài khoản Zalo.",
            -119: "Tài khoản Zalo này không nhận được tin.",
            -134: "Người dân chưa đồng ý nhận tin.",
            -139: "Người dân từ chối nhận loại tin này.",
            -140: "Người dân không đủ điều kiện nhận loại tin này.",
            -141: "Người dân từ chối nhận tin từ OA.",
            -1471: "Người này đã nhận đủ số mẫu tin.",
        },
    ),
    **_table(
        Remedy.CONFIGURATION,
        {
            -101: "Ứng dụng không hợp lệ.",
            -102: "Ứng dụng không tồn tại.",
            -103: "Ứng dụng chưa được kích hoạt.",
            -104: "App secret sai.",
            -105: "Ứng dụng chưa liên kết với OA.",
            -109: "Mã mẫu tin không đúng.",
            -115: "Hết tiền hoặc hết hạn mức gửi mẫu tin.",
            -117: "OA hoặc ứng dụng không có quyền dùng mẫu tin này.",
            -120: "OA không có quyền gửi mẫu tin.",
            -1201: "OA không có quyền gửi mẫu tin.",
            -1202: "OA không có quyền gửi mẫu tin.",
            -1241: "appsecret_proof sai.",
            -125: "Mã OA không hợp lệ.",
            -126: "Ví thử nghiệm đã hết.",
            -127: "Mẫu tin thử chỉ gửi được cho quản trị viên.",
            -131: "Mẫu tin chưa được Zalo duyệt.",
            -135: "OA không được gửi mẫu tin.",
            -1351: "OA bị chặn gửi mẫu tin.",
            -136: "Chưa liên kết tài khoản Zalo Cloud.",
            -137: "Trừ tiền tài khoản Zalo Cloud không thành công.",
            -138: "Ứng dụng không có quyền gửi mẫu tin.",
            -1381: "Phần mở rộng của OA chưa bật.",
            -145: "Loại nội dung không được phép gửi.",
            -146: "Mẫu tin bị khóa do chất lượng thấp.",
            -404: "Zalo không có địa chỉ API này. Xem lại ZALO_BUSINESS_URL.",
            404: "Zalo không có địa chỉ API này. Xem lại ZALO_BUSINESS_URL.",
        },
    ),
    **_table(
        Remedy.OUR_FAULT,
        dict.fromkeys(
            (
                *(-106, -107, -111, -112, -1121, -1122, -1124, -113, -1131, -116, -121, -122, -130, -132),
                *(
                    -123,
                    -128,
                    -129,
                    -142,
                    -143,
                    -148,
                    -149,
                    -1491,
                    -150,
                    -151,
                    -152,
                    -153,
                    -158,
                    -159,
                    -160,
                    -161,
                    -162,
                ),
            ),
            "Zalo báo nội dung mẫu tin không hợp lệ.",
        ),
    ),
}

# Buttons are unproven on chat messages: these numbers mean "not this shape", and plain text always works.
BUTTONS_REFUSED = {-201, -233, -240}
# Our record of the last interaction was wrong.
WINDOW_CLOSED = {-230, -232}
# The whole Official Account is concerned, whatever the channel.
STOPS_EVERYTHING = {-204, -205, -209, -219, -242, -1241}

UNLISTED = Refusal(
    Remedy.BACK_OFF, "Zalo trả mã lỗi chưa có trong danh mục.", wait=timedelta(seconds=30), tries=4, alerts=True
)


def refusal_of(code: int, *, is_business: bool) -> Refusal:
    return (BUSINESS if is_business else OA).get(code, UNLISTED)


def back_off(first: timedelta, attempt: int) -> timedelta:
    """Doubling from `first`, at most a quarter of an hour. `attempt` counts from 1."""
    return min(first * 2 ** min(attempt - 1, 10), timedelta(minutes=15))


def reschedule_at(refusal: Refusal, now: datetime) -> datetime:
    """06:05 local time: the next one for night refusals, tomorrow's for spent quotas."""
    local = timezone.localtime(now)
    morning = local.replace(hour=6, minute=5, second=0, microsecond=0)
    if refusal.wait or local >= morning:
        morning += timedelta(days=1)
    return morning
