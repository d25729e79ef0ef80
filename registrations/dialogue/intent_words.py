"""What a citizen may ask for whatever the step, and the whole phrases that ask for it. Patterns are in intents.py."""

from enum import StrEnum


class Intent(StrEnum):
    REGISTER = "register"
    MENU = "menu"
    CHANGE = "change"
    CANCEL = "cancel"
    STOP = "stop"
    STATUS = "status"
    PAPERS = "papers"
    FEE = "fee"
    HOW_LONG = "how_long"
    HOURS = "hours"
    HUMAN = "human"
    WITHDRAW = "withdraw"
    MY_DATA = "my_data"
    WHY_DATA = "why_data"
    WRONG_PERSON = "wrong_person"
    WHO_ARE_YOU = "who_are_you"
    CORRECT = "correct"
    THANKS = "thanks"
    GREETING = "greeting"


def phrases(listed: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in listed.split("|") if phrase.strip())


WHOLE: dict[Intent, frozenset[str]] = {
    Intent.REGISTER: phrases(
        """
        #dangky | #dk | dangky | dang ky | dang ki | dk | dki | dky | dk ho tro tai nha | dang ky ho tro tai nha |
        dang ki ho tro tai nha | ho tro tai nha | dang ky moi | dang ky nua | dk nua |
        dang ky them mot cai | dk moi | dang ky them | dang ky lai | dang ky tiep |
        dat lich | dat hen | dat lich hen | hen lich | hen tai nha | dang ky ho tro | dk ho tro | dang ky giup |
        dang ky ho | dang ky giup nguoi nha | dang ky cho bo | dang ky cho me | dang ky cho ba me | dang ky giup me |
        dang ky giup bo | den nha | toi nha | tai nha | dang ky tai nha | bat dau | lam ho so | nop ho so
        """
    ),
    Intent.MENU: phrases(
        """
        menu | #menu | huong dan | help | tro giup | giup | giup do | giup toi | cach dung | su dung the nao |
        lam sao | lam gi | lam the nao | ? | ?? | h | hdsd | bat dau lai
        """
    ),
    Intent.CHANGE: phrases(
        """
        #doigio | doi | doi gio | doi ngay | doi lich | doi hen | doi lich hen | doi gio hen | doi thoi gian |
        chuyen gio | chuyen lich | chuyen ngay | hen lai | doi buoi | doi sang ngay khac | ban roi doi gio |
        dat lai lich | dat lai gio | hen gio khac | hen ngay khac | doi lai gio | doi lai lich | sua gio | sua lich |
        reschedule
        """
    ),
    Intent.CANCEL: phrases(
        """
        #huy | huy | huy di | huy lich | huy hen | huy lich hen | huy dang ky | huy dk | huy ho so | huy bo |
        xin huy | khong can nua | khong can ho tro nua | ko can nua | khoi can | thoi khong can nua | khong lam nua |
        ko lam nua | khong den nua | cancel | bo lich
        """
    ),
    Intent.STOP: phrases(
        """
        #dung | stop | thoi | thoi nha | dung lai | ngung | ngung lai | thoat | quay lai | de sau | de khi khac |
        khong dang ky nua | thoi khong dang ky nua
        """
    ),
    Intent.STATUS: phrases(
        """
        #tracuu | tra cuu | tinh trang | ho so toi dau roi | ho so den dau roi | ho so cua toi | ho so toi sao roi |
        ho so sao roi | den dau roi | toi dau roi | sao roi | lich hen | lich hen cua toi | lich cua toi | xem lich |
        xem lich hen | may gio den | may gio toi | bao gio den | bao gio toi | khi nao den | khi nao toi |
        khi nao can bo den | hen may gio | hen luc nao | hen khi nao | ai den | ai toi | can bo nao den | kiem tra |
        kiem tra ho so | ma ho so | ma dang ky | da dang ky chua | dang ky duoc chua | dk duoc chua | dc chua |
        duoc chua | xong chua | kiem tra lich
        """
    ),
    Intent.PAPERS: phrases(
        """
        #giayto | giay to | giay to gi | can giay to gi | can giay gi | giay to can gi | can gi | can nhung gi |
        can chuan bi gi | chuan bi gi | chuan bi giay to gi | ho so gom gi | ho so gom nhung gi | ho so can gi |
        thanh phan ho so | can ho so gi | mang giay to gi | giay to gom gi | can nhung giay to gi | thu tuc can gi |
        thu tuc gom gi | giay to can chuan bi | chuan bi nhung gi | can nop gi
        """
    ),
    Intent.FEE: phrases(
        """
        phi | le phi | phi bao nhieu | le phi bao nhieu | bao nhieu tien | het bao nhieu | mat bao nhieu tien |
        co mat phi khong | co mat tien khong | co ton tien khong | co ton phi khong | ton bao nhieu | gia bao nhieu |
        co thu phi khong | mat phi khong | mien phi khong | co mien phi khong | co tinh phi khong |
        phai tra tien khong | chi phi | nop bao nhieu tien | het bao nhieu tien
        """
    ),
    Intent.HOURS: phrases(
        """
        gio lam viec | lam viec may gio | may gio lam viec | may gio mo cua | lam viec luc nao | thu 7 co lam khong |
        thu bay co lam khong | chu nhat co lam khong | co lam thu 7 khong | co lam chu nhat khong | gio hanh chinh |
        lich lam viec | thoi gian lam viec | o dau | dia chi co quan | dia chi phong | so dien thoai phong | lien he |
        hotline
        """
    ),
    Intent.HUMAN: phrases(
        """
        #nguoi | 0 | so 0 | gap can bo | gap nguoi | gap nguoi that | gap nhan vien | noi chuyen voi can bo |
        noi chuyen voi nguoi | noi chuyen voi nhan vien | can bo | nhan vien | tu van | tu van vien | goi cho toi |
        goi lai cho toi | goi toi | goi lai | goi dien cho toi | can nguoi giup | can tu van | gap ai do |
        nguoi that | dien thoai cho toi | goi lai cho minh | goi cho minh | ket noi can bo | can bo oi |
        chat voi can bo | chat voi nguoi
        """
    ),
    Intent.WITHDRAW: phrases(
        """
        #rutdongy | rut dong y | rut lai dong y | rut su dong y | rut lai su dong y | rut lai dong thuan |
        xoa du lieu | xoa thong tin | xoa du lieu cua toi | xoa thong tin cua toi | xoa het thong tin |
        khong dong y nua | khong cho luu nua | xoa so dien thoai cua toi | xoa thong tin ca nhan |
        xoa du lieu ca nhan
        """
    ),
    Intent.MY_DATA: phrases(
        """
        xem du lieu | xem thong tin | thong tin cua toi | du lieu cua toi | xem thong tin cua toi |
        xem du lieu cua toi | dang luu gi cua toi | luu thong tin gi
        """
    ),
    Intent.WRONG_PERSON: phrases(
        """
        nham nguoi | sai nguoi | nham so | nham roi | khong phai toi | toi khong dang ky | toi co dang ky dau |
        toi dau co dang ky | nham may | gui nham | nhan nham | gui nham nguoi | nham nguoi roi | sai so | sai so roi |
        lon so | lon so roi | toi khong quen | khong quen | khong quen biet | toi khong quen biet
        """
    ),
    Intent.WHO_ARE_YOU: phrases(
        """
        ai day | ai vay | ai the | ai day vay | ai do | ai do a | day la ai | la ai | la ai vay | ben nao day |
        ben nao vay | ai nhan day | ai nhan vay | so ai day | zalo ai day | day la dau
        """
    ),
    Intent.CORRECT: phrases(
        """
        sai | sai roi | sai thong tin | sua | sua lai | sua thong tin | chua dung | khong dung | ko dung | k dung |
        chua dung roi | sua dia chi | sua so dien thoai | sua sdt | sua ten | doi dia chi | doi so dien thoai |
        doi sdt | sai dia chi | sai ten | sai so dien thoai | sai sdt | ghi sai
        """
    ),
    Intent.THANKS: phrases(
        """
        cam on | cam on em | cam on ban | cam on nhieu | cam on nhe | camon | cam onn | thanks | thank | thank you |
        thank u | tks | tk | ok | oke | okie | oki | okay | ok em | vang | da | da vang | vang a | duoc | duoc roi |
        tot | tot qua | tuyet voi | hay qua | tam biet | bye | chao tam biet | ok cam on | da cam on | vang cam on |
        uh | u | um | ukm | roi | hieu roi | biet roi | 👍 | ❤️ | ❤ | 🙏 | 😊 | /-strong | /-heart | :> | :d | :-d |
        ;-d
        """
    ),
    Intent.GREETING: phrases(
        """
        chao | xin chao | hi | hello | helo | alo | a lo | chao em | chao ban | chao anh | chao chi | chao ad |
        chao shop | chao phong | hey | chao can bo | kinh chao | em oi | ad oi | ad | shop oi | co ai khong |
        co ai o do khong | chao buoi sang | chao buoi chieu | good morning | he lo | hii | start | /start
        """
    ),
}
