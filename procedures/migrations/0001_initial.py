import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import procedures.models

# unaccent() alone is STABLE (its dictionary could be swapped), which no index accepts; ours names schema and dictionary, so that
# the answer depends on nothing but the text. `normalize` first: unaccent knows composed letters only. See procedures/text.py.
VN_FOLD = r"""
CREATE FUNCTION vn_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
    lower(public.unaccent(
        'public.unaccent'::regdictionary,
        translate(normalize(value, NFC), E'ÐðƉɖ\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff', 'ĐđĐđ')
    )),
    E'[\\s\u00a0]+', ' ', 'g'
));
"""

# Every process keeps the search index in memory and asks for this number before a search. A trigger, because it must change
# whoever writes: the loader, the administration, a bulk update, psql. From a sequence, because a sequence never goes back:
# a rolled-back change and the next one must not carry the same number.
STAMP = """
CREATE SEQUENCE procedures_cataloguestamp_value;
CREATE FUNCTION procedures_stamp_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO procedures_cataloguestamp (id, value) VALUES (1, nextval('procedures_cataloguestamp_value'))
    ON CONFLICT (id) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$;
"""
STAMPED_TABLES = ["procedures_field", "procedures_procedure", "procedures_keyword"]


def stamp_trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER stamp_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION procedures_stamp_catalogue()",
        f"DROP TRIGGER stamp_catalogue ON {table}",
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        django.contrib.postgres.operations.UnaccentExtension(),
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.RunSQL(VN_FOLD, "DROP FUNCTION vn_fold(text)"),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="mã lĩnh vực")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="lĩnh vực")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
            ],
            options={
                "verbose_name": "lĩnh vực",
                "verbose_name_plural": "lĩnh vực",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="CatalogueStamp",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="catalogue_has_one_stamp")],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="Ví dụ 2.000620. Để trống nếu chưa có mã.",
                        max_length=40,
                        verbose_name="mã thủ tục quốc gia",
                    ),
                ),
                (
                    "local_id",
                    models.CharField(
                        help_text="Luôn có và không đổi. Trùng mã quốc gia nếu có.",
                        max_length=40,
                        unique=True,
                        verbose_name="mã nội bộ",
                    ),
                ),
                ("name", models.CharField(max_length=500, verbose_name="tên thủ tục")),
                (
                    "short_name",
                    models.CharField(
                        help_text="Tên dùng trong tin nhắn gửi người dân.", max_length=160, verbose_name="tên gọi tắt"
                    ),
                ),
                (
                    "family",
                    models.SlugField(
                        help_text="Cấp mới, cấp lại, sửa đổi của cùng một giấy phép mang cùng nhóm.",
                        max_length=120,
                        verbose_name="nhóm giấy phép",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("cap_moi", "Cấp mới"),
                            ("cap_lai", "Cấp lại"),
                            ("sua_doi", "Sửa đổi, bổ sung"),
                            ("dang_ky", "Đăng ký"),
                            ("cam_ket", "Cam kết"),
                            ("phe_duyet", "Thẩm định, phê duyệt"),
                            ("khac", "Khác"),
                        ],
                        max_length=16,
                        verbose_name="loại việc",
                    ),
                ),
                ("level", models.CharField(blank=True, max_length=200, verbose_name="cấp giải quyết")),
                ("online_level", models.CharField(blank=True, max_length=200, verbose_name="mức độ trực tuyến")),
                (
                    "processing_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="thời hạn (ngày làm việc)"),
                ),
                ("processing_note", models.CharField(blank=True, max_length=300, verbose_name="ghi chú thời hạn")),
                ("fee", models.TextField(blank=True, verbose_name="phí, lệ phí")),
                (
                    "fee_is_certain",
                    models.BooleanField(
                        default=False,
                        help_text="Chỉ phí đã xác nhận mới hiện cho người dân.",
                        verbose_name="phí đã xác nhận",
                    ),
                ),
                ("papers_are_certain", models.BooleanField(default=False, verbose_name="giấy tờ đã xác nhận")),
                (
                    "legal_bases",
                    models.TextField(blank=True, help_text="Mỗi dòng một văn bản.", verbose_name="căn cứ pháp lý"),
                ),
                ("result", models.CharField(blank=True, max_length=300, verbose_name="kết quả")),
                ("validity", models.CharField(blank=True, max_length=200, verbose_name="thời hạn của giấy")),
                (
                    "portal_url",
                    models.URLField(
                        blank=True,
                        help_text="Để trống: dùng mẫu địa chỉ theo mã.",
                        max_length=500,
                        verbose_name="trang trên Cổng dịch vụ công",
                    ),
                ),
                ("visit_minutes", models.PositiveSmallIntegerField(default=45, verbose_name="phút cần tại nhà")),
                ("is_in_scope", models.BooleanField(default=True, verbose_name="thuộc phạm vi hỗ trợ")),
                (
                    "refer_to",
                    models.CharField(
                        blank=True,
                        help_text="Cho thủ tục ngoài phạm vi: người dân liên hệ ở đâu.",
                        max_length=300,
                        verbose_name="nơi tiếp nhận",
                    ),
                ),
                ("active_from", models.DateField(blank=True, null=True, verbose_name="áp dụng từ")),
                ("active_to", models.DateField(blank=True, null=True, verbose_name="áp dụng đến hết")),
                ("doubts", models.TextField(blank=True, help_text="Chỉ cán bộ thấy.", verbose_name="điều chưa chắc")),
                ("sources", models.TextField(blank=True, help_text="Chỉ cán bộ thấy.", verbose_name="nguồn")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
                ("current_version", models.PositiveIntegerField(default=0, editable=False, verbose_name="phiên bản")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="cập nhật lúc")),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedures",
                        to="procedures.field",
                        verbose_name="lĩnh vực",
                    ),
                ),
            ],
            options={
                "verbose_name": "thủ tục",
                "verbose_name_plural": "thủ tục",
                "ordering": ["field__position", "position", "name"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            procedures.models.VnFold(models.F("name")), name="gin_trgm_ops"
                        ),
                        name="procedure_name_folded",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("code",),
                        name="procedure_code_names_one_procedure",
                        violation_error_message="Đã có thủ tục khác mang mã quốc gia này.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code", ""), ("code__regex", "^[0-9]\\.[0-9]{6}(\\.[0-9A-Z.]+)?$"), _connector="OR"
                        ),
                        name="procedure_code_is_of_the_national_catalogue",
                        violation_error_message="Mã thủ tục quốc gia có dạng 2.000620. Chưa có mã thì để trống.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("local_id__regex", "^[0-9A-Z][0-9A-Z.-]*$")),
                        name="procedure_local_id_fits_in_an_address",
                        violation_error_message="Mã nội bộ chỉ gồm chữ in hoa không dấu, số, dấu chấm và gạch ngang.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_in_scope", True), models.Q(("refer_to", ""), _negated=True), _connector="OR"
                        ),
                        name="procedure_out_of_scope_says_where_to_turn",
                        violation_error_message="Thủ tục ngoài phạm vi phải ghi nơi tiếp nhận.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee_is_certain", False), models.Q(("fee", ""), _negated=True), _connector="OR"
                        ),
                        name="procedure_certain_fee_is_written_down",
                        violation_error_message="Phí đã xác nhận thì phải ghi mức phí (không thu thì ghi “Không”).",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("processing_days__isnull", True), ("processing_days__gte", 1), _connector="OR"
                        ),
                        name="procedure_takes_at_least_a_day",
                        violation_error_message="Thời hạn giải quyết ít nhất một ngày làm việc; chưa rõ thì để trống.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("visit_minutes__gte", 15), ("visit_minutes__lte", 240)),
                        name="procedure_visit_lasts_15_to_240_minutes",
                        violation_error_message="Thời gian tại nhà từ 15 đến 240 phút.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_from__isnull", True),
                            ("active_to__isnull", True),
                            ("active_to__gte", models.F("active_from")),
                            _connector="OR",
                        ),
                        name="procedure_ends_after_it_starts",
                        violation_error_message="Ngày hết áp dụng không được trước ngày bắt đầu.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Keyword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phrase", models.CharField(max_length=120, verbose_name="từ khóa")),
                (
                    "folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=procedures.models.VnFold(models.F("phrase")),
                        output_field=models.TextField(verbose_name="từ khóa không dấu"),
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keywords",
                        to="procedures.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "từ khóa",
                "verbose_name_plural": "từ khóa",
                "ordering": ["id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("folded"), name="gin_trgm_ops"),
                        name="keyword_folded",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("procedure", "phrase"),
                        name="keyword_is_listed_once",
                        violation_error_message="Từ khóa này đã có trong danh sách.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phrase", ""), _negated=True),
                        name="keyword_is_written_down",
                        violation_error_message="Hãy ghi từ khóa.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierComponent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
                ("text", models.CharField(max_length=500, verbose_name="giấy tờ")),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="components",
                        to="procedures.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "giấy tờ cần chuẩn bị",
                "verbose_name_plural": "giấy tờ cần chuẩn bị",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("procedure", "text"),
                        name="dossier_component_is_listed_once",
                        violation_error_message="Giấy tờ này đã có trong danh sách.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="dossier_component_is_written_down",
                        violation_error_message="Hãy ghi tên giấy tờ.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="phiên bản")),
                ("snapshot", models.JSONField(verbose_name="nội dung")),
                ("reason", models.CharField(max_length=200, verbose_name="lý do")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="từ lúc")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người sửa",
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="procedures.procedure",
                        verbose_name="thủ tục",
                    ),
                ),
            ],
            options={
                "verbose_name": "phiên bản thủ tục",
                "verbose_name_plural": "phiên bản thủ tục",
                "ordering": ["procedure", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("procedure", "number"),
                        name="procedure_version_number_is_used_once",
                        violation_error_message="Số phiên bản này đã có.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            STAMP, "DROP FUNCTION procedures_stamp_catalogue(); DROP SEQUENCE procedures_cataloguestamp_value"
        ),
        *[stamp_trigger(table) for table in STAMPED_TABLES],
    ]
