"""Small public registers: districts (GB/T 2260), industry sections (GB/T 4754-2017), sizes of enterprises."""

from __future__ import annotations

from assessments.standard import Bilingual

_DISTRICTS: dict[str, Bilingual] = {
    "310101": Bilingual("黄浦区", "Huangpu"),
    "310104": Bilingual("徐汇区", "Xuhui"),
    "310105": Bilingual("长宁区", "Changning"),
    "310106": Bilingual("静安区", "Jing'an"),
    "310107": Bilingual("普陀区", "Putuo"),
    "310109": Bilingual("虹口区", "Hongkou"),
    "310110": Bilingual("杨浦区", "Yangpu"),
    "310112": Bilingual("闵行区", "Minhang"),
    "310113": Bilingual("宝山区", "Baoshan"),
    "310114": Bilingual("嘉定区", "Jiading"),
    "310115": Bilingual("浦东新区", "Pudong"),
    "310116": Bilingual("金山区", "Jinshan"),
    "310117": Bilingual("松江区", "Songjiang"),
    "310118": Bilingual("青浦区", "Qingpu"),
    "310120": Bilingual("奉贤区", "Fengxian"),
    "310151": Bilingual("崇明区", "Chongming"),
}
_INDUSTRIES: dict[str, Bilingual] = {
    "A": Bilingual("农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    "B": Bilingual("采矿业", "Mining"),
    "C": Bilingual("制造业", "Manufacturing"),
    "D": Bilingual("电力、热力、燃气及水生产和供应业", "Electricity, heat, gas and water"),
    "E": Bilingual("建筑业", "Construction"),
    "F": Bilingual("批发和零售业", "Wholesale and retail"),
    "G": Bilingual("交通运输、仓储和邮政业", "Transport, storage and post"),
    "H": Bilingual("住宿和餐饮业", "Accommodation and catering"),
    "I": Bilingual("信息传输、软件和信息技术服务业", "Information transmission, software and IT services"),
    "J": Bilingual("金融业", "Finance"),
    "K": Bilingual("房地产业", "Real estate"),
    "L": Bilingual("租赁和商务服务业", "Leasing and business services"),
    "M": Bilingual("科学研究和技术服务业", "Scientific research and technical services"),
    "N": Bilingual("水利、环境和公共设施管理业", "Water, environment and public facilities"),
    "O": Bilingual("居民服务、修理和其他服务业", "Resident, repair and other services"),
    "P": Bilingual("教育", "Education"),
    "Q": Bilingual("卫生和社会工作", "Health and social work"),
    "R": Bilingual("文化、体育和娱乐业", "Culture, sports and entertainment"),
    "S": Bilingual("公共管理、社会保障和社会组织", "Public administration and social organisations"),
    "T": Bilingual("国际组织", "International organisations"),
}
_SIZES: dict[str, Bilingual] = {
    "large": Bilingual("大型", "Large"),
    "medium": Bilingual("中型", "Medium"),
    "small": Bilingual("小型", "Small"),
    "micro": Bilingual("微型", "Micro"),
}

DISTRICTS = [(code, name.zh) for code, name in _DISTRICTS.items()]
INDUSTRIES = [(code, f"{code} {name.zh}") for code, name in _INDUSTRIES.items()]
SIZES = [(code, name.zh) for code, name in _SIZES.items()]
_NOTHING = Bilingual("", "")


def district_name(code: str) -> Bilingual:
    return _DISTRICTS.get(code, _NOTHING)


def industry_name(code: str) -> Bilingual:
    return _INDUSTRIES.get(code, _NOTHING)


def size_name(code: str) -> Bilingual:
    return _SIZES.get(code, _NOTHING)


def register_choices(register: str) -> list[tuple[str, Bilingual]]:
    """``district``, ``industry`` or ``size`` as (code, bilingual name) pairs, for forms that follow the reader."""
    return list({"district": _DISTRICTS, "industry": _INDUSTRIES, "size": _SIZES}[register].items())
