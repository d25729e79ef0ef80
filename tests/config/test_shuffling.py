from django.contrib.auth.models import User

NAMES = [f"canbo{number:02}" for number in range(20)]


def test_rows_without_an_order_are_shuffled(db):
    User.objects.bulk_create(User(username=name) for name in NAMES)
    assert [user.username for user in User.objects.order_by("username")] == NAMES
    assert list(User.objects.order_by("username").values_list("username", flat=True)) == NAMES
    assert sorted(User.objects.values_list("username", flat=True)) == NAMES
    assert [user.username for user in User.objects.all()] != NAMES


def test_the_same_test_is_shuffled_the_same_way_each_time(db, chance):
    User.objects.bulk_create(User(username=name) for name in NAMES)
    shuffled = []
    for _ in range(2):
        chance.seed("a test")
        shuffled.append([user.username for user in User.objects.all()])
    assert shuffled[0] == shuffled[1]
