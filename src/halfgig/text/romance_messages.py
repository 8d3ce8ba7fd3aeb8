"""French, Spanish, Italian and Portuguese: short forms of messages, "slt", "xq", "cmq", "vc"."""

from halfgig.text.rules import Rule, any_of, lookup

_FORMS = {
    "fr": {
        "slt": "salut", "bjr": "bonjour", "bsr": "bonsoir", "stp": "s'il te plaît", "svp": "s'il vous plaît",
        "SVP": "s'il vous plaît", "mdr": "mort de rire", "bcp": "beaucoup", "pk": "pourquoi", "pq": "pourquoi",
        "rdv": "rendez-vous", "RDV": "rendez-vous", "ajd": "aujourd'hui", "dsl": "désolé", "qqn": "quelqu'un",
        "qqch": "quelque chose", "jsp": "je sais pas", "tkt": "t'inquiète", "tjs": "toujours", "dc": "donc",
        "tt": "tout", "ds": "dans", "pdt": "pendant", "jrs": "jours", "x/j": "fois par jour",
    },
    "es": {
        "xq": "porque", "pq": "porque", "tqm": "te quiero mucho", "tb": "también", "tmb": "también",
        "q tal": "qué tal", "dnd": "donde", "msj": "mensaje", "xfa": "por favor", "porfa": "por favor",
        "bss": "besos", "ntp": "no te preocupes", "tkm": "te quiero mucho", "Dña": "Doña",
    },
    "it": {
        "xké": "perché", "xke": "perché", "xchè": "perché", "xché": "perché", "perchè": "perché", "nn": "non",
        "cmq": "comunque", "tvb": "ti voglio bene", "qlc": "qualcosa", "qlcn": "qualcuno", "qnd": "quando",
        "dp": "dopo", "msg": "messaggio", "sn": "sono", "tt": "tutto", "grz": "grazie",
    },
    "pt": {
        "vc": "você", "vcs": "vocês", "tb": "também", "tbm": "também", "pq": "porque", "blz": "beleza",
        "obg": "obrigado", "hj": "hoje", "qdo": "quando", "msg": "mensagem", "pfv": "por favor", "cmg": "comigo",
    },
}  # fmt: skip


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for "fr", "es", "it" or "pt"; none for others."""
    forms = _FORMS.get(language)
    return (Rule("L", rf"(?P<name>{any_of(forms)})(?![\w'\u2019@/-]|\.\w)", lookup(forms, "name")),) if forms else ()
