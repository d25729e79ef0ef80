"""What citizens are told when something about their request changes, and what they consent to.

Each can be edited in the administration.
"""

CONSENT = (
    "{co_quan} xin ghi họ tên, số điện thoại, địa chỉ, tin nhắn và giấy tờ anh/chị gửi ở đây, chỉ để gọi xác "
    "minh, hẹn giờ và đến nhà "
    "giúp nộp hồ sơ. Chúng tôi giữ 24 tháng sau buổi hỗ trợ (6 tháng nếu hủy) rồi xóa; tin đi qua Zalo, không "
    "giao cho ai khác. "
    "Anh/chị được xem, sửa, xóa, rút lại đồng ý bất cứ lúc nào: gõ “rút lại đồng ý”. Đừng gửi ảnh căn cước hay vị trí."
)

NOTICES: dict[str, str] = {
    "notice_confirmation": (
        "Chúc mừng {ten_goi} đã đăng ký thành công hỗ trợ nộp hồ sơ thủ tục hành chính tại nhà.\n\n"
        "Thủ tục: {thu_tuc}\nThời gian: {gio_hen}\nĐịa chỉ: {dia_chi}\nMã đăng ký: {ma}\n\n"
        "Bộ phận công nghệ số sẽ gọi số {dien_thoai} để xác minh, trước {han_goi}.\n\n"
        "Xin chuẩn bị điện thoại thông minh hoặc máy tính có mạng, và:\n{giay_to}\n\n"
        "Muốn đổi giờ thì gõ “đổi giờ”, muốn hủy thì gõ “hủy”, hoặc mở trang lịch hẹn."
    ),
    "notice_confirmation_no_time": (
        "Chúc mừng {ten_goi} đã đăng ký thành công hỗ trợ nộp hồ sơ thủ tục hành chính tại nhà.\n\n"
        "Thủ tục: {thu_tuc}\nThời gian: cán bộ gọi để hẹn (anh/chị muốn: {loi})\nĐịa chỉ: {dia_chi}\nMã đăng ký: "
        "{ma}\n\n"
        "Bộ phận công nghệ số sẽ gọi số {dien_thoai} trước {han_goi}.\n\n"
        "Xin chuẩn bị điện thoại thông minh hoặc máy tính có mạng, và:\n{giay_to}\n\n"
        "Muốn hủy thì gõ “hủy”, hoặc mở trang lịch hẹn."
    ),
    "notice_needs_info": (
        "Đăng ký {ma} ({thu_tuc}) cần bổ sung: {can_bo_sung}\n{Xung_ho} nhắn hoặc chụp gửi ngay tại đây. Giờ hẹn "
        "vẫn giữ."
    ),
    "notice_verified": (
        "Đăng ký {ma} đã xác minh xong. Lịch hẹn: {gio_hen}, tại {dia_chi}. Khi phân công, em báo {xung_ho} cán "
        "bộ nào đến."
    ),
    "notice_rejected": (
        "Rất tiếc, đăng ký {ma} ({thu_tuc}) chưa hỗ trợ tại nhà được: {ly_do}\n"
        "Cần hỏi thêm, {xung_ho} gõ 0 hoặc gọi {dien_thoai_co_quan}."
    ),
    "notice_assigned": "Lịch hẹn {ma}: {can_bo} sẽ đến lúc {gio_hen}, tại {dia_chi}. Muốn đổi giờ thì gõ “đổi giờ”.",
    "notice_reassigned": "Lịch hẹn {ma} đổi người: {can_bo} sẽ đến thay, vẫn lúc {gio_hen}, tại {dia_chi}.",
    "notice_moved": "Lịch hẹn {ma} ({thu_tuc}) đã đổi giờ.\nGiờ mới: {gio_hen}\nGiờ cũ: {gio_cu}\nĐịa chỉ: {dia_chi}",
    "notice_procedure_changed": (
        "Đăng ký {ma} nay ghi thủ tục: {thu_tuc}. Giờ hẹn: {gio_hen}. Xin chuẩn bị:\n{giay_to}"
    ),
    "notice_cancelled": "Đăng ký {ma} ({thu_tuc}) đã hủy. Lý do: {ly_do}\nKhi cần, {xung_ho} gõ “đăng ký” để hẹn lại.",
    "notice_reminder_day_before": (
        "Nhắc lịch: {gio_hen} cán bộ đến hỗ trợ {thu_tuc}, tại {dia_chi}. {can_bo}\nXin chuẩn bị:\n{giay_to}\n"
        "Không tiện thì gõ “đổi giờ” hoặc “hủy”. Mã đăng ký: {ma}"
    ),
    "notice_reminder_soon": "Sắp đến giờ hẹn {ma}: {gio_hen}, tại {dia_chi}. {can_bo} Xin để điện thoại bên mình.",
    "notice_on_the_way": "{can_bo} đang trên đường đến nhà {xung_ho} (lịch hẹn {ma}, {gio_hen}).",
    "notice_delayed": (
        "{can_bo} xin lỗi {xung_ho} vì đến muộn: khoảng {luc} sẽ tới (lịch hẹn {ma}, {gio_hen}). "
        "Mong {xung_ho} thông cảm."
    ),
    "notice_completed": (
        "Cảm ơn {ten_goi}. Hồ sơ {thu_tuc} đã nộp, mã hồ sơ trên Cổng dịch vụ công: {ma_ho_so}. {Xung_ho} tra "
        "cứu tại dichvucong.gov.vn.\n\n"
        "Buổi hỗ trợ hôm nay thế nào ạ? {Xung_ho} chấm từ 1 (chưa tốt) đến 5 (rất tốt), trả lời bằng một số."
    ),
    "notice_no_show": (
        "Cán bộ đã đến theo lịch hẹn {ma} ({gio_hen}) nhưng chưa gặp được {xung_ho}. Cán bộ sẽ gọi để hẹn lại; "
        "cần ngay thì gõ 0."
    ),
    "notice_unreachable": (
        "Cán bộ đã gọi {xung_ho} nhiều lần về đăng ký {ma} ({thu_tuc}) mà chưa gặp. {Xung_ho} nhắn giờ tiện nghe "
        "máy tại đây; "
        "không có trả lời thì đăng ký sẽ được đóng vào ngày làm việc kế tiếp."
    ),
    "notice_ask_rating": (
        "Buổi hỗ trợ {thu_tuc} vừa rồi thế nào ạ? {Xung_ho} chấm từ 1 (chưa tốt) đến 5 (rất tốt), trả lời bằng một số."
    ),
    "notice_place_offered": (
        "Vừa có giờ trống cho đăng ký {ma} ({thu_tuc}): {gio_hen}. Em giữ cho {xung_ho} tới {luc}. "
        "Muốn nhận thì gõ “nhận”."
    ),
    "notice_place_taken": (
        "Đã giữ giờ cho {xung_ho}: {gio_hen}, tại {dia_chi}. Mã đăng ký: {ma}. Cán bộ vẫn gọi xác minh trước khi đến."
    ),
}
