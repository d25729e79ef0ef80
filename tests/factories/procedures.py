"""Procedures as tests need them. Names and papers are plainly made up; codes are of the national form."""

import factory

from procedures.models import DossierComponent, Field, Keyword, Procedure
from procedures.services import record_version


class FieldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Field
        django_get_or_create = ["code"]

    code = "linh-vuc-mau"
    name = factory.LazyAttribute(lambda field: f"Lĩnh vực mẫu {field.code}")


class ProcedureFactory(factory.django.DjangoModelFactory):
    """A procedure in scope and in force. Traits: `without_code`, `elsewhere`, `retired`, `with_certain_fee`.

    `papers=[…]`, `keywords=[…]` and `misleading=[…]` add rows; `versioned=True` records version 1.
    """

    class Meta:
        model = Procedure
        skip_postgeneration_save = True

    class Params:
        without_code = factory.Trait(code="", local_id=factory.Sequence(lambda n: f"X-MAU-{n}"))
        elsewhere = factory.Trait(is_in_scope=False, refer_to="Cơ quan Mẫu")
        retired = factory.Trait(active_to=factory.Faker("past_date"))
        with_certain_fee = factory.Trait(fee="100.000 đồng", fee_is_certain=True)

    code = factory.Sequence(lambda n: f"9.{n:06d}")
    local_id = factory.SelfAttribute("code")
    name = factory.Sequence(lambda n: f"Cấp Giấy phép mẫu số {n}")
    short_name = factory.LazyAttribute(lambda procedure: procedure.name)
    field = factory.SubFactory(FieldFactory)
    family = factory.Sequence(lambda n: f"giay-phep-mau-{n}")
    action = Procedure.Action.NEW
    processing_days = 10

    @factory.post_generation
    def papers(self, create, extracted, **kwargs):
        if create and extracted:
            DossierComponent.objects.bulk_create(
                DossierComponent(procedure=self, position=position, text=text)
                for position, text in enumerate(extracted, 1)
            )

    @factory.post_generation
    def keywords(self, create, extracted, **kwargs):
        if create and extracted:
            Keyword.objects.bulk_create(Keyword(procedure=self, phrase=phrase) for phrase in extracted)

    @factory.post_generation
    def misleading(self, create, extracted, **kwargs):
        if create and extracted:
            Keyword.objects.bulk_create(
                Keyword(procedure=self, phrase=phrase, is_misleading=True) for phrase in extracted
            )

    @factory.post_generation
    def versioned(self, create, extracted, **kwargs):
        if create and extracted:
            record_version(procedure=self, reason="Dữ liệu thử")
