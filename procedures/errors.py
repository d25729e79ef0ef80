"""What the catalogue may refuse, each with a sentence in Vietnamese that a screen can show as it is."""


class CatalogueError(Exception):
    """Base of the catalogue's own errors; `str(error)` is fit to show to staff."""


class ProcedureNotFound(CatalogueError):
    """No procedure has this national code or local id."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(f"Không có thủ tục nào mang mã “{code}”.")


class VersionNotFound(CatalogueError):
    """The procedure never had a version with this number."""

    def __init__(self, code: str, number: int):
        super().__init__(f"Thủ tục {code} không có phiên bản {number}.")


class UnreadableCatalogue(CatalogueError):
    """A catalogue file cannot be read or states something impossible. `problems` lists all, each with its place."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("Không nạp được danh mục:\n" + "\n".join(f"  - {problem}" for problem in problems))
