"""What can go wrong in the bridge and is the caller's to know."""


class BridgeError(Exception):
    """Base of the bridge's errors. `sentence` can be shown to staff."""

    sentence = "Có lỗi khi liên lạc với Zalo."

    def __init__(self, sentence: str = ""):
        super().__init__(sentence or self.sentence)
        self.sentence = sentence or self.sentence


class TokenUnusable(BridgeError):
    """No token that Zalo accepts; a person has to authorise again (or Zalo's login service is down for now)."""

    sentence = "Chưa có quyền gọi Zalo. Cần cấp quyền lại cho ứng dụng trên trang Zalo."


class NotReplayable(BridgeError):
    """The event or message is not in a state in which it can be tried again."""

    sentence = "Mục này đã được xử lý rồi, không cần làm lại."


class FileUnavailable(BridgeError):
    """A file on Zalo's servers is gone, too large, or not where files of Zalo lie."""

    sentence = "Không tải được tệp từ Zalo. Nhờ anh/chị gửi lại."
