"""Abbreviations in capitals that are said as words, beyond those of the dictionary."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import re

_SPOKEN = """
JSON ʤˈAsən, BSON bˈisən, GeoJSON ʤˈiOʤˌAsən, YAML jˈæməl, TOML tˈɑməl, IKEA Ikˈiə, CUDA kˈudə, LASER lˈAzəɹ,
MASER mˈAzəɹ, RADAR ɹˈAdˌɑɹ, LIDAR lˈIdˌɑɹ, LiDAR lˈIdˌɑɹ, SONAR sˈOnˌɑɹ, SCUBA skˈubə, TASER tˈAzəɹ, SWAT swˈɑt,
CAPTCHA kˈæpʧə, NOAA nˈOə, JAXA ʤˈæksə, LEGO lˈɛɡO, SaaS sˈæs, PaaS pˈæs, IaaS ˈIæs, FaaS fˈæs, DevOps dˈɛvˌɑps,
WASM wˈɑzəm, CORS kˈɔɹz, CIDR sˈIdəɹ, SATA sˈATə, NUMA nˈumə, SIMD sˈɪmdˌi, BLAS blˈæs, LAPACK lˈApˌæk,
CMOS sˈimˌɔs, VESA vˈisə, SUSE sˈusə, FLAC flˈæk, NURBS nˈɜɹbz, VRAM vˈiɹˌæm, SDRAM ˌɛsdˈiɹˌæm, LINQ lˈɪŋk,
PEMDAS pˈɛmdˌæs, BODMAS bˈɑdmˌæs, NIMBY nˈɪmbi, EBITDA ˈibɪtdˌɑ, FAANG fˈæŋ, MAGA mˈæɡə, DACA dˈækə,
ICANN ˈIkˌæn, MoMA mˈOmə, TOEFL tˈOfəl, GMAT ʤˈimˌæt, LSAT ˈɛlsˌæt, MRSA mˈɜɹsə, GAAP ɡˈæp, SNAFU snæfˈu,
FUBAR fˈubˌɑɹ, INTERPOL ˈɪntəɹpˌOl, EUROPOL jˈʊɹəpˌOl, ANZAC ˈænzˌæk, ANZUS ˈænzəs, QANTAS kwˈɑntəs, FIAT fˈiˌɑt,
SAAB sˈɑb, ASUS ˈAsus, HUAWEI wˈɑwˌA, ZARA zˈɑɹə, NERF nˈɜɹf, LaTeX lˈAtˌɛk, TeX tˈɛk, BibTeX bˈɪbtˌɛk,
WiFi wˈIfˌI, WIFI wˈIfˌI, HiFi hˈIfˌI, PhD pˌiˌAʧdˈi, MPhil ˌɛmfˈɪl, DPhil dˌifˈɪl, iOS ˌIˌOˈɛs, macOS mˌækˌOˈɛs,
SQLite sˈikwəlˌIt, MySQL mˌIˌɛskjˌuˈɛl, NoSQL nˌOsˈikwəl, NumPy nˈʌmpˌI, SciPy sˈIpˌI, PyPI pˌIpˌiˈI,
PyTorch pˈItˌɔɹʧ, LoRA lˈɔɹə, QLoRA kjˌulˈɔɹə, LLaMA lˈɑmə, LLaVA lˈɑvə, BERT bˈɜɹt, BLEU blˈu, COCO kˈOkO,
RoHS ɹˈOz, POSIX pˈɑzɪks, UNIX jˈunɪks, LINUX lˈɪnəks, FORTRAN fˈɔɹtɹˌæn, ALGOL ˈælɡˌɑl, APEC ˈApˌɛk,
ECOWAS ˈɛkOwˌɑs, UNAIDS jˌuˌɛnˈAdz, HAZMAT hˈæzmˌæt, SITREP sˈɪtɹˌɛp, MEDEVAC mˈɛdəvˌæk, SOCOM sˈOkˌɑm,
EPCOT ˈɛpkˌɑt, NAVSTAR nˈævstˌɑɹ, AMOLED ˈæmOlˌɛd, QLED kjˌulˌɛd, FOSDEM fˈɑsdˌɛm, SIGGRAPH sˈɪɡɹˌæf,
FAFSA fˈæfsə, TEDx tˈɛdˌɛks, ETSY ˈɛtsi, ARPANET ˈɑɹpənˌɛt, GULAG ɡˈulˌɑɡ, NICAM nˈIkˌæm, HAARP hˈɑɹp,
SCADA skˈAdə, OCaml ˌOkˈæmᵊl, AIPAC ˈApˌæk, OPSEC ˈɑpsˌɛk, COMSEC kˈɑmsˌɛk, INFOSEC ˈɪnfOsˌɛk, SIEM sˈim,
KIA kˈiə, IATA IˈɑTə, ICAO IkˈAO, DNSSEC dˌiˌɛnˈɛsˌɛk, STEM stˈɛm, OAuth ˈOˌɔθ, GAN ɡˈæn
"""
_READINGS = dict(each.split() for each in _SPOKEN.replace("\n", " ").split(",") if each.strip())

_BRITISH = (
    ("ɜɹ", "ɜː"), ("ɑɹ", "ɑː"), ("ɔɹ", "ɔː"), ("ɛɹ", "ɛː"), ("ɪɹ", "ɪə"), ("ʊɹ", "ʊə"),
    ("O", "Q"), ("æ", "a"), ("T", "t"),
)  # fmt: skip
_FINAL_R = re.compile("əɹ(?![ˈˌ]?[AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ])")
_LONG = re.compile("(?<=[ˈˌ])([iuɔ])(?!ː)|(?<=ˈ)ɑ(?!ː)")


_SYLLABLES = re.compile("(?:[B-DF-HJ-NP-TV-XZ][AEIOU]){2}")


def is_syllables(word: str) -> bool:
    """Return whether capitals are two open syllables, as in FIBA and CISA: people say those as words."""
    return _SYLLABLES.fullmatch(word) is not None


def acronym(word: str) -> str:
    """Return the American phonemes of an abbreviation said as a word; "" for any other word."""
    return _READINGS.get(word, "")


def in_dialect(phonemes: str, *, is_british: bool) -> str:
    """Return American phonemes in the letters of the dialect."""
    if not is_british:
        return phonemes
    for american, british in _BRITISH:
        phonemes = phonemes.replace(american, british)
    phonemes = _FINAL_R.sub("ə", phonemes)
    return _LONG.sub(lambda match: f"{match[1]}ː" if match[1] else "ɒ", phonemes)
