import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("https://www.example.com/foo/", "example dot com slash foo"),
        ("http://localhost:8080/x", "localhost colon eighty eighty slash X"),
        ("www.bbc.co.uk", "bbc dot CO dot UK"),
        ("example.org", "example dot org"),
        ("john.doe@example.com", "john dot doe at example dot com"),
        ("report.pdf", "report dot PDF"),
        ("Node.js", "Node dot JS"),
        (".NET", "dot NET"),
        ("/usr/local/bin", "slash usr slash local slash bin"),
        ("#ThrowbackThursday", "hashtag Throwback Thursday"),
        ("@jane_doe", "at jane underscore doe"),
        ("#1 fan", "number one fan"),
        ("192.168.1.1", "one ninety-two dot one sixty-eight dot one dot one"),
        ("192.168.1.1:8080", "one ninety-two dot one sixty-eight dot one dot one port eighty eighty"),
        ("v2.0.1", "version two point zero point one"),
        ("v2.0.1-beta.3", "version two point zero point one beta three"),
        ("v1.4rc2", "version one point four R C two"),
        ("Python 3.11.4", "Python three point eleven point four"),
        ("#ff8800", "hex F F eight eight zero zero"),
        ("0xFF", "hex F F"),
        ("COVID-19", "COVID nineteen"),
        ("MP3", "MP three"),
        ("H2O", "H two O"),
        ("A4", "ay four"),
        ("1080p", "ten eighty p"),
        ("4K", "four K"),
        ("C++ and C#", "C plus plus and C sharp"),
        ("user_name", "user name"),
    ],
)
def test_addresses_and_names_of_things_are_spelt_as_people_do(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("$HOME/.bashrc", "dollar HOME slash dot bashrc"),
        ("$5", "five dollars"),
    ],
)
def test_variables_of_a_shell_and_hidden_files_are_read(written: str, spoken: str) -> None:
    assert said(written) == spoken
