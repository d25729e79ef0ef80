-- Five busy years, set by set. volume.py fills in the named marks, so a real per cent sign is written twice.
CREATE TEMP TABLE day AS
    SELECT d::date AS day, row_number() OVER (ORDER BY d) AS n
    FROM generate_series(current_date - interval '%(years)s years', current_date + interval '%(horizon)s days', '1 day') d
    WHERE extract(isodow FROM d) < 6;
CREATE TEMP TABLE start AS SELECT t::time AS at, n FROM unnest(ARRAY[%(starts)s]) WITH ORDINALITY AS s(t, n);
CREATE TEMP TABLE served AS SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM scheduling_ward WHERE is_served;
CREATE TEMP TABLE offered AS
    SELECT id, field_id, row_number() OVER (ORDER BY id) - 1 AS n FROM procedures_procedure WHERE is_in_scope;

INSERT INTO auth_user (username, first_name, last_name, email, password, is_staff, is_active, is_superuser, date_joined)
    SELECT 'khoi' || n, '', 'Người Mẫu ' || n, '', '!', false, true, false, now() FROM generate_series(1, %(staff)s) n;
INSERT INTO scheduling_staffmember (name, title, phone, is_active, user_id)
    SELECT last_name, 'chị', '', true, id FROM auth_user WHERE username LIKE 'khoi%%';
CREATE TEMP TABLE crew AS SELECT id, user_id, row_number() OVER (ORDER BY id) AS n FROM scheduling_staffmember;
INSERT INTO scheduling_staffmember_wards (staffmember_id, ward_id) SELECT crew.id, served.id FROM crew, served;
INSERT INTO scheduling_staffmember_fields (staffmember_id, field_id)
    SELECT crew.id, f.id FROM crew, (SELECT DISTINCT field_id AS id FROM offered) f;

INSERT INTO scheduling_slot (starts_at, ends_at, capacity, reserved, booked, booked_by_staff, is_open, is_set_by_hand)
    SELECT (day + at) AT TIME ZONE 'Asia/Ho_Chi_Minh', (day + at + interval '40 minutes') AT TIME ZONE 'Asia/Ho_Chi_Minh',
           %(staff)s + 10, 0, %(staff)s, 0, true, false
    FROM day, start;

INSERT INTO registrations_citizen (name, sort_key, phone, address_line, priority, created_at, ward_id)
    SELECT parts[1] || ' Mẫu ' || parts[2], vn_fold(parts[2]), '+8400' || lpad(n::text, 7, '0'), 'Tổ ' || n %% 40 || ', đường Không Có',
           CASE WHEN n %% 9 = 0 THEN 'elderly' ELSE '' END, now() - (n %% 1825) * interval '1 day',
           (SELECT id FROM served WHERE served.n = g.n %% 4)
    FROM (SELECT n, ARRAY[
            (ARRAY['Nguyễn','Trần','Lê','Phạm','Huỳnh','Hoàng','Phan','Vũ','Võ','Đặng','Bùi','Đỗ','Hồ','Ngô','Dương','Lý'])[1 + n %% 16],
            (ARRAY['An','Bình','Châu','Dũng','Đạt','Giang','Hà','Hạnh','Hòa','Hùng','Hương','Khánh','Lan','Linh','Mai','Minh','Nam',
                   'Nga','Ngọc','Nhung','Oanh','Phúc','Phương','Quân','Quý','Sơn','Tâm','Thảo','Thủy','Tuấn','Vân','Yến'])[1 + n / 16 %% 32]
          ] AS parts FROM generate_series(1, %(citizens)s) n) g;
CREATE TEMP TABLE person AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM registrations_citizen;
CREATE UNIQUE INDEX ON person (n);

-- One visit per start and person: day by day, so that ids grow with time as they would in life.
CREATE TEMP TABLE visit AS
    SELECT nextval('scheduling_appointment_id_seq') AS id, slot.id AS slot_id, slot.starts_at, slot.ends_at, crew.id AS staff_id,
           crew.user_id, (slot.starts_at < now()) AS is_past, row_number() OVER (ORDER BY slot.starts_at, crew.n) AS n
    FROM scheduling_slot slot, crew ORDER BY slot.starts_at, crew.n;
INSERT INTO scheduling_appointment (id, slot_id, ward_id, field_id, starts_at, ends_at, also_holds, is_by_staff, is_live, created_at, sequence, is_time_pinned)
    SELECT visit.id, slot_id, served.id, offered.field_id, starts_at, ends_at, '{}', false, true, starts_at - interval '3 days', 0, false
    FROM visit JOIN served ON served.n = visit.n %% 4 JOIN offered ON offered.n = visit.n %% (SELECT count(*) FROM offered);

-- 1 in 12 past visits found nobody home and was given up, but for the latest; coming ones are assigned, every 25th still without a person.
CREATE TEMP TABLE request AS
    SELECT n, id AS appointment_id, starts_at - interval '3 days' AS created_at, starts_at, staff_id, user_id,
           CASE WHEN is_past THEN CASE WHEN n %% 12 > 0 THEN 'completed' WHEN starts_at > now() - interval '4 days' THEN 'no_show' ELSE 'cancelled' END
                WHEN n %% 25 = 0 THEN 'verified' ELSE 'assigned' END AS state
    FROM visit
    UNION ALL
    SELECT (SELECT count(*) FROM visit) + g, NULL, now() - (g %% 1825) * interval '1 day' - (g %% 540) * interval '1 minute', NULL, NULL,
           (SELECT user_id FROM crew WHERE crew.n = 1 + g %% %(staff)s),
           CASE WHEN g %% 1825 < 3 THEN CASE WHEN g %% 3 = 0 THEN 'needs_info' ELSE 'submitted' END
                WHEN g %% 3 = 0 THEN 'rejected' ELSE 'cancelled' END
    FROM generate_series(1, greatest(%(registrations)s - (SELECT count(*) FROM visit), 0)) g;

INSERT INTO registrations_registration (code, citizen_id, procedure_id, procedure_version, words, appointment_id, address_line, ward_id, channel,
        state, state_changed_at, state_reason, call_due_at, missed_calls, first_called_at, arrived_at, finished_at, dossier_number,
        rating, rating_words, rated_at, time_wish, created_at, version, search_text)
    SELECT 'HT-' || translate(upper(lpad(to_hex(request.n), 5, '0')), '01', 'XY'), person.id, offered.id, 1,
           (ARRAY['ban ruou tap hoa','thuốt lá','mở đại lý ga','nấu rượu gạo bán','giấy hết hạn','attp'])[1 + request.n %% 6],
           appointment_id, 'Tổ ' || request.n %% 40 || ', đường Không Có', served.id, (ARRAY['zalo','zalo','zalo','phone','counter'])[1 + request.n %% 5],
           state, created_at + interval '2 hours',
           CASE WHEN state IN ('rejected', 'cancelled', 'needs_info', 'no_show') THEN (ARRAY['ngoài phạm vi','người dân đổi ý','thiếu giấy tờ','không có nhà'])[1 + request.n %% 4] ELSE '' END,
           created_at + interval '4 hours', 0, CASE WHEN state <> 'submitted' THEN created_at + (5 + request.n %% 90) * interval '1 minute' END,
           CASE WHEN state = 'completed' THEN starts_at END, CASE WHEN state = 'completed' THEN starts_at + interval '35 minutes' END,
           CASE WHEN state = 'completed' THEN 'H00.' || request.n ELSE '' END,
           CASE WHEN state = 'completed' AND request.n %% 3 = 0 THEN 1 + request.n %% 5 END, '',
           CASE WHEN state = 'completed' AND request.n %% 3 = 0 THEN starts_at + interval '5 hours' END, '', created_at, 1, ''
    FROM request JOIN person ON person.n = request.n %% (SELECT count(*) FROM person)
    JOIN served ON served.n = request.n %% 4 JOIN offered ON offered.n = request.n %% (SELECT count(*) FROM offered)
    ORDER BY request.created_at;

INSERT INTO scheduling_assignment (appointment_id, staff_id, period, is_active, is_lead, is_pinned, reason, assigned_by_id, assigned_at, end_reason)
    SELECT appointment_id, staff_id, tstzrange(starts_at, starts_at + interval '42 minutes', '[)'), true, true, false, '', user_id, created_at + interval '3 hours', ''
    FROM request WHERE state NOT IN ('verified') AND appointment_id IS NOT NULL;

CREATE TEMP TABLE step AS SELECT * FROM (VALUES
    ('completed', 1, '', 'submitted', 0), ('completed', 2, 'submitted', 'verified', 60), ('completed', 3, 'verified', 'assigned', 180),
    ('completed', 4, 'assigned', 'in_progress', 4320), ('completed', 5, 'in_progress', 'completed', 4355),
    ('no_show', 1, '', 'submitted', 0), ('no_show', 2, 'submitted', 'verified', 60), ('no_show', 3, 'verified', 'assigned', 180),
    ('no_show', 4, 'assigned', 'in_progress', 4320), ('no_show', 5, 'in_progress', 'no_show', 4340),
    ('verified', 1, '', 'submitted', 0), ('verified', 2, 'submitted', 'verified', 60),
    ('assigned', 1, '', 'submitted', 0), ('assigned', 2, 'submitted', 'verified', 60), ('assigned', 3, 'verified', 'assigned', 180),
    ('submitted', 1, '', 'submitted', 0),
    ('needs_info', 1, '', 'submitted', 0), ('needs_info', 2, 'submitted', 'needs_info', 30),
    ('rejected', 1, '', 'submitted', 0), ('rejected', 2, 'submitted', 'needs_info', 30), ('rejected', 3, 'needs_info', 'submitted', 200),
    ('rejected', 4, 'submitted', 'needs_info', 230), ('rejected', 5, 'needs_info', 'rejected', 400),
    ('cancelled', 1, '', 'submitted', 0), ('cancelled', 2, 'submitted', 'needs_info', 30), ('cancelled', 3, 'needs_info', 'submitted', 90),
    ('cancelled', 4, 'submitted', 'verified', 120), ('cancelled', 5, 'verified', 'cancelled', 300)
) AS s(state, n, from_state, to_state, after_minutes);
INSERT INTO registrations_transition (registration_id, from_state, to_state, actor_id, actor_kind, reason, at)
    SELECT r.id, step.from_state, step.to_state, CASE WHEN step.n > 1 THEN crew.user_id END, CASE WHEN step.n > 1 THEN 'staff' ELSE 'citizen' END, '',
           r.created_at + step.after_minutes * interval '1 minute'
    FROM registrations_registration r JOIN step ON step.state = r.state JOIN crew ON crew.n = 1 + r.id %% %(staff)s
    ORDER BY r.id, step.n;

-- A notice by phone for each request, one in fifty undelivered, and the first free time of every open hour.
INSERT INTO zalo_bridge_outboundmessage (phone, channel, kind, dedupe_key, payload, subject, is_reply, state, attempts, next_attempt_at,
        look_count, created_at, sent_at, vendor_id, counted_as, note, written_by)
    SELECT '+84000000000', 'template_phone', (ARRAY['confirmation','verified','assigned','reminder_day_before'])[1 + n %% 4], 'khoi:' || n, '{}', '', false,
           CASE WHEN n %% 50 = 0 THEN 'failed' ELSE 'seen' END, 1, at, 0, at, CASE WHEN n %% 50 > 0 THEN at END, '', '', '', ''
    FROM (SELECT n, now() - (%(registrations)s - n) * interval '%(years)s years' / %(registrations)s AS at FROM generate_series(1, %(registrations)s) n) g;
INSERT INTO registrations_firstfree (read_at, free_at)
    SELECT at, at + (1 + extract(epoch FROM at)::bigint / 3600 %% 60) * interval '1 hour'
    FROM generate_series(now() - interval '%(years)s years', now(), '1 hour') at
    WHERE extract(isodow FROM at) < 6 AND extract(hour FROM at AT TIME ZONE 'Asia/Ho_Chi_Minh') BETWEEN 7 AND 16;
