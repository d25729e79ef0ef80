"""Words of any message to a public office, whatever the catalogue holds: politeness, paperwork, trade, and what people want done.

Written with their marks, kept as plain letters: here a wrong guess costs little. Products and procedures are not here: they are
data, kept as keywords in the catalogue.
"""

from dataclasses import dataclass

from procedures.models import Procedure
from procedures.text import fold

RENEW, AMEND, NEW = Procedure.Action.RENEW.value, Procedure.Action.AMEND.value, Procedure.Action.NEW.value


def _marked(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


# Say nothing about what is wanted.
FILLERS = _words(
    "ạ à á ơi ơ ôi ừ ừm dạ vâng dà dzạ dạa ok oke okie okê alo aloo a e em anh chị cô chú bác dì cậu ông bà thầy con cháu tôi "
    "tui tao mình mik mk ad admin add shop sếp bạn b mấy các những ai nhà nhà_em bên phía người ngừi ng dân bữa hôm nay mai qua "
    "chào hello hi hey xin_chào kính gửi thưa quý cơ_quan phòng kinh tế sở ủy ban ubnd phường xã thôn tổ thành phố tp tỉnh nha "
    "trang khánh hòa cho hỏi xíu tí chút với vs nha nhé nhá nhe nghen nghe hen hén hỉ hả hử he hihi haha hi kk hic huhu ạk ah ha "
    "là là_gì thì mà và hay hoặc hoac với của cua cái con chiếc này kia đó nọ ấy vậy zậy vầy thế rứa đây đấy ni tê mô răng rứa chi "
    "ở tại trong ngoài trên dưới ra vô vào lên xuống đi tới đến từ về lại rồi rùi r xong đã đang sẽ sắp vừa mới còn cũng vẫn "
    "thêm nữa luôn ngay liền gấp sớm được đc dc đk hông hong không ko k kg khg kh hok hem chưa chớ chứ có co phải bị do vì nên nếu "
    "nhưng tại_vì bởi để đặng gì j chi cái_gì nào sao ntn thế_nào như bao nhiêu bn mấy lâu khi lúc giờ ngày tháng năm tuần đâu "
    "muốn mún mong cần cân định tính nhờ giúp jup giùm dùm hộ giup chỉ hướng dẫn hd tư vấn tv báo biết bít hiểu rõ nói kêu gọi "
    "hỗ trợ ho_tro làm lam lm mần thực hiện nộp gửi lấy nhận hoàn thành chuẩn bị cb tốn tiền phí lệ đồng triệu mất công việc vụ "
    "chuyện thứ vài một hai ba bốn 1 2 3 4 5 ít nhiều cả tất mọi riêng chung khác nhau tự đưa theo về_việc vấn đề thắc mắc xem coi "
    "đúng sai chắc nghĩ thấy bảo dặn nó họ ta chúng cám cảm ơn tks thanks thank you pls please help me my i im we want need to "
    "would like how do can get the a an of for in at on is it and or your hello what where which with have lo nhanh vui lòng mong "
    "online trực tuyến zalo mạng điện thoại máy tính app qua_mạng tận nơi tới_nhà thôi xíu_nữa giờ_sao ổn tốt nè nề đó_ạ zậy_ạ "
    "ntnao tn nta ngta vd ví dụ vv hồi xưa trước sau giữa cuối đầu sáng chiều trưa tối nhỏ to lớn bự mới cũ xíu hiện hiện_tại "
    "vợ chồng má mẹ ba bố con_gái con_trai gia đình nội ngoại thím mợ dượng anh_em chủ hổng hỏng_biết đặng trễ lỡ "
    "quá rất lắm thiệt thật thui hoi nhiêu_tiền dễ khó nhọc ra_sao bây giờ chừng khoảng lun iu đồ ấy vs_ạ ck vk kakaka yes no "
    "số mới_nhất bển ngoải trỏng hàng xóm tuổi già trẻ rành tiếp tục thường trú_tại đường hẻm khu vực địa phương miền "
    "liên hệ giấy tờ kiếm tìm hổm rày bữa_nay giải quyết ntn_ạ thnao s rk rứa_hè bày bầy rằng hè hí cha tía ngộ lị he_he uống_nước".replace(
        "_", " "
    )
)
# Paperwork and trade: they show that somebody is asking about a licence, not which one.
PAPERWORK = _words(
    "giấy jấy zấy phép fép phep chứng nhận cn gp gcn gcnđđk đăng ký đk dky dk dki thủ tục tt hồ sơ hs đơn đề nghị mẫu form tờ khai "
    "xin cấp duyệt thẩm định phê xác khai báo đủ điều kiện dkkd hợp pháp pháp lý quy định luật license licence permit "
    "certificate register registration apply application paper papers papers document documents procedure cấp_phép "
    "lần đầu thủ_tục_gì biểu bản con".replace("_", " ")
)
TRADE = _words(
    "bán ban buôn mua_bán lẻ sỉ kinh doanh kd kdoanh mở khai trương tiệm quán shop cửa hàng cửa_hiệu hiệu ch đại lý tạp hóa tạp_hoá "
    "hộ cá thể cơ sở doanh nghiệp dn công ty cty chi nhánh kinh_doanh nhập lấy_hàng bỏ mối cung cấp ncc sell selling open opening "
    "store business retail shop trade buy_and_sell sản xuất sx chế biến quầy tủ kệ sạp ki ốt kiot siêu thị mini chợ giao đổi ship "
    "hàng hóa mặt khách phục vụ điểm địa điểm chỗ mặt_bằng thuê buôn_bán làm_ăn bày_bán bán_lẻ nhỏ địa chỉ loại sản phẩm sp gói chai "
    "thùng két cây kí ký lít tại đồ đóng độ".replace("_", " ")
)
WANTS = _marked("xin cấp giấy phép đăng ký thủ tục hồ sơ chứng nhận gia hạn license permit certificate gp đk bán mở kinh doanh "
               "sell open sản xuất tiệm cửa hàng đại lý shop tạp hóa làm giấy store kd business doanh nghiệp cty")  # fmt: skip
# Words of the catalogue that many licences share. They count for little when a keyword is weighed; marks matter here, because
# “lá” is half of a product and “là” is nothing.
WEAK = _marked(
    """
    bán lẻ mở tiệm quán cửa hàng đại lý shop store cơ sở kinh doanh sản xuất làm giao tại chỗ của cho có ở và trên nhỏ người
    khách gói chai cây bao quầy tủ kệ mini nhà công ty sell sỉ buôn phân phối nhập khẩu business hoạt động mới cũ đồ cần
    """
)
# Paperwork and what is to be done with it tell no licence from another.
WEAKEST = _marked(
    """
    giấy phép chứng nhận gp cấp đăng ký hồ sơ xin đơn bản license permit đổi điểm địa chỉ tên chủ mất rách hỏng hết hạn lại gia
    thay sửa bổ sung thêm loại nhãn chuyển được đủ điều kiện thông tin cung bị cháy chỉnh registration nội dung ký số
    """
)
PAPER_NAMES = _words("phép gp giấy")
# Somebody who drinks, smokes or buys is not asking for a licence, unless they trade as well. As written here: without its
# marks “phạt” is “phát”, and then it proves nothing.
CONSUMES = _marked("uống hút say xỉn hại giá ngon ồn lậu nghiện phạt mua ngộ độc uong hut drink drunk smoke smoking")
# Somebody who asks us to do or explain something means what they name, however long the story around it.
ASKS = _marked("hỏi vụ giúp dùm giùm nhờ hướng dẫn muốn mún cần tư vấn hỗ trợ liên hệ help want need về việc thắc mắc")

# What people want done with a licence they have. One tuple of words in order; {a b} offers alternatives; * skips up to three words.
_INTENTS: list[tuple[str, str, float]] = [
    (RENEW, "cấp lại|xin lại|cấp đổi|cấp tiếp|tái cấp|đăng ký lại|xin cấp lần hai|đổi lại giấy|cấp bản khác", 1.6),
    (RENEW, "gia hạn|gia hạng|giahan|kéo dài|hết hạn|hết hạng|quá hạn|tới hạn|đến hạn|đáo hạn|trễ hạn|hết hiệu lực", 1.6),
    (RENEW, "hết thời hạn|hết date|hết đát|sắp hết|hết 5 năm|đủ 5 năm|renew|renewal|extend|expired|expire|expiring|reissue", 1.6),
    (RENEW, "bị mất|làm mất|lỡ mất|rớt mất|đánh mất|mất giấy|mất gp|mất tờ|mất rồi|thất lạc|lạc mất|bị lạc|bị rớt|làm rơi", 1.6),
    (RENEW, "bị rách|rách|rách nát|bị hỏng|bị hư|hư hỏng|bị cháy|cháy mất|bị ướt|ướt hết|chuột cắn|mối ăn|lũ cuốn|bị nhòe", 1.4),
    (RENEW, "làm lại|hư|hỏng|cháy|phai mực|bị mờ|mờ hết|nước cuốn|lost|damaged|torn|reprint", 1.2),
    (AMEND, "sửa đổi|bổ sung|thay đổi|điều chỉnh|chỉnh sửa|cập nhật|đính chính|sang tên|sang nhượng|chuyển nhượng|sửa lại", 1.4),
    (AMEND, "sai tên|sai địa chỉ|sai thông tin|sai số|ghi sai|in sai|sai chính tả|sai năm sinh|đổi tên|đổi chủ|đổi địa chỉ", 1.8),
    (AMEND, "đổi * {tên chủ người chỗ}|thay * {tên chủ người}|sửa * tên|sửa * {giấy gp}|đổi * địa {chỉ điểm}", 1.6),
    (AMEND, "đổi * mặt bằng|đổi * nhà {cung phân}|đổi * thông tin|sửa * thông tin|sửa * địa chỉ|đổi * người đứng tên", 1.6),
    (AMEND, "chuyển * địa {điểm chỉ}|chuyển * chỗ|chuyển * cửa hàng|chuyển {tiệm quán lò kho chủ qua}|dời|dọn * {qua tới}", 1.4),
    (AMEND, "thêm {điểm kho}|thêm * {điểm} bán|thêm * cơ sở|thêm * chi nhánh|thêm * nhà cung cấp|thêm {loại nhãn}|thêm * địa điểm", 1.4),
    (AMEND, "change|amend|amendment|update|modify|rename|move|moving|transfer|relocate", 1.4),
    (NEW, "cấp mới|xin mới|làm mới|lần đầu|mới mở|chưa có giấy|đăng ký mới|mở mới|first time|new", 0.8),
]  # fmt: skip
# “mất” costs time or money here, and “cháy” is the fire brigade's: no licence is lost.
NOT_LOST = _words("bao bn mấy nhiêu phí tiền thời gian lâu công gì j nhiều ngày")
ONLY_WITH_MARKS = {"mat": "mất", "hong": "hỏng", "chay": "cháy", "hu": "hư", "doi": "dời"}


@dataclass(frozen=True)
class Intent:
    """Words that say what to do with a licence. Each place holds the choices for one word, with marks; None skips up to three."""

    action: str
    words: tuple[frozenset[str] | None, ...]
    shown: str
    strength: float


def intents() -> list[Intent]:
    """The patterns, ready to match."""
    patterns = []
    for action, line, strength in _INTENTS:
        for pattern in line.split("|"):
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
            patterns.append(Intent(action, tuple(words), pattern.replace(" *", " …"), strength))
    return patterns


# Shorthand of phones and chats → the words meant. Only for words that no catalogue keyword uses as they stand.
SHORTHAND: dict[str, str] = {
    "tlá": "thuốc lá", "tla": "thuốc lá", "gp": "giấy phép", "gphep": "giấy phép", "dky": "đăng ký", "dki": "đăng ký",
    "đk": "đăng ký", "đki": "đăng ký", "đky": "đăng ký", "dk": "đăng ký", "kd": "kinh doanh", "kdoanh": "kinh doanh",
    "sx": "sản xuất", "tphẩm": "thực phẩm", "tpham": "thực phẩm", "ko": "không", "hok": "không", "mún": "muốn",
    "mun": "muốn", "lm": "làm", "dc": "được", "đc": "được", "cty": "công ty", "dn": "doanh nghiệp", "sp": "sản phẩm",
    "bsung": "bổ sung", "sđbs": "sửa đổi bổ sung", "ncc": "nhà cung cấp", "đchỉ": "địa chỉ", "dchi": "địa chỉ",
    "thoc": "thuốc", "thuok": "thuốc", "thuk": "thuốc", "thúc": "thuốc", "fẩm": "phẩm", "fam": "phẩm", "chx": "cửa hàng",
}  # fmt: skip
# One word, spelled as it is said somewhere or as it was spelled once. Short words: one slip would reach too many others.
SAME_WORD: dict[str, str] = {
    "riệu": "rượu", "rựu": "rượu", "rịu": "rượu", "rụ": "rượu", "rượi": "rượu", "rướu": "rượu", "rườu": "rượu", "rệu": "rượu", "gaz": "gas", "gát": "gas",
    "ga": "gas", "gass": "gas", "thuốt": "thuốc", "thúc": "thuốc", "thước": "thuốc",
}  # fmt: skip
# Of these, the letters alone are other words (“ruồi”, “rươi”): only the marks tell.
SAME_WORD_WITH_MARKS = frozenset({"rượi", "rụ"})
# Letters that young people write for the sound, tried where a word makes no sense as it stands.
SOUND_SPELLINGS = [
    ("f", "ph"),
    ("j", "gi"),
    ("z", "d"),
    ("w", "qu"),
    ("k", "c"),
    ("k", "kh"),
    ("dz", "d"),
    ("j", "ch"),
    ("w", "u"),
]
