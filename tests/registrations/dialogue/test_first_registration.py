"""The main road: follow, register, consent, procedure, time, confirmation."""


def test_a_citizen_who_taps_through_gets_a_confirmation_with_the_code(citizen):
    for step in (
        citizen.follows(),
        citizen.says("#dangky"),
        citizen.shares(),
        citizen.says("rượu"),
        citizen.says("1"),
        citizen.says("1"),
    ):
        print("\n---\n".join(step))
        print("=====")
    assert citizen.registrations
