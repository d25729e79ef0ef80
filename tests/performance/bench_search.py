"""The search on phrases it was not tuned on, beside the ready-made ways of searching, and how long one takes.

The rivals get what they can be given fairly: the same folded keywords and names, and the threshold under which they say
“none of ours” chosen for them on the tuning half.
"""

import random
from collections.abc import Callable
from statistics import median
from time import perf_counter, thread_time
from typing import Any

from django.db import connection
from rapidfuzz import fuzz, process

from procedures.current_index import index_of_file
from procedures.loading import PACKAGED_FILE, load_catalogue
from procedures.search import search
from procedures.search_index import Index, Row
from procedures.text import fold
from tests.procedures.labelled import Phrase, Score, phrases, score

Answer = Callable[[str], list[str]]
# A rival answers with its best codes and how sure it is of the first.
Sure = Callable[[str], tuple[list[str], float]]


def run() -> list[dict[str, Any]]:
    load_catalogue()
    index = index_of_file(PACKAGED_FILE)
    rows = list(index.row_by_key.values())
    family_of = {row.key: row.family for row in rows}
    in_scope = {row.key for row in rows if row.is_in_scope}
    report, tune = phrases("report"), phrases("tune")

    ours = score(report, lambda text: search(text, index).codes, family_of)
    print(f"search: {len(ours.failed)} of {len(report)} unseen phrases answered wrongly")
    for line in ours.failed:
        print(f"  {line}")
    figures = [
        figure("search: right licence first", ours.family_first, ">= 0.97"),
        figure("search: right procedure in three", ours.in_three, ">= 0.99"),
        figure("search: other business recognised", ours.none_recognised, ">= 0.95"),
        figure("search: real wishes refused", ours.refused, "<= 0.02"),
    ]
    for name, sure in (
        ("pg_trgm + unaccent", _trigrams()),
        ("rapidfuzz", _fuzzy(rows)),
        ("longest keyword", _longest(rows)),
    ):
        best = _with_best_threshold(sure, tune, family_of, in_scope)
        theirs = score(report, best, family_of)
        figures += [
            fact(f"rival {name}: right licence first", theirs.family_first),
            fact(f"rival {name}: right procedure in three", theirs.in_three),
            fact(f"rival {name}: other business recognised", theirs.none_recognised),
            fact(f"rival {name}: real wishes refused", theirs.refused),
        ]
    texts = [phrase.text for phrase in report + tune]
    for count, goal in ((60, "<= 1"), (6_000, "<= 10")):
        large = [*rows, *made_up_rows(count - len(rows))]
        started = thread_time()
        bigger = Index(large)
        built = (thread_time() - started) * 1000
        taken, worked = zip(*(_milliseconds(text, bigger) for text in texts), strict=True)
        figures += [
            figure(f"search: half within, at {count} procedures", median(taken), goal, "ms"),
            figure(
                f"search: 99 % within, at {count} procedures", sorted(worked)[int(len(worked) * 0.99)], goal, "ms CPU"
            ),
            fact(f"search: building the index of {count} procedures", built, "ms CPU"),
        ]
    return figures


def figure(name: str, value: float, goal: str, unit: str = "share") -> dict[str, Any]:
    sign, limit = goal.split()
    holds = value >= float(limit) if sign == ">=" else value <= float(limit)
    return {"name": name, "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}


def fact(name: str, value: float, unit: str = "share") -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": unit}


def _milliseconds(text: str, index: Index) -> tuple[float, float]:
    """On the wall clock, and of the processor: the rare slow one is mostly another program's turn."""
    started, worked = perf_counter(), thread_time()
    search(text, index)
    return (perf_counter() - started) * 1000, (thread_time() - worked) * 1000


def _trigrams() -> Sure:
    """PostgreSQL alone: the most similar keyword or name, marks folded on both sides."""
    query = """
        SELECT coalesce(nullif(p.code, ''), p.local_id), max(similarity)
        FROM procedures_procedure p CROSS JOIN LATERAL (
            SELECT greatest(word_similarity(k.folded, vn_fold(%(text)s)), similarity(k.folded, vn_fold(%(text)s)))
            FROM procedures_keyword k WHERE k.procedure_id = p.id AND NOT k.is_misleading
            UNION ALL SELECT similarity(vn_fold(p.name), vn_fold(%(text)s))
        ) AS likeness (similarity)
        GROUP BY p.id ORDER BY 2 DESC, p.position LIMIT 3
    """

    def sure(text: str) -> tuple[list[str], float]:
        with connection.cursor() as cursor:
            cursor.execute(query, {"text": text})
            found = cursor.fetchall()
        return [code for code, _ in found], found[0][1] if found else 0.0

    return sure


def _fuzzy(rows: list[Row]) -> Sure:
    """rapidfuzz alone, its general scorer over the folded keywords and names."""
    choices = [(fold(text), row.key) for row in rows for text in (*row.keywords, row.name)]
    texts = [text for text, _ in choices]

    def sure(text: str) -> tuple[list[str], float]:
        found = process.extract(fold(text), texts, scorer=fuzz.WRatio, limit=12)
        codes = list(dict.fromkeys(choices[at][1] for _, _, at in found))[:3]
        return codes, found[0][1] / 100 if found else 0.0

    return sure


def _longest(rows: list[Row]) -> Sure:
    """The naive way: the longest folded keyword that is in the folded text as whole words."""
    choices = sorted(
        ((f" {fold(text)} ", row.key) for row in rows for text in row.keywords), key=lambda pair: -len(pair[0])
    )

    def sure(text: str) -> tuple[list[str], float]:
        padded = f" {fold(text)} "
        codes = list(dict.fromkeys(key for keyword, key in choices if keyword in padded))[:3]
        return codes, 1.0 if codes else 0.0

    return sure


def _with_best_threshold(sure: Sure, tune: list[Phrase], family_of: dict[str, str], in_scope: set[str]) -> Answer:
    """The rival with the threshold that suits it best on the tuning half; a first code out of scope also means none."""
    known = {phrase.text: sure(phrase.text) for phrase in tune}

    def answer_at(threshold: float) -> Answer:
        def answer(text: str) -> list[str]:
            codes, trust = known.get(text) or sure(text)
            return codes if codes and trust >= threshold and codes[0] in in_scope else []

        return answer

    def worth(threshold: float) -> float:
        reached: Score = score(tune, answer_at(threshold), family_of)
        return reached.family_first + reached.none_recognised

    return answer_at(max((step / 20 for step in range(21)), key=worth))


def made_up_rows(count: int) -> list[Row]:
    """Procedures of a whole province, made up: licences of two-word products, each to get, renew and amend."""
    draw = random.Random(149)  # the same made-up catalogue every time
    onsets = ["b", "c", "ch", "d", "đ", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "s", "t", "th", "tr", "v", "x"]
    rimes = [
        "a",
        "ạch",
        "ầm",
        "án",
        "ẳng",
        "ấu",
        "ẹo",
        "ề",
        "iên",
        "inh",
        "òa",
        "ọc",
        "ổi",
        "ông",
        "ờn",
        "ủ",
        "ưa",
        "ường",
        "uyền",
    ]
    kinds = ["Giấy phép bán lẻ", "Giấy phép sản xuất", "Giấy chứng nhận đủ điều kiện kinh doanh"]
    deeds = [("cap_moi", "Cấp"), ("cap_lai", "Cấp lại"), ("sua_doi", "Cấp sửa đổi, bổ sung")]
    rows: list[Row] = []
    while len(rows) < count:
        product = " ".join(draw.choice(onsets) + draw.choice(rimes) for _ in range(2))
        kind = draw.choice(kinds)
        for action, deed in deeds:
            number = len(rows)
            rows.append(
                Row(
                    key=f"9.{number:06d}",
                    name=f"{deed} {kind} {product}",
                    short_name=f"{kind} {product}",
                    family=f"gia-{number // 3}-{product}",
                    action=action,
                    field="Lĩnh vực mẫu",
                    keywords=(
                        product,
                        f"bán {product}",
                        f"cửa hàng {product}",
                        f"làm {product}",
                        f"giấy phép {product}",
                    ),
                )  # fmt: skip
            )
    return rows[: max(count, 0)]
