"""Every table of the administration opens, is searched and is added to, in few queries."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.attacks.addresses import Parts

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30


def test_every_page_of_the_administration_opens_in_few_queries(administrator, parts: Parts):
    client = Client()  # the strict one takes the JSON in the admin's own attributes for template source
    client.force_login(administrator)
    faults = []
    for model, model_admin in admin.site._registry.items():
        start = f"{model._meta.app_label}_{model._meta.model_name}"
        known = {pattern.name for pattern in model_admin.get_urls()}  # some tables have screens of their own
        changelist = reverse(f"admin:{start}_changelist")
        addresses = [changelist, f"{changelist}?p=999"]
        if model_admin.search_fields:
            addresses += [f"{changelist}?q=nguyen", f"{changelist}?q=%C2%B2"]
        if f"{start}_add" in known:
            addresses.append(reverse(f"admin:{start}_add"))
        row = model._default_manager.order_by("pk").first()
        if row is not None and f"{start}_change" in known:
            addresses.append(reverse(f"admin:{start}_change", args=[row.pk]))
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                response = client.get(address)
            if response.status_code >= 500 or len(queries) > MOST_QUERIES:
                faults.append(f"{address}: {response.status_code}, {len(queries)} queries")
    assert not faults, "\n".join(faults)
