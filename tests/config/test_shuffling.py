from django.contrib.auth.models import Group

NAMES = [f"nhóm {number:02}" for number in range(20)]


def test_rows_without_an_order_are_shuffled(db):
    Group.objects.bulk_create(Group(name=name) for name in NAMES)
    assert [group.name for group in Group.objects.order_by("name")] == NAMES
    assert list(Group.objects.order_by("name").values_list("name", flat=True)) == NAMES
    assert sorted(Group.objects.values_list("name", flat=True)) == NAMES
    assert [group.name for group in Group.objects.all()] != NAMES


def test_the_same_test_is_shuffled_the_same_way_each_time(db, chance):
    Group.objects.bulk_create(Group(name=name) for name in NAMES)
    shuffled = []
    for _ in range(2):
        chance.seed("a test")
        shuffled.append([group.name for group in Group.objects.all()])
    assert shuffled[0] == shuffled[1]
