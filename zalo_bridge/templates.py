"""Filling an approved template: names, types and lengths are checked here, before Zalo would refuse them.

Lengths per type: developers.zalo.me, "ZBS Template Message", parameter types.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from zalo_bridge.models import NoticeTemplate

# Type of a parameter → longest value in characters after NFC.
LONGEST = {
    "name": 30,
    "phone": 15,
    "address": 200,
    "code": 30,
    "label": 30,
    "status": 30,
    "contact": 50,
    "gender": 5,
    "product": 200,
    "quantity": 20,
    "time": 20,
    "date": 20,
    "otp": 10,
    "url": 200,
    "currency": 12,
    "text": 200,
}
FORMS = {
    "phone": re.compile(r"\+?[0-9 .]{8,15}"),
    "date": re.compile(r"(\d{2}:\d{2} )?\d{2}/\d{2}/\d{4}"),
    "time": re.compile(r"\d{2}:\d{2}( \d{2}/\d{2}/\d{4})?"),
    "quantity": re.compile(r"[0-9.,]+"),
    "currency": re.compile(r"[0-9.,]+"),
    "url": re.compile(r"https?://\S+"),
}
# Cut with an ellipsis when too long; a shortened number, date or link would say something false.
MAY_BE_CUT = {"name", "address", "label", "status", "contact", "product", "text"}


def fill(template: NoticeTemplate, params: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """(the template's parameters, what is wrong with them). Nothing may be sent while the second is not empty."""
    data: dict[str, str] = {}
    faults: list[str] = []
    for parameter in template.parameters:
        name, kind = str(parameter["name"]), str(parameter.get("type", "text"))
        value = unicodedata.normalize("NFC", str(params.get(parameter.get("value", name), ""))).strip()
        longest = int(parameter.get("max_length") or LONGEST.get(kind, LONGEST["text"]))
        if not value:
            if parameter.get("required", True):
                faults.append(f"thiếu tham số {name}")
            continue
        if len(value) > longest:
            if kind not in MAY_BE_CUT:
                faults.append(f"tham số {name} dài quá {longest} ký tự")
                continue
            value = f"{value[: longest - 1].rstrip()}…"
        if (form := FORMS.get(kind)) and not form.fullmatch(value):
            faults.append(f"tham số {name} không đúng dạng {kind}")
            continue
        data[name] = value
    return data, faults


def faults_of_definition(parameters: object) -> list[str]:
    """What is wrong with the parameter list typed in the admin; empty when it can be used."""
    if not isinstance(parameters, list):
        return ["Danh sách tham số phải là một mảng JSON."]
    faults = []
    for number, parameter in enumerate(parameters, start=1):
        if not isinstance(parameter, dict) or not str(parameter.get("name", "")).strip():
            faults.append(f"Tham số thứ {number} thiếu tên (name).")
            continue
        kind = parameter.get("type", "text")
        if kind not in LONGEST:
            faults.append(f"Tham số {parameter['name']}: kiểu {kind} không có. Dùng: {', '.join(LONGEST)}.")
        longest = parameter.get("max_length")
        if longest is not None and (not isinstance(longest, int) or longest < 1):
            faults.append(f"Tham số {parameter['name']}: max_length phải là số dương.")
    return faults
