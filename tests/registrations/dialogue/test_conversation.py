"""The core on paper: every input at every step leads somewhere sensible. No database."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.dialogue import conversation, heard
from registrations.dialogue.explore import BEGINNINGS, FULL, INPUTS, NOW, PERSON, PaperWorld, a_visit, text, walk
from registrations.dialogue.heard import Heard, Kind, State
from registrations.dialogue.turn import PATIENCE, Step
from registrations.management.commands.print_dialogue import page
from registrations.wording import TEXTS, placeholders_in

# What the shell adds to every text (shell.moment_values, Wording.render).
FROM_THE_SHELL = {"lua_chon", "co_quan", "dien_thoai_co_quan", "loi_dong_y", "bay_gio", "khi_nao_tra_loi", "han_xoa"}
# Commands whose use case tells the citizen itself.
TELLING = (heard.Register, heard.ChangeTime, heard.Cancel)
NEEDS_NO_ANSWER = (Kind.UNFOLLOWED, Kind.COLLEAGUE)


@pytest.fixture(scope="module")
def passages():
    return list(walk())


def answers(outcome) -> bool:
    return bool(outcome.says) or any(isinstance(command, TELLING) for command in outcome.commands)


def test_every_step_can_be_reached(passages):
    assert {passage.before.step for passage in passages} == set(Step.ALL)


def test_nothing_a_citizen_does_is_met_with_silence(passages):
    assert [(p.before.step, p.heard) for p in passages if not answers(p.outcome)] == []


def test_every_text_exists_and_every_gap_in_it_is_filled(passages):
    for passage in passages:
        for say in passage.outcome.says:
            missing = placeholders_in(TEXTS[say.key]) - set(say.values) - FROM_THE_SHELL
            assert not missing, f"{say.key} at {passage.before.step} after {passage.heard}: {missing}"
            assert bool(say.options) == ("{lua_chon}" in TEXTS[say.key]), say.key


def test_the_state_is_json_and_its_step_is_known(passages):
    for passage in passages:
        json.dumps(passage.outcome.state.data)
        assert passage.outcome.state.step in Step.ALL


def test_nothing_personal_is_remembered_before_consent():
    personal = ("Người Mẫu Hai", "0900000016", "+84900000016", "7 Vĩnh Hải")
    for words in ("#dangky", "Người Mẫu Hai, 0900000016, 7 Vĩnh Hải", "0900000016", "Người Mẫu Hai", "7 Vĩnh Hải"):
        state = conversation.respond(State(), text("đăng ký"), PaperWorld()).state
        outcome = conversation.respond(state, text(words), PaperWorld())
        assert not any(isinstance(command, heard.RecordConsent) for command in outcome.commands)
        kept = json.dumps(outcome.state.data, ensure_ascii=False)
        assert not any(fact in kept for fact in personal), kept


def test_a_question_is_never_put_a_third_time_without_offering_a_person():
    seen = set()
    for name, world in BEGINNINGS:
        for _, first in INPUTS:
            state, here = State(), world
            outcome = conversation.respond(state, first, here)
            for _ in range(PATIENCE + 2):
                state, here = outcome.state, here.after(outcome)
                outcome = conversation.respond(state, text("xyz xyz"), here)
            asked = outcome.state.data.get("asked") or {}
            if asked.get("times", 0) > PATIENCE:
                seen.add(outcome.state.step)
                assert "offer_human" in [say.key for say in outcome.says], (name, outcome.state.step)
    assert len(seen) >= 6, seen


def test_a_person_can_be_asked_for_from_everywhere(passages):
    states = {json.dumps([p.before.step, p.before.data], sort_keys=True): p.before for p in passages}
    for before in states.values():
        for words in ("gặp cán bộ", "0"):
            outcome = conversation.respond(
                before, text(words), PaperWorld(consented=True, person=PERSON, visits=(a_visit(),))
            )
            assert any(isinstance(command, heard.CallHuman) for command in outcome.commands), before.step


def test_withdrawing_is_understood_everywhere(passages):
    states = {json.dumps([p.before.step, p.before.data], sort_keys=True): p.before for p in passages}
    world = PaperWorld(consented=True, person=PERSON, visits=(a_visit(),))
    for before in states.values():
        outcome = conversation.respond(before, text("rút lại đồng ý"), world)
        assert outcome.state.step == Step.WITHDRAW, before.step
        done = conversation.respond(outcome.state, text("1"), world)
        assert heard.Withdraw("chat") in done.commands
        assert not {"details", "draft", "words"} & set(done.state.data)


@pytest.mark.parametrize("beginning", [name for name, _ in BEGINNINGS if name != "hết chỗ"])
def test_from_anywhere_in_a_draft_plain_answers_lead_to_a_request(passages, beginning):
    """No dead end: whoever keeps answering sensibly arrives."""
    world = dict(BEGINNINGS)[beginning]
    sensible = {
        Step.CONSENT: Heard(Kind.INFO, info=FULL, ref="1"),
        Step.NAME: text("Người Mẫu Hai"),
        Step.PHONE: text("0900000015"),
        Step.ADDRESS: text("7 Vĩnh Hải"),
        Step.PROCEDURE: text("rượu"),
        Step.WISH: text("chiều mai"),
        Step.CORRECT: text("4"),
        Step.CANCEL_REASON: text("5"),
        Step.WITHDRAW: text("2"),
        Step.RATE_WORDS: text("không"),
        Step.HUMAN: text("đăng ký"),
    }
    starts = {
        json.dumps([p.before.step, p.before.data], sort_keys=True): p.before
        for p in passages
        if p.beginning == beginning and p.before.data.get("draft")
    }
    assert starts
    for start in starts.values():
        state, here = start, replace(world, consented=world.consented or bool(start.data.get("details")))
        for _ in range(15):
            said = sensible.get(state.step, text("1"))
            if state.step == Step.ABANDON:
                said = text("3")
            outcome = conversation.respond(state, said, here)
            if any(isinstance(command, heard.Register) for command in outcome.commands):
                break
            state, here = outcome.state, here.after(outcome)
        else:
            pytest.fail(f"no way to a request from {start.step}: stuck at {state.step}")


def test_a_button_of_an_older_question_answers_no_newer_one():
    world = PaperWorld(consented=True, person=PERSON)
    state = State(
        Step.TIME,
        {
            "draft": "1",
            "procedure": {"id": 1, "name": "x"},
            "details": {"name": "A", "phone": "1", "ward": "2"},
            "options": [{"title": "a", "value": {"place": 1}}],
        },
    )
    old = conversation.respond(state, text("#which_procedure:1"), world)
    assert [say.key for say in old.says][0] == "old_button"
    assert not old.commands
    own = conversation.respond(state, text("#time:1"), world)
    assert own.commands == (heard.Register(1),)


def test_a_rating_asked_for_later_than_the_last_list_takes_the_number():
    world = PaperWorld(consented=True, person=PERSON, to_rate=a_visit(7))
    menu = conversation.respond(State(), text("menu"), world)
    earlier = replace(world, rating_asked_at=NOW.replace(hour=8))
    assert not [c for c in conversation.respond(menu.state, text("5"), earlier).commands if isinstance(c, heard.Rate)]
    later = replace(world, rating_asked_at=NOW.replace(hour=10))
    assert conversation.respond(menu.state, text("5"), later).commands == (heard.Rate(7, 5),)


def test_a_draft_left_overnight_is_taken_up_where_it_was():
    state = conversation.respond(State(), Heard(Kind.INFO, info=FULL, ref="1"), PaperWorld()).state
    next_week = PaperWorld(now=NOW.replace(day=30), consented=True)
    outcome = conversation.respond(state, text("xin chào"), next_week)
    assert [say.key for say in outcome.says] == ["back_after_long", "ask_procedure"]
    outcome = conversation.respond(outcome.state, text("rượu"), next_week)
    assert outcome.state.step == Step.WHICH_PROCEDURE


words = st.one_of(
    st.sampled_from([said for _, said in INPUTS]),
    st.text(max_size=60).map(text),
    st.sampled_from(
        [
            "dừng",
            "đúng",
            "dung",
            "Huy",
            "🙏",
            "#time:1",
            "#danhgia:5",
            "HT-MAU21",
            "3",
            "a" * 1000,
            "0905 abc",
            "\u200b",
        ]
    ).map(text),
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([world for _, world in BEGINNINGS]), st.lists(words, max_size=12))
def test_no_sequence_of_messages_breaks_the_conversation(world, said):
    state = State()
    for each in said:
        before = json.dumps(state.data, sort_keys=True)
        outcome = conversation.respond(state, each, world)
        assert json.dumps(state.data, sort_keys=True) == before, "the state given was changed"
        if each.kind not in NEEDS_NO_ANSWER:
            assert answers(outcome), (state.step, each)
        for command in outcome.commands:
            if isinstance(command, heard.Register):
                assert world.consented or any(isinstance(c, heard.RecordConsent) for c in outcome.commands)
        state, world = outcome.state, world.after(outcome)
        json.dumps(state.data)


def test_the_printed_conversation_is_up_to_date(passages):
    kept = Path(__file__).parents[3] / "docs" / "conversation.md"
    assert kept.read_text().rstrip() == page(passages).rstrip(), "run: manage.py print_dialogue > docs/conversation.md"
