"""One guarded step at a time, each with its line in the history."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from registrations import services
from registrations.errors import MissingFact, StaleState
from registrations.models import Registration, Transition
from registrations.states import CLOSED_STATES, MAY_GO_TO, State
from registrations.transitions import Actor, move

pytestmark = pytest.mark.django_db
FACTS = {State.REJECTED: "trùng", State.NEEDS_INFO: "thiếu địa chỉ", State.CANCELLED: "đổi ý"}


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_only_the_steps_of_the_table_are_possible(request_in, before: State, after: State):
    fields = {"dossier_number": "H1"} if before == State.COMPLETED else {}
    registration = request_in(before, state_reason=FACTS.get(before, ""), **fields)
    step = {"registration": registration, "to": after, "actor": Actor.system(), "reason": FACTS.get(after, "")}
    if after == State.COMPLETED:
        step["dossier_number"] = "H2"
    if after in MAY_GO_TO[before]:
        move(**step)
        registration.refresh_from_db()
        assert registration.state == after
        assert registration.transitions.filter(from_state=before, to_state=after).count() == 1
    else:
        with pytest.raises(StaleState):
            move(**step)
        assert not registration.transitions.exclude(from_state="").exists()


def test_closed_states_lead_nowhere():
    assert set(CLOSED_STATES) == {State.COMPLETED, State.REJECTED, State.CANCELLED}


def test_the_second_of_two_clerks_reads_who_was_first(request_in, verifier, clerk):
    verifier.first_name, verifier.last_name = "Mai", "Mẫu"
    verifier.save()
    registration = request_in()
    stale = Registration.objects.get(pk=registration.pk)
    services.verify(registration=registration, actor=clerk)
    with pytest.raises(StaleState, match="Việc này đã làm rồi.*Chờ phân công.*09:00 23/11"):
        move(registration=stale, to=State.VERIFIED, actor=clerk)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (State.REJECTED, "Cần ghi rõ lý do"),
        (State.NEEDS_INFO, "Cần ghi rõ lý do"),
    ],
)
def test_a_broken_constraint_speaks_its_own_sentence(request_in, to: State, sentence: str):
    registration = request_in()
    with pytest.raises(MissingFact, match=sentence):
        move(registration=registration, to=to, actor=Actor.system())
    registration.refresh_from_db()
    assert registration.state == State.SUBMITTED


def test_a_staff_step_without_a_person_is_refused_by_the_database(request_in):
    with pytest.raises(IntegrityError, match="transition_by_staff_names_the_person"):
        move(registration=request_in(), to=State.VERIFIED, actor=Actor("staff"))


@pytest.mark.parametrize(
    "change", ["UPDATE registrations_transition SET to_state = 'verified'", "DELETE FROM registrations_transition"]
)
def test_history_cannot_be_rewritten(request_in, change: str):
    request_in()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_reason_can_be_emptied_when_a_person_is_erased(request_in, clerk):
    registration = request_in()
    services.reject(registration=registration, reason="Người Mẫu nhờ hủy", actor=clerk)
    assert Transition.objects.filter(registration=registration).update(reason="") == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control without the guard"])
def test_ten_people_pressing_verify_at_once_make_one_step(request_in, is_guarded: bool):
    registration = request_in()
    copies = [Registration.objects.get(pk=registration.pk) for _ in range(10)]
    barrier = threading.Barrier(len(copies))
    done, refused, broken = [], [], []

    def press(copy: Registration) -> None:
        try:
            barrier.wait(timeout=10)
            if is_guarded:
                move(registration=copy, to=State.VERIFIED, actor=Actor.system())
            else:
                # The same without `state=` in the WHERE: what the guard is there to prevent.
                Registration.objects.filter(pk=copy.pk).update(state=State.VERIFIED)
                Transition.objects.create(
                    registration=copy, from_state=copy.state, to_state=State.VERIFIED, actor_kind="system"
                )
            done.append(copy)
        except StaleState as error:
            refused.append(error.sentence)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert broken == []
    steps = Transition.objects.filter(registration=registration, to_state=State.VERIFIED).count()
    if is_guarded:
        assert (len(done), len(refused), steps) == (1, 9, 1)
    else:
        assert steps == 10
