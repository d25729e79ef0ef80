"""`manage.py load_catalogue [FILE] [--dry-run] [--retire-missing]`: load, update and retire procedures from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procedures import services
from procedures.errors import UnreadableCatalogue


class Command(BaseCommand):
    help = "Nạp danh mục thủ tục từ tệp .json hoặc .xlsx; tệp kèm theo phần mềm nếu không ghi tệp nào."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=services.PACKAGED_FILE, help="tệp .json hoặc .xlsx")
        parser.add_argument("--dry-run", action="store_true", help="chỉ cho xem sẽ đổi gì, không ghi")
        parser.add_argument("--retire-missing", action="store_true", help="ngừng áp dụng thủ tục không còn trong tệp")

    def handle(self, *args: Any, file: Path, dry_run: bool, retire_missing: bool, **options: Any) -> None:
        try:
            report = services.load_catalogue(path=file, dry_run=dry_run, retire_missing=retire_missing)
        except UnreadableCatalogue as error:
            raise CommandError(str(error)) from error
        for line in lines_of(report):
            self.stdout.write(line)
        if report.changes_nothing:
            self.stdout.write("Không có thay đổi nào.")
        elif dry_run:
            self.stdout.write("Chạy thử: chưa ghi gì.")
        else:
            self.stdout.write(self.style.SUCCESS("Đã nạp danh mục."))


def lines_of(report: services.LoadReport) -> list[str]:
    """The report as lines for a terminal: + new, ~ changed, - retired, ? left alone."""
    lines = [f"+ {change.public_id} {change.short_name}" for change in report.added]
    for change in report.changed:
        lines.append(f"~ {change.public_id} {change.short_name}")
        lines += [f"    {line}" for line in change.lines]
    lines += [f"- {change.public_id} {change.short_name}: ngừng áp dụng" for change in report.retired]
    lines += [
        f"? {change.public_id} {change.short_name}: không có trong tệp, vẫn áp dụng (--retire-missing để ngừng)"
        for change in report.missing
    ]
    lines += [
        f"? {change.public_id} {change.short_name}: đã ngừng áp dụng sau {change.lines[0]}, giữ nguyên"
        for change in report.closed
    ]
    if report.reordered_count:
        lines.append(f"Sắp lại thứ tự: {report.reordered_count} thủ tục.")
    lines.append(
        f"Mới {len(report.added)}, thay đổi {len(report.changed)}, ngừng áp dụng {len(report.retired)}, "
        f"giữ nguyên {report.unchanged_count}."
    )
    return lines
