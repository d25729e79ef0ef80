"""What the conversation says, as the office starts out. Each can be edited in the administration.

`{lua_chon}` stands for the numbered answers; other placeholders are explained in `wording.PLACEHOLDERS`.
"""

CONVERSATION: dict[str, str] = {
    # --- hello ---
    "welcome": (
        "Chào {xung_ho}. Đây là {co_quan}. Cán bộ có thể đến tận nhà giúp {xung_ho} nộp hồ sơ trực tuyến, không "
        "thu phí hỗ trợ."
    ),
    "menu": (
        "{Xung_ho} cần việc gì ạ?\n{lua_chon}\nTrả lời bằng số, hoặc gõ luôn thủ tục cần làm, ví dụ: rượu, thuốc "
        "lá, gas, thực phẩm."
    ),
    "hello_menu": (
        "Dạ em chào {xung_ho}. {Xung_ho} cần việc gì ạ?\n{lua_chon}\n"
        "Trả lời bằng số, hoặc gõ luôn thủ tục cần làm, ví dụ: rượu, thuốc lá, gas, thực phẩm."
    ),
    "menu_short": "{Xung_ho} cần gì thêm ạ?\n{lua_chon}",
    "hello": "Dạ em chào {xung_ho}. Mình làm tiếp đăng ký đang dở nhé.",
    "not_understood": "Dạ em chưa hiểu ý {xung_ho}. {Xung_ho} cần việc nào dưới đây ạ?\n{lua_chon}",
    "help_in_draft": (
        "{Xung_ho} đang đăng ký hỗ trợ tại nhà. Lúc nào cũng có thể gõ: “sửa” để sửa thông tin, “thôi” để dừng, "
        "“gặp cán bộ” để nói chuyện với người."
    ),
    "back_after_long": "Dạ, lần trước {xung_ho} đang đăng ký dở. Mình làm tiếp nhé; không cần nữa thì gõ “thôi”.",
    "you_are_welcome": "Dạ không có gì ạ. Cần gì {xung_ho} cứ nhắn.",
    "nothing_going_on": "Dạ vâng. Khi cần, {xung_ho} gõ “đăng ký” hoặc “menu” nhé.",
    "old_button": "Nút này của tin nhắn cũ nên không dùng được nữa.",
    "english": (
        "English: write register, change time, cancel, papers, or 0 for a person. Numbers work, too. "
        "Our answers are in Vietnamese."
    ),
    "question_for_staff": (
        "Câu này em chưa trả lời được. Cán bộ sẽ trả lời khi gọi xác minh; cần ngay thì {xung_ho} gõ 0."
    ),
    "offer_human": "Nếu khó quá, {xung_ho} gõ 0 để cán bộ gọi lại giúp.",
    "refused": "{vi_sao}",
    "told_elsewhere": "Dạ xong rồi ạ. Tin xác nhận gửi vào Zalo {xung_ho} đăng ký trước đây.",
    # --- consent ---
    "consent": (
        "Để cán bộ đến tận nhà giúp nộp hồ sơ, xin {xung_ho} bấm “Chia sẻ thông tin” ở tin dưới.\n\n{loi_dong_y}\n\n"
        "Nếu không mở được phiếu:\n{lua_chon}"
    ),
    "consent_for_other": (
        "Dạ được ạ, {xung_ho} đăng ký giúp người thân được. Xin {xung_ho} bấm “Chia sẻ thông tin” của mình ở tin dưới "
        "để cán bộ biết gọi cho ai; địa chỉ của người thân em hỏi sau.\n\n{loi_dong_y}\n\n"
        "Nếu không mở được phiếu:\n{lua_chon}"
    ),
    "consent_not_yet": "Em chưa được phép ghi thông tin của {xung_ho}.",
    "no_consent": (
        "Dạ vâng, em không lưu thông tin nào. {Xung_ho} có thể đến trực tiếp hoặc gọi {dien_thoai_co_quan}. Đổi "
        "ý thì gõ “đăng ký”."
    ),
    "why_data": (
        "Số điện thoại để cán bộ gọi xác minh trước khi đến; họ tên, địa chỉ để biết gặp ai, đến đâu. {co_quan} giữ, "
        "không giao cho ai khác. Không muốn để lại thì gõ “thôi”, hoặc gọi {dien_thoai_co_quan}."
    ),
    "consent_again": (
        "Xin {xung_ho} bấm “Chia sẻ thông tin” ở tin dưới để đăng ký (nội dung xin phép ở tin trên), hoặc trả lời:\n"
        "{lua_chon}"
    ),
    # --- details ---
    "understood": "Cảm ơn {ten_goi}. Em ghi: {ho_ten}, {dien_thoai}, {dia_chi}.",
    "corrected": "Dạ em sửa lại: {ho_ten}, {dien_thoai}, {dia_chi}.",
    "ask_name": "{Xung_ho} cho em xin họ và tên ạ.",
    "name_unclear": "Em chưa đọc được họ tên. {Xung_ho} chỉ gõ họ và tên thôi nhé, ví dụ: Nguyễn Thị Mẫu.",
    "noted": "Dạ em ghi nhận.",
    "ask_phone": "{Xung_ho} cho em xin số điện thoại để cán bộ gọi xác minh.",
    "phone_invalid": "Số điện thoại này chưa đúng. Số di động có 10 chữ số, ví dụ 0900 000 001.",
    "phone_several": "Em thấy nhiều số điện thoại. {Xung_ho} gõ một số hay dùng nhất thôi nhé.",
    "phone_foreign": "Cán bộ chỉ gọi được số điện thoại Việt Nam.",
    "phone_premium": "Số này là số dịch vụ. {Xung_ho} cho em số di động hoặc số bàn nhé.",
    "phone_old_eleven_digits": (
        "Số 11 chữ số đã đổi từ năm 2018. Số mới có phải {so_moi} không ạ? {Xung_ho} gõ lại số đang dùng giúp em."
    ),
    "ask_address": (
        "{Xung_ho} cho em địa chỉ cán bộ cần đến: số nhà hoặc tổ, đường hoặc thôn, phường. Tên phường cũ cũng được. "
        "Bên em phục vụ: {dia_ban}."
    ),
    "ask_address_inside": (
        "Nếu cần cán bộ đến một địa chỉ khác trong địa bàn, {xung_ho} gõ địa chỉ đó; không thì gõ “thôi”."
    ),
    "ask_other_address": (
        "{Xung_ho} gõ địa chỉ cán bộ cần đến: số nhà hoặc tổ, đường, phường ({dia_ban}). Chỉ cần địa chỉ; trước "
        "khi đi cán bộ "
        "vẫn gọi số của {xung_ho}."
    ),
    "ask_address_again": "{Xung_ho} gõ lại địa chỉ, nhớ có tên phường (tên cũ cũng được). Bên em phục vụ: {dia_ban}.",
    "address_unknown": "Em chưa nhận ra phường trong địa chỉ này.",
    "ask_ward": "Địa chỉ đó nay thuộc phường nào ạ?\n{lua_chon}",
    "outside_area": (
        "Địa chỉ này ngoài địa bàn bên em đến được ({dia_ban}). {Xung_ho} liên hệ Trung tâm Phục vụ hành chính "
        "công phường, xã nơi ở, "
        "hoặc tự nộp trên dichvucong.gov.vn."
    ),
    "outside_named": (
        "{noi} không thuộc địa bàn bên em đến được ({dia_ban}). {Xung_ho} liên hệ Trung tâm Phục vụ hành chính "
        "công phường, xã nơi ở, hoặc tự nộp trên dichvucong.gov.vn."
    ),
    "ask_whose_house": "Cảm ơn {ten_goi}. Em ghi: {ho_ten}, {dien_thoai}, {dia_chi}. Cán bộ đến đâu ạ?\n{lua_chon}",
    "ask_known": "Lần trước {ten_goi} để lại: {ho_ten}, {dien_thoai}, {dia_chi}. Vẫn đúng chứ ạ?\n{lua_chon}",
    "ask_correct": "{Xung_ho} muốn sửa mục nào ạ?\n{lua_chon}\nHoặc gõ luôn thông tin đúng.",
    "correct_by_staff": "Dạ em đã báo cán bộ. Khi gọi xác minh cán bộ sẽ sửa lại với {xung_ho}.",
    # --- procedure ---
    "ask_procedure": (
        "Đúng thì {xung_ho} gõ tên thủ tục cần làm, ví dụ: rượu, thuốc lá, gas, thực phẩm. Chưa đúng thì gõ “sửa”."
    ),
    "ask_procedure_again": (
        "{Xung_ho} gõ lại thủ tục bằng vài từ, ví dụ: bán lẻ rượu, cửa hàng gas. Bên em giúp các lĩnh vực: "
        "{linh_vuc}."
    ),
    "ask_procedure_other": (
        "Nếu cần thủ tục khác, {xung_ho} gõ tên thủ tục đó (ví dụ: rượu, thuốc lá, gas), không thì gõ “thôi”."
    ),
    "is_it_this": "Có phải thủ tục này không ạ?\n{lua_chon}",
    "which_procedure": "{Xung_ho} cần thủ tục nào dưới đây ạ?\n{lua_chon}\nTrả lời bằng số.",
    "which_popular": (
        "Dạ đúng rồi thì mình làm tiếp. {Xung_ho} cần thủ tục nào ạ?\n{lua_chon}\nTrả lời bằng số, hoặc gõ tên "
        "thủ tục."
    ),
    "procedure_not_found": (
        "Em chưa tìm thấy thủ tục đó. Bên em giúp các lĩnh vực: {linh_vuc}. {Xung_ho} gõ lại bằng vài từ khác, "
        "ví dụ: rượu, thuốc lá, gas, thực phẩm."
    ),
    "procedure_unclear": "Em vẫn chưa tìm ra thủ tục “{loi}”. {Xung_ho} muốn:\n{lua_chon}",
    "not_ours": "Thủ tục này bên em không nhận. Nơi nhận: {noi_nhan}",
    # --- time ---
    "offer_times": (
        "Giờ gần nhất cán bộ đến được:\n{lua_chon}\nTrả lời bằng số, gõ giờ {xung_ho} muốn (ví dụ “chiều mai”), "
        "hoặc chọn trên trang."
    ),
    "offer_again": "Các giờ gần nhất:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "offer_day": "{luc} còn các giờ:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "offer_wished": "{luc} còn chỗ:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "offer_part": "Các giờ gần nhất như {xung_ho} muốn:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "time_not_free": "{luc} không còn chỗ. Giờ gần đó:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "day_not_free": "{luc} {vi_sao}. Các giờ còn trống:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "time_not_understood": (
        "Em chưa rõ giờ {xung_ho} muốn. {Xung_ho} trả lời bằng số, hoặc gõ như “8 giờ sáng thứ Năm”, “chiều "
        "25/11”:\n{lua_chon}"
    ),
    "taken": "{vi_sao} Em giữ cho {xung_ho} các giờ gần nhất:\n{lua_chon}\nTrả lời bằng số, hoặc gõ ngày giờ khác.",
    "offer_gone": (
        "Giờ trống đó đã hết hạn giữ nên em đã mời người kế tiếp. Có giờ khác như {xung_ho} muốn, em báo tiếp; "
        "muốn chọn giờ khác thì gõ “đổi giờ”."
    ),
    "no_places": "Hiện chưa có giờ nào trống. {Xung_ho} gõ ngày giờ mong muốn, cán bộ sẽ gọi để thu xếp.",
    "wish_unclear": (
        "Em chưa rõ ngày giờ {xung_ho} muốn. {Xung_ho} gõ như “chiều thứ Năm tuần sau” hoặc “8 giờ sáng 25/11”; cán bộ "
        "sẽ gọi để thu xếp."
    ),
    "also_wanted": "{Xung_ho} còn nhắc đến {thu_tuc}. Muốn đăng ký luôn thì {xung_ho} gõ “{loi}”.",
    "ask_wish": "{Xung_ho} gõ ngày giờ mong muốn, ví dụ “chiều thứ Năm tuần sau”. Cán bộ sẽ gọi để thu xếp.",
    # --- my requests ---
    "no_visit": "{Xung_ho} chưa có đăng ký nào đang chờ. Gõ “đăng ký” để bắt đầu.",
    "status_draft": "Đăng ký chưa xong nên chưa có lịch hẹn. Mình làm tiếp nhé.",
    "nothing_to_do": (
        "Đăng ký của {xung_ho} đang ở bước không đổi hay hủy qua tin nhắn được. {Xung_ho} gõ 0 để gặp cán bộ."
    ),
    "which_visit": "{Xung_ho} nói về đăng ký nào ạ?\n{lua_chon}",
    "status": "{thu_tuc} ({ma}): {tinh_trang}. Hẹn {gio_hen}. Cán bộ: {can_bo}.",
    "status_needs": (
        "{thu_tuc} ({ma}): {tinh_trang}. Cần bổ sung: {can_bo_sung}. {Xung_ho} nhắn hoặc chụp gửi ngay tại đây."
    ),
    "papers": "{thu_tuc} cần chuẩn bị:\n{giay_to}\n{duong_dan}",
    "papers_then_register": "Muốn cán bộ đến nhà giúp làm thì {xung_ho} gõ “đăng ký”.",
    "papers_later": "{thu_tuc}: cán bộ sẽ đọc danh sách giấy tờ khi gọi xác minh.",
    "papers_which": "{Xung_ho} gõ tên thủ tục, em gửi danh sách giấy tờ. Ví dụ: giấy tờ bán lẻ rượu cần gì.",
    "offer_new_times": (
        "Đổi giờ cho {thu_tuc} ({ma}), đang hẹn {gio_hen}. Giờ còn trống:\n{lua_chon}\nTrả lời bằng số, hoặc gõ "
        "ngày giờ khác."
    ),
    "taken_new_time": "{vi_sao} Giờ cũ ({gio_hen}) vẫn giữ. Các giờ gần nhất:\n{lua_chon}",
    "staff_will_call": "Dạ em đã báo cán bộ gọi lại để thu xếp giờ. Lịch cũ vẫn giữ cho tới khi đổi xong.",
    "ask_cancel_reason": (
        "Hủy {thu_tuc} ({ma}), hẹn {gio_hen}. Cho em biết lý do để phục vụ tốt hơn:\n{lua_chon}\nTrả lời bằng "
        "số, hoặc gõ lý do khác."
    ),
    "ask_abandon": "{Xung_ho} muốn:\n{lua_chon}",
    "kept": "Dạ vâng, em giữ nguyên như cũ.",
    "draft_dropped": "Dạ em dừng đăng ký này và không lưu gì của nó. Khi cần {xung_ho} gõ “đăng ký”.",
    "answer_passed_on": "Dạ em đã chuyển cho cán bộ xem ({ma}). Cán bộ sẽ gọi lại cho {xung_ho}.",
    "fee": "Cán bộ đến nhà hỗ trợ không thu phí. Phí, lệ phí của thủ tục (nếu có) cán bộ báo khi gọi xác minh.",
    "fee_known": "Cán bộ đến nhà hỗ trợ không thu phí. Phí, lệ phí của thủ tục: {le_phi}",
    "how_long_known": "Thời hạn giải quyết hồ sơ: {so_ngay} ngày làm việc từ khi nhận đủ giấy tờ.",
    "how_long": "Mỗi thủ tục có thời hạn riêng; cán bộ báo khi gọi xác minh.",
    "hours": (
        "{co_quan} làm việc: {gio_lam}. Điện thoại: {dien_thoai_co_quan}. Nhắn ở đây thì lúc nào cũng đăng ký "
        "được."
    ),
    # --- a person ---
    "human_called": (
        "Dạ em đã báo cán bộ. {khi_nao_tra_loi} {Xung_ho} cứ nhắn trước nội dung cần hỏi ở đây; muốn làm tiếp "
        "với em thì gõ “menu”."
    ),
    "human_called_sorry": (
        "Em xin lỗi {xung_ho}. Em đã báo cán bộ xem ngay. {khi_nao_tra_loi} {Xung_ho} kể thêm ở đây, cán bộ đọc "
        "được hết."
    ),
    "trouble": (
        "Em xin lỗi, máy đang trục trặc nên tin vừa rồi của {xung_ho} chưa xử lý được. Em đã báo cán bộ xem lại. "
        "{khi_nao_tra_loi}"
    ),
    "human_waiting": "Dạ em đã chuyển lời cho cán bộ. {khi_nao_tra_loi} Muốn làm tiếp với em thì gõ “menu”.",
    "human_waiting_more": "Dạ, em ghi thêm cho cán bộ đọc.",
    # --- rating ---
    "rated": "Cảm ơn {xung_ho} đã chấm {sao}/5. {Xung_ho} có góp ý gì thêm không ạ? Không có thì gõ “không”.",
    "rated_low": (
        "Em xin lỗi vì {xung_ho} chưa hài lòng ({sao}/5). {Xung_ho} cho em biết điều gì chưa tốt; lãnh đạo phòng "
        "sẽ xem và gọi lại."
    ),
    "rating_done": "Cảm ơn {xung_ho} đã góp ý. Chúc {xung_ho} làm ăn thuận lợi.",
    "rating_done_unhappy": "Cảm ơn {xung_ho} đã cho em biết. Văn phòng sẽ xem lại để làm tốt hơn.",
    # --- things sent ---
    "ask_photo": "Em nhận được ảnh. Ảnh này là gì ạ?\n{lua_chon}\nTrả lời rồi em mới lưu.",
    "photo_more": "Em nhận thêm ảnh. {Xung_ho} trả lời câu trên giúp em, em lưu cùng một lượt.",
    "photo_kept": "Dạ em đã lưu ảnh vào hồ sơ cho cán bộ xem.",
    "file_kept": "Dạ em đã nhận tệp, cán bộ sẽ xem trước khi đến.",
    "photo_without_request": "Em chưa lưu tệp này vì {xung_ho} chưa có đăng ký nào. Gõ “đăng ký” trước nhé.",
    "identity_card_refused": (
        "Ảnh căn cước là dữ liệu nhạy cảm nên em không lưu. {Xung_ho} giữ bản gốc ở nhà, cán bộ đến sẽ xem trực tiếp. "
        "Giấy tờ khác của hồ sơ thì cứ gửi."
    ),
    "card_kept": "Dạ em đã chuyển danh thiếp này cho cán bộ.",
    "card_not_kept": "Em chưa lưu danh thiếp vì {xung_ho} chưa có đăng ký nào. Gõ “đăng ký” trước nhé.",
    "location_refused": (
        "Vị trí trên bản đồ là dữ liệu nhạy cảm nên em không lưu. {Xung_ho} gõ giúp số nhà, tên đường hoặc tổ, "
        "phường, thêm một mốc dễ thấy là được."
    ),
    "voice": "Em chưa nghe được tin thoại. {Xung_ho} gõ chữ giúp em, hoặc gõ 0 để cán bộ gọi lại.",
    "sticker": "Dạ, em cảm ơn {xung_ho}.",
    "reacted": "Dạ, em cảm ơn {xung_ho}.",
    # --- own data ---
    "my_data": (
        "Bên em đang giữ: {ho_ten}, {dien_thoai}, {dia_chi}. Muốn sửa thì gõ 0 để gặp cán bộ; muốn xóa thì gõ "
        "“rút lại đồng ý”."
    ),
    "nothing_stored": "Bên em không giữ thông tin nào của {xung_ho}.",
    "ask_withdraw": (
        "Rút lại đồng ý thì các lịch đang hẹn bị hủy, họ tên, số điện thoại, địa chỉ và tin nhắn được xóa. "
        "{Xung_ho} chắc chứ ạ?\n{lua_chon}"
    ),
    "kept_data": "Dạ vâng, em giữ nguyên.",
    "withdrawn": (
        "Bên em đã ghi nhận rút đồng ý lúc {bay_gio}, hủy các lịch đang hẹn và xóa thông tin cá nhân. Khi cần, "
        "đăng ký lại bất cứ lúc nào."
    ),
    "withdrawn_later": (
        "Bên em đã ghi nhận rút đồng ý lúc {bay_gio}. Có một buổi hỗ trợ đang diễn ra; xong buổi này thông tin "
        "sẽ được xóa, "
        "chậm nhất {han_xoa}."
    ),
    "ask_wrong_person": "Có đăng ký gắn với Zalo này mà không phải của {xung_ho} phải không ạ?\n{lua_chon}",
    "wrong_person_nothing": (
        "Zalo này không gắn với đăng ký nào. Nếu vừa nhận tin nhầm, {xung_ho} bỏ qua giúp; em xin lỗi vì đã làm "
        "phiền."
    ),
    "who_we_are": "Dạ đây là {co_quan}, nơi cử cán bộ đến tận nhà giúp người dân nộp hồ sơ trực tuyến.",
    "unlinked": "Em đã gỡ Zalo này khỏi đăng ký đó và báo cán bộ kiểm tra. Xin lỗi vì đã làm phiền.",
}  # fmt: skip
