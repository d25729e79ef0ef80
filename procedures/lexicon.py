"""Words of any message to a public office, whatever the catalogue holds: politeness, paperwork, trade.

Products and procedures are not here: they are data, kept as keywords in the catalogue. What people want done with a
licence (lost, expired, moved) is in wishes.py.
"""

from procedures.text import fold


def _marked(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _letters(text: str) -> frozenset[str]:
    """Kept without marks: where a wrong guess costs little."""
    return frozenset(fold(word) for word in text.split())


# Say nothing about what is wanted.
FILLERS = _letters("""
    ạ à á ơi ơ ôi ừ ừm dạ vâng dà dzạ dạa ok oke okie okê alo aloo a e em anh chị cô chú bác dì cậu ông bà thầy
    con cháu tôi tui tao mình mik mk ad admin add shop sếp bạn b mấy các những ai nhà bên phía người ngừi ng dân
    bữa hôm nay mai qua chào hello hi hey xin kính gửi thưa quý cơ quan phòng kinh tế sở ủy ban ubnd phường xã
    thôn tổ thành phố tp tỉnh nha trang khánh hòa cho hỏi xíu tí chút với vs nhé nhá nhe nghen nghe hen hén hỉ
    hả hử he hihi haha kk hic huhu ạk ah ha là gì thì mà và hay hoặc hoac của cua cái chiếc này kia đó nọ ấy vậy
    zậy vầy thế rứa đây đấy ni tê mô răng chi ở tại trong ngoài trên dưới ra vô vào lên xuống đi tới đến từ về
    lại rồi rùi r xong đã đang sẽ sắp vừa mới còn cũng vẫn thêm nữa luôn ngay liền gấp sớm được đc dc đk hông
    hong không ko k kg khg kh hok hem chưa chớ chứ có co phải bị do vì nên nếu nhưng bởi để đặng j nào sao ntn
    như bao nhiêu bn lâu khi lúc giờ ngày tháng năm tuần đâu muốn mún mong cần cân định tính nhờ giúp jup giùm
    dùm hộ giup chỉ hướng dẫn hd tư vấn tv báo biết bít hiểu rõ nói kêu gọi hỗ trợ ho tro làm lam lm mần thực
    hiện nộp lấy nhận hoàn chuẩn cb tốn tiền phí lệ đồng triệu mất công việc vụ chuyện thứ vài một hai ba bốn 1
    2 3 4 5 ít nhiều cả tất mọi riêng chung khác nhau tự đưa theo đề thắc mắc xem coi đúng sai chắc nghĩ thấy
    bảo dặn nó họ ta chúng cám cảm ơn tks thanks thank you pls please help me my i im we want need to would like
    how can get the an of for in at on is it and or your what where which with have lo nhanh vui lòng online
    trực tuyến zalo mạng điện thoại máy app tận nơi thôi ổn tốt nè nề ntnao tn nta ngta vd ví dụ vv hồi xưa
    trước sau giữa cuối đầu sáng chiều trưa tối nhỏ lớn bự cũ vợ chồng má mẹ bố gái trai gia đình nội ngoại thím
    mợ dượng chủ hổng hỏng trễ lỡ quá rất lắm thiệt thật thui hoi dễ khó nhọc bây chừng khoảng lun iu đồ ck vk
    kakaka yes no số nhất bển ngoải trỏng hàng xóm tuổi già trẻ rành tiếp tục thường trú đường hẻm khu vực địa
    phương miền liên hệ giấy tờ kiếm tìm hổm rày giải quyết thnao s rk hè bày bầy rằng hí cha tía ngộ lị uống
    nước good morning afternoon evening day time bye anybody someone about thuở kiểu cách dạng sao vậy
""")
# Words that are written without marks, and would be others with them.
UNMARKED = _marked("cho con khi cha chi hai ba nhau sau sao trong qua do")
# Paperwork and trade: they show that somebody is asking about a licence, not which one.
PAPERWORK = _letters("""
    giấy jấy zấy phép fép phep chứng nhận cn gp gcn gcnđđk đăng ký đk dky dk dki thủ tục tt hồ sơ hs đơn đề nghị
    mẫu form tờ khai xin cấp duyệt thẩm định phê xác báo đủ điều kiện dkkd hợp pháp lý quy luật license licence
    permit certificate register registration apply application paper papers document documents procedure lần đầu
    gì biểu bản con
""")
TRADE = _letters("""
    bán ban buôn mua lẻ sỉ kinh doanh kd kdoanh mở khai trương tiệm quán shop cửa hàng hiệu ch đại lý tạp hóa
    hoá hộ cá thể cơ sở nghiệp dn công ty cty chi nhánh nhập lấy bỏ mối cung cấp ncc sell selling open opening
    store business retail trade buy and sản xuất sx chế biến quầy tủ kệ sạp ki ốt kiot siêu thị mini chợ giao
    đổi ship mặt khách phục vụ điểm địa chỗ bằng thuê làm ăn bày nhỏ chỉ loại phẩm sp gói chai thùng két cây kí
    ký lít tại đồ đóng độ
""")
# What an applicant says and a drinker does not. Marks count: “giá” (a price) is not the “gia” of “gia hạn”; and of two
# words both: the “hàng” of “hàng xóm” is no shop.
WANTS = _marked(
    "xin giấy phép gp đk bán mở tiệm shop store kd cty license licence permit certificate sell open business"
)
WANTS_PAIRS = frozenset(
    tuple(pair.split())
    for pair in [
        "đăng ký",
        "đăng kí",
        "thủ tục",
        "hồ sơ",
        "chứng nhận",
        "gia hạn",
        "kinh doanh",
        "sản xuất",
        "cửa hàng",
        "đại lý",
        "tạp hóa",
        "siêu thị",
        "doanh nghiệp",
        "cấp phép",
        "cấp mới",
        "cấp lại",
        "xin cấp",
        "sửa đổi",
        "bổ sung",
        "hộ kinh",
        "công ty",
    ]
)
# Somebody who asks us to do or explain something means what they name, however long the story around it.
ASKS = _marked("""
    hỏi vụ giúp dùm giùm nhờ hướng dẫn muốn mún cần tư vấn hỗ trợ liên hệ help want need về việc thắc mắc
""")
# Somebody who drinks, smokes or buys is not asking for a licence, unless they trade as well. As written here: without
# its marks “phạt” is “phát”, and then it proves nothing.
CONSUMES = _marked("""
    uống hút say xỉn hại giá giả ngon ồn lậu nghiện phạt mua ngộ độc trị bệnh chữa đau ung thư
    phổi gan uong hut drink drunk smoke smoking
""")
# Who buys goods in to sell them on trades in what somebody else made, unless they speak of making it themselves.
BUYS_IN = _marked("mua lấy nhập")
SELLS = _marked("bán sell")
FROM = _marked("của từ bên đổi thay thêm from")
# Who has one of these trades, too.
SHOPS = frozenset({("tap", "hoa"), ("sieu", "thi"), ("bach", "hoa"), ("dai", "ly"), ("dai", "li"), ("cua", "hang")})
MAKES = _letters("nấu sản xuất chưng cất ủ làm kháp lò xưởng chế biến make production")
PAPER_NAMES = _letters("giấy phép gp license licence permit certificate")
# What is licensed stands before these, not after.
ENGLISH_PAPER_NAMES = _letters("license licence permit certificate")
# Words of the catalogue that many licences share: they count for little when a keyword is weighed. Marks matter here,
# because “lá” is half of a product and “là” is nothing.
WEAK = _marked("""
    bán lẻ mở tiệm quán cửa hàng đại lý shop store cơ sở kinh doanh sản xuất làm giao tại chỗ của cho có ở và
    trên nhỏ người khách gói chai cây bao quầy tủ kệ mini nhà công ty sell sỉ buôn phân phối nhập khẩu business
    hoạt động mới cũ đồ cần
""")
# Paperwork, and what is to be done with it, tell no licence from another.
WEAKEST = _marked("""
    giấy phép chứng nhận gp cấp đăng ký hồ sơ xin đơn bản license permit đổi điểm địa chỉ tên chủ mất rách hỏng
    hết hạn lại gia thay sửa bổ sung thêm loại nhãn chuyển được đủ điều kiện thông tin cung bị cháy chỉnh
    registration nội dung số
""")

# Shorthand of phones and chats → the words meant. Only where no keyword of the catalogue is written so.
SHORTHAND: dict[str, str] = {
    "tlá": "thuốc lá", "tla": "thuốc lá", "thlá": "thuốc lá",
    "gp": "giấy phép", "gphep": "giấy phép", "dky": "đăng ký", "dki": "đăng ký",
    "đk": "đăng ký", "đki": "đăng ký", "đky": "đăng ký", "dk": "đăng ký", "kd": "kinh doanh", "kdoanh": "kinh doanh",
    "sx": "sản xuất", "tphẩm": "thực phẩm", "tpham": "thực phẩm", "ko": "không", "hok": "không", "mún": "muốn",
    "mun": "muốn", "lm": "làm", "dc": "được", "đc": "được", "cty": "công ty", "dn": "doanh nghiệp", "sp": "sản phẩm",
    "bsung": "bổ sung", "sđbs": "sửa đổi bổ sung", "ncc": "nhà cung cấp", "đchỉ": "địa chỉ", "dchi": "địa chỉ",
    "thuok": "thuốc", "thuk": "thuốc", "thúc": "thuốc", "fẩm": "phẩm", "fam": "phẩm",
    "chx": "cửa hàng",
}  # fmt: skip
# One word, spelled as it is said somewhere or as it was once. Short words: one slip would reach too many others.
SAME_WORD: dict[str, str] = {
    "riệu": "rượu", "rựu": "rượu", "rịu": "rượu", "rụ": "rượu", "rượi": "rượu", "rướu": "rượu", "rườu": "rượu",
    "rệu": "rượu", "gaz": "gas", "gát": "gas", "ga": "gas", "gass": "gas", "thuốt": "thuốc", "thúc": "thuốc",
    "thước": "thuốc", "thốc": "thuốc", "ná": "lá",
}  # fmt: skip
# Of these, the letters alone, or even with their marks, are other words (“ruồi”, “rười rượi”).
SAME_WORD_WITH_MARKS = frozenset({"rượi", "rụ", "ná"})
# Letters that young people write for the sound, tried where a word makes no sense as it stands.
SOUND_SPELLINGS = [("f", "ph"), ("j", "gi"), ("z", "d"), ("w", "qu"), ("k", "c"), ("k", "kh"), ("dz", "d"), ("j", "ch")]
