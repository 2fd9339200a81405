"""Who lives in the demonstration world. All names and figures are invented."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.workflow import Role, StateCode

PASSWORD = "dcmm-demo-2026"  # noqa: S105 - published on purpose; never created in production

S = StateCode


@dataclass(frozen=True)
class Firm:
    """An enterprise: names, district (GB/T 2260), industry section (GB/T 4754), size, maturity, stage of its case."""

    name: str
    name_en: str
    district: str
    industry: str
    size: str
    employees: int
    business: str
    maturity: float
    stage: str
    track: str = "owner"
    target: int = 3
    #: days since the case took its last step
    days: int = 3
    #: a waiver of eligibility: "open" (asked for), "granted", or none
    waiver: str = ""


#: The firm of ``enterprise@`` and ``contributor@``, and the firm of ``stranger@``, come first.
FIRMS: tuple[Firm, ...] = (
    Firm("上海浦江精密制造有限公司", "Shanghai Pujiang Precision Manufacturing Co., Ltd.",
         "310115", "C", "large", 2860,
         "航空发动机与工业机器人精密零部件的研发、制造和销售", 2.9, S.DRAFT),
    Firm("上海外滩商贸集团有限公司", "Shanghai Waitan Trading Group Co., Ltd.",
         "310101", "F", "large", 1740,
         "百货零售、跨境电商和供应链服务", 2.7, S.FINALISED, waiver="open"),
    Firm("上海徐汇瑞宁医院管理有限公司", "Shanghai Ruining Hospital Management Co., Ltd.",
         "310104", "Q", "medium", 930,
         "综合医院运营管理和健康数据服务", 2.5, S.APPLIED, "owner", 2),
    Firm("上海虹桥航空物流有限公司", "Shanghai Hongqiao Air Logistics Co., Ltd.",
         "310105", "G", "medium", 1120,
         "航空货运、保税仓储和多式联运", 2.8, S.PLANNING, waiver="granted"),
    Firm("上海静安数智广告传媒有限公司", "Shanghai Jing'an Digital Media Co., Ltd.",
         "310106", "L", "medium", 420,
         "程序化广告投放和营销数据服务", 2.8, S.DOCUMENT_REVIEW, "provider"),
    Firm("上海普陀云仓科技有限公司", "Shanghai Putuo Yuncang Technology Co., Ltd.",
         "310107", "I", "medium", 510,
         "仓储管理软件与供应链数据平台", 3.0, S.DOCUMENT_REVIEW),
    Firm("上海北外滩航运金融服务有限公司", "Shanghai North Bund Shipping Finance Services Co., Ltd.",
         "310109", "J", "large", 680,
         "航运保险、船舶融资和航运指数服务", 3.1, S.ONSITE),
    Firm("上海杨浦智学教育科技有限公司", "Shanghai Yangpu Zhixue Education Technology Co., Ltd.",
         "310110", "P", "small", 260,
         "职业教育平台和学习分析", 2.4, S.REPORTING, "owner", 2),
    Firm("上海闵行重型装备有限公司", "Shanghai Minhang Heavy Equipment Co., Ltd.",
         "310112", "C", "large", 4200,
         "电站设备和大型铸锻件制造", 2.9, S.COMPLIANCE_REVIEW),
    Firm("上海宝山特钢材料有限公司", "Shanghai Baoshan Special Steel Co., Ltd.",
         "310113", "C", "large", 5300,
         "特种合金冶炼、轧制和深加工", 3.0, S.PUBLIC_NOTICE),
    Firm("上海漕河泾智能仪表有限公司", "Shanghai Caohejing Smart Instruments Co., Ltd.",
         "310104", "C", "medium", 720,
         "流量仪表和工业传感器的研发与制造", 2.9, S.PUBLIC_NOTICE, days=8),
    Firm("上海嘉定新能源汽车科技有限公司", "Shanghai Jiading New Energy Vehicle Technology Co., Ltd.",
         "310114", "C", "large", 3650,
         "新能源汽车电驱系统和车联网数据服务", 3.1, S.CERTIFIED),
    Firm("上海张江生物医药研究有限公司", "Shanghai Zhangjiang Biomedical Research Co., Ltd.",
         "310115", "M", "medium", 760,
         "创新药临床前研究和生物数据分析", 2.9, S.CERTIFIED),
    Firm("上海金山石化工程有限公司", "Shanghai Jinshan Petrochemical Engineering Co., Ltd.",
         "310116", "E", "large", 1980,
         "石化装置工程设计、采购和施工总承包", 2.3, S.CERTIFIED, "owner", 2),
    Firm("上海松江集成电路有限公司", "Shanghai Songjiang Integrated Circuit Co., Ltd.",
         "310117", "C", "large", 2450,
         "特色工艺晶圆制造", 3.2, S.CERTIFIED),
    Firm("上海青浦快递网络有限公司", "Shanghai Qingpu Express Network Co., Ltd.",
         "310118", "G", "large", 8900,
         "快递揽收、分拨和末端派送", 2.8, S.REJECTED),
    Firm("上海奉贤美谷化妆品有限公司", "Shanghai Fengxian Beauty Valley Cosmetics Co., Ltd.",
         "310120", "C", "medium", 640,
         "化妆品研发、生产和渠道销售", 2.2, S.WITHDRAWN, "owner", 2),
    Firm("上海崇明生态农业发展有限公司", "Shanghai Chongming Eco-Agriculture Development Co., Ltd.",
         "310151", "A", "medium", 380,
         "绿色种植、农产品加工和溯源服务", 1.8, S.DRAFT, "owner", 2),
    Firm("上海临港港口数字科技有限公司", "Shanghai Lingang Port Digital Technology Co., Ltd.",
         "310115", "I", "medium", 590,
         "港口生产系统和航运数据服务", 3.0, S.CERTIFIED, "provider"),
    Firm("上海黄浦老字号食品有限公司", "Shanghai Huangpu Time-honoured Foods Co., Ltd.",
         "310101", "C", "medium", 870,
         "传统食品生产和连锁零售", 1.9, S.ARCHIVED, "owner", 2),
    Firm("上海长宁跨境数据服务有限公司", "Shanghai Changning Cross-border Data Services Co., Ltd.",
         "310105", "I", "small", 180,
         "跨境数据合规咨询和数据托管", 2.7, S.DRAFT),
)  # fmt: skip

#: Other firms when the world is scaled up: a place, a trade and its industry section.
PLACES = (
    "浦东",
    "张江",
    "临港",
    "徐汇",
    "漕河泾",
    "静安",
    "市北",
    "虹口",
    "杨浦",
    "长阳",
    "普陀",
    "闵行",
    "嘉定",
    "松江",
    "青浦",
    "奉贤",
)
PLACES_EN = (
    "Pudong", "Zhangjiang", "Lingang", "Xuhui", "Caohejing", "Jing'an", "Shibei", "Hongkou", "Yangpu", "Changyang",
    "Putuo", "Minhang", "Jiading", "Songjiang", "Qingpu", "Fengxian",
)  # fmt: skip
PLACE_DISTRICTS = (
    "310115", "310115", "310115", "310104", "310104", "310106", "310106", "310109", "310110", "310110",
    "310107", "310112", "310114", "310117", "310118", "310120",
)  # fmt: skip
TRADES: tuple[tuple[str, str, str], ...] = (
    ("智能装备", "Smart Equipment", "C"), ("软件", "Software", "I"), ("供应链", "Supply Chain", "G"),
    ("生物科技", "Biotech", "M"), ("建设工程", "Construction", "E"), ("商业", "Commerce", "F"),
    ("金融科技", "Fintech", "J"), ("能源", "Energy", "D"), ("环境", "Environment", "N"), ("文化传播", "Culture", "R"),
)  # fmt: skip

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN_NAMES = (
    "伟",
    "敏",
    "静",
    "磊",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "晓梅",
    "志强",
    "丽华",
)


@dataclass(frozen=True)
class Account:
    """A demonstration account: e-mail, name, role, and the organisation by its key in ``world``."""

    email: str
    name: str
    role: Role
    organisation: str
    district: str = ""


ACCOUNTS: tuple[Account, ...] = (
    Account("enterprise@demo.example", "赵敏", Role.ENTERPRISE_ADMINISTRATOR, "firm"),
    Account("contributor@demo.example", "钱进", Role.CONTRIBUTOR, "firm"),
    Account("viewer@demo.example", "孙立", Role.VIEWER, "firm"),
    Account("stranger@demo.example", "李文", Role.ENTERPRISE_ADMINISTRATOR, "other_firm"),
    Account("body@demo.example", "周洁", Role.BODY_MANAGER, "body"),
    Account("lead@demo.example", "吴国栋", Role.LEAD_ASSESSOR, "body"),
    Account("assessor@demo.example", "郑晓燕", Role.ASSESSOR, "body"),
    Account("assessor2@demo.example", "秦朗", Role.ASSESSOR, "body"),
    Account("reviewer@demo.example", "冯书远", Role.QUALITY_REVIEWER, "body"),
    Account("otherbody@demo.example", "陈昊", Role.BODY_MANAGER, "other_body"),
    Account("authority@demo.example", "褚明", Role.CERTIFICATION_OFFICER, "office"),
    Account("district@demo.example", "卫东", Role.DISTRICT_OFFICER, "office", "310115"),
    Account("sysadmin@demo.example", "顾维", Role.SYSTEM_ADMINISTRATOR, "platform"),
    Account("auditor@demo.example", "沈清", Role.AUDIT_ADMINISTRATOR, "platform"),
)

#: What each account is for, as the commands print it.
PURPOSES: dict[str, str] = {
    "enterprise@demo.example": "enterprise administrator, an assessment in progress",
    "contributor@demo.example": "colleague with two domains and an item assigned",
    "viewer@demo.example": "colleague who reads only",
    "stranger@demo.example": "administrator of another enterprise",
    "body@demo.example": "manager of an evaluation body",
    "lead@demo.example": "lead assessor",
    "assessor@demo.example": "second assessor",
    "assessor2@demo.example": "assessor who once coached the enterprise (conflict of interest)",
    "reviewer@demo.example": "quality reviewer of that body",
    "otherbody@demo.example": "manager of another evaluation body",
    "authority@demo.example": "certification office",
    "district@demo.example": "district officer (Pudong)",
    "sysadmin@demo.example": "system administrator, manages the editions of the standard",
    "auditor@demo.example": "audit administrator, reads the audit trail",
}
