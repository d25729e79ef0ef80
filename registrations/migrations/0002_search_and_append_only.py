"""What the search box looks at, kept right by the database; and a history nobody can rewrite."""

from django.db import migrations

# Triggers and not a save(): a bulk update, the administration and an erasure must all leave the search text right, and an erased
# phone number must not stay findable because one code path forgot.
SEARCH_TEXT = r"""
CREATE FUNCTION registrations_fill_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person record;
    place text;
BEGIN
    SELECT name, phone INTO person FROM registrations_citizen WHERE id = NEW.citizen_id;
    SELECT short_name INTO place FROM scheduling_ward WHERE id = NEW.ward_id;
    NEW.search_text := vn_fold(concat_ws(' ',
        NEW.code, person.name, regexp_replace(coalesce(person.phone, ''), '^\+84', '0'),
        NEW.words, NEW.address_line, place, NEW.dossier_number
    ));
    RETURN NEW;
END $$;

CREATE TRIGGER registration_fills_search_text
BEFORE INSERT OR UPDATE OF code, citizen_id, words, address_line, ward_id, dossier_number ON registrations_registration
FOR EACH ROW EXECUTE FUNCTION registrations_fill_search_text();

CREATE FUNCTION registrations_refresh_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registrations_registration SET words = words WHERE citizen_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER citizen_refreshes_search_text
AFTER UPDATE OF name, phone ON registrations_citizen
FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.phone IS DISTINCT FROM NEW.phone)
EXECUTE FUNCTION registrations_refresh_search_text();
"""
SEARCH_TEXT_AWAY = """
DROP TRIGGER citizen_refreshes_search_text ON registrations_citizen;
DROP TRIGGER registration_fills_search_text ON registrations_registration;
DROP FUNCTION registrations_refresh_search_text();
DROP FUNCTION registrations_fill_search_text();
"""

# The one change allowed is emptying a reason: people write names into reasons, and an erasure must reach them.
APPEND_ONLY = """
CREATE FUNCTION registrations_transition_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.reason IN ('', '(đã xóa)') AND (to_jsonb(NEW) - 'reason') = (to_jsonb(OLD) - 'reason') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'transitions are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER transition_is_append_only
BEFORE UPDATE OR DELETE ON registrations_transition
FOR EACH ROW EXECUTE FUNCTION registrations_transition_is_append_only();
"""
APPEND_ONLY_AWAY = """
DROP TRIGGER transition_is_append_only ON registrations_transition;
DROP FUNCTION registrations_transition_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0001_initial"), ("procedures", "0001_initial"), ("scheduling", "0001_initial")]

    operations = [
        migrations.RunSQL(SEARCH_TEXT, SEARCH_TEXT_AWAY),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_AWAY),
    ]
