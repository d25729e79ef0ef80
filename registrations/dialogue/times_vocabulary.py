"""The words about time that are understood, with their spellings. Reading them is in `times_words`.

Each table pairs a spelling with the word it stands for, in capitals; a number in letters stands for its digits, and a
plus joins two words ("hnay" for HOM NAY).
"""


def _table(rows: str) -> dict[str, str]:
    pairs = (row.split("=") for row in rows.split())
    return {spelling: word.replace("+", " ") for spelling, word in pairs}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Meaning the same with any marks or none: "chiều", "chieu", "chiêu".
PLAIN = _table(
    """
    sáng=SANG trưa=TRUA trư=TRUA chiều=CHIEU chìu=CHIEU chiu=CHIEU chju=CHIEU chjeu=CHIEU khuya=KHUYA
    tuần=TUAN bữa=BUA hôm=HOM hum=HOM hơm=HOM giờ=GIO giời=GIO jo=GIO jờ=GIO zờ=GIO phút=PHUT fút=PHUT
    tiếng=TIENG rưỡi=RUOI rưởi=RUOI rươi=RUOI rữi=RUOI tết=TET rằm=RAM chạp=CHAP giêng=GIENG không=KHONG
    ko=KHONG kg=KHONG hok=KHONG hông=KHONG hong=KHONG kh=KHONG khong=KHONG khg=KHONG hoặc=HOAC
    giữa=GIUA
    """
)

# With a question mark: a word of its own ("thương mại") or a slip of the finger ("ngày mại"), its neighbours tell.
# Meaning this only with exactly these marks ("bán" is not "bận", "đúng" not "đừng", "tôi" neither "tối" nor "tới").
MARKED = _table(
    """
    bận=BAN kẹt=BAN vướng=BAN đổi=DOI dời=DOI chuyển=DOI hoãn=DOI lúc=LUC khoảng=LUC cỡ=LUC chừng=LUC hồi=LUC
    vào=LUC trước=TRUOC trừ=TRU đừng=TRU thiếu=KEM tối=TOI tới=NEXT tôi=toi kế=NEXT sau=SAU sáu=6 mốt=MOT một=1
    mai=MAI mơi=MAI nay=NAY này=NI nầy=NI ni=NI kia=KIA kìa=KIAA qua=qua ngày=NGAY ngay=ngay ngài=NGAY
    tháng=THANG thứ=THU thừ=THU thử=THU năm=nam lăm=lam nhăm=lam tư=4 từ=TU tự=tu bốn=4 hai=2 ba=3 bảy=7 bẩy=7
    tám=8 tầm=LUC chín=9 mười=10 mươi=muoi mườ=10 nười=10 gờ=GIO tuầ=TUAN chủ=chu chúa=chu nhật=nhat nhậ=nhat nhựt=nhat
    xế=CHIEU nữa=NUA nửa=HALF đầu=DAU cuối=CUOI mùng=MUNG mồng=MUNG đêm=DEM đến=DEN âm=AM kém=KEM bây=bay sang=sang
    giỗ=gio gió=gio? giò=gio? giỏ=gio? hẻm=hem hồng=hong tuấn=tuan? tuân=tuan? sàng=sang mãi=mai? mái=mai? mại=mai?
    nãy=nay
    """
)

# Meaning this also without any marks.
UNMARKED = _table(
    """
    ni=NI luc=LUC khoang=LUC chung=LUC doi=DOI chuyen=DOI truoc=TRUOC tru=TRU tomorrow=MAI today=HOM+NAY
    tonight=TOI+NAY morning=SANG noon=TRUA afternoon=CHIEU monday=THU+2 tuesday=THU+3 wednesday=THU+4
    thursday=THU+5 friday=THU+6 saturday=THU+7 sunday=CN
    """
)

# Without marks, or with odd ones, left to their neighbours.
UNSETTLED = _words(
    """
    sao by thang chin cuoi mong mung muoi ngay nham sang ban bay bon dau dem den kem kia lam mai moi mot nam nay nua
    sau tam thu toi vao hem am ba ch gi ph tu c g h k p r s t
    """
)

# Short forms.
SHORT = _table(
    """
    hnay=HOM+NAY hn=HOM+NAY homnay=HOM+NAY bnay=HOM+NAY hqua=HOM+qua cn=CN chunhat=CN bh=bay+GIO bjo=bay+GIO
    bgio=bay+GIO bayh=bay+GIO bayjo=bay+GIO sm=SANG+MAI cmai=CHIEU+MAI smai=SANG+MAI tmai=TOI+MAI cnay=CHIEU+NAY
    snay=SANG+NAY noel=NOEL tsau=TUAN+SAU ttoi=TUAN+NEXT thg=THANG sag=SANG sg=SANG sng=SANG tun=TUAN thag=THANG
    """
)

# Words whose letters are often swapped, doubled or dropped, and real words that are one such slip away.
SLIPPERY = _table(
    """
    sang=SANG chieu=CHIEU trua=TRUA tuan=TUAN ngay=NGAY thang=THANG nhat=nhat mung=MUNG mai=MAI
    """
)
INNOCENT = _words(
    """
    chia chie chiec chiu cho hoc nay nga nguy nhat rau sau tan than tang tru tua
    """
)

NUMBERS = {"hai": "2", "bon": "4", "chin": "9"}
