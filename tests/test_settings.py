"""The service's settings: a sentence for every wrong value, naming setting and value, and all of them at once."""

from pathlib import Path

import pytest

from services.app import build
from services.commands.opening import prepare
from services.settings import SettingsError, load
from tests.support.certificates import certificate, locked_key


def faults(tmp_path: Path, toml: str, **environment: str) -> list[str]:
    """What is wrong with a settings file."""
    file = tmp_path / "server.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError) as caught:
        load(environment, file)
    return caught.value.faults


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("language", '"xx"', "'xx': it must be one of en."),
        ("language", '".."', "'..': it must be one of en."),
        ("log_origin", '""', "'': it must be a URL without its scheme"),
        ("log_origin", '"a b+c"', "'a b+c': it must be a URL without its scheme"),
        ("company", '""', "'': it must be the name that customers know you by."),
        ("company", '"\\u200b "', "it must be the name that customers know you by."),
        ("company", "7", "7: it must be text, in quotation marks."),
        ("support_phone", '"ask us"', "'ask us': it must be a telephone number that customers can call."),
        ("support_phone", '"٠٢٠٧"', "it must be a telephone number that customers can call."),
        ("regions", '["XX"]', "and there is no region 'XX'."),
        ("regions", '"GB,"', "and there is no region ''."),
        ("regions", "[]", "[]: it must be two-letter regions, such as GB."),
        ("regions", "5", "5: it must be two-letter regions, such as GB."),
        ("regions", '["GB", 5]', "it must be two-letter regions, such as GB."),
        ("zone", '"../etc/passwd"', "'../etc/passwd': it must be a time zone such as Europe/London."),
        ("zone", '"Europe"', "'Europe': it must be a time zone such as Europe/London."),
        ("zone", '""', "'': it must be a time zone such as Europe/London."),
        ("zone", '"Atlantis/Centre"', "it must be a time zone such as Europe/London."),
        ("customer_number", '"RC["', "it must be a regular expression (unterminated"),
        ("customer_number", '"a{99999999999999999999}"', "it must be a regular expression"),
        ("customer_number", "[1]", "[1]: it must be text, in quotation marks."),
        ("host", '"a..b"', "'a..b': it must be an address or a host's name, such as 127.0.0.1."),
        ("host", '""', "'': it must be an address or a host's name, such as 127.0.0.1."),
        ("port", "65536", "65536: it must be a whole number from 0 to 65535."),
        ("port", "true", "True: it must be a whole number from 0 to 65535."),
        ("port", '"²"', "'²': it must be a whole number from 0 to 65535."),
        ("threads", "0", "0: it must be a whole number from 1 to 200."),
        ("data_dir", '""', "'': it must be a path."),
        ("data_dir", '"a\\u0000b"', "it must be a path."),
        ("key_file", '"~nobody-of-this-name/key"', "it starts with the home folder of nobody."),
        ("messenger", '"pigeon"', "'pigeon': it must be one of demo, none."),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    (fault,) = faults(tmp_path, f"{name} = {value}\n")
    assert fault.startswith(f"{name} says ")
    assert sentence in fault
    assert "\n" not in fault


@pytest.mark.parametrize(
    "url",
    [
        "https://help.example",
        "https://portal.example/help",
        "http://127.0.0.1:8080",
        "http://[::1]:1",
        "https://ä.example",
    ],
)
def test_an_address_for_customers_that_is_safe(url: str) -> None:
    assert load({"RIGHTFUL_SERVER_PUBLIC_URL": f"{url}/"}).base_url == url


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://help.example", "it must start with https://"),
        ("http://127.0.0.1.evil.example", "it must start with https://"),
        ("help.example", "it must be a web address such as"),
        ("ftp://help.example", "it must be a web address such as"),
        ("https://", "it must be a web address such as"),
        ("/", "it must be a web address such as"),
        ("https://[::1", "it must be a web address such as"),
        ("https://help.example:abc", "it must be a web address such as"),
        ("https://help .example", "it must be a web address such as"),
        ("https://help.example?x=1", "no question mark"),
        ("https://help.example#x", "no #"),
        ("https://me:secret@help.example", "no user"),
    ],
)
def test_an_address_for_customers_that_is_not(tmp_path: Path, url: str, sentence: str) -> None:
    (fault,) = faults(tmp_path, f"public_url = '{url}'\n")
    assert fault.startswith(f"public_url says '{url}': ")
    assert sentence in fault


@pytest.mark.parametrize(
    ("host", "url"),
    [("::1", "http://[::1]:8443"), ("127.0.0.1", "http://127.0.0.1:8443"), ("localhost", "http://localhost:8443")],
)
def test_links_lead_to_where_the_service_listens(host: str, url: str) -> None:
    assert load({"RIGHTFUL_SERVER_HOST": host}).base_url == url


def test_all_wrong_values_are_told_at_once(tmp_path: Path) -> None:
    said = faults(tmp_path, 'port = "high"\ncompany = ""\nfavourite = "tea"\nhost = "0.0.0.0"\n')
    assert [fault.split()[0] for fault in said] == ["favourite", "port", "company", "host", "host"]


def test_who_listens_to_others_needs_a_certificate_and_an_address(tmp_path: Path) -> None:
    """Both ways out are named, and both are true: with the other one the service starts."""
    certified, addressed = faults(tmp_path, 'host = "0.0.0.0"\n')
    assert certified.startswith("host says '0.0.0.0', which others can reach: set tls_certificate and tls_key, or ")
    assert "leave host at 127.0.0.1 and let a TLS proxy" in certified
    assert addressed == "host says '0.0.0.0', and public_url is missing: customers' links need it."
    pem = str(certificate(tmp_path))
    own = {"HOST": "0.0.0.0", "PUBLIC_URL": "https://help.example", "TLS_CERTIFICATE": pem, "TLS_KEY": pem}
    proxied = {"PUBLIC_URL": "https://help.example"}
    for way in (own, proxied):
        assert (
            load({f"RIGHTFUL_SERVER_{name}": value for name, value in way.items()}).base_url == "https://help.example"
        )


def test_what_was_named_as_wrong_is_not_called_missing(tmp_path: Path) -> None:
    said = faults(tmp_path, 'host = "0.0.0.0"\npublic_url = "help"\ntls_certificate = 5\ntls_key = "key.pem"\n')
    assert [fault.split()[0] for fault in said] == ["public_url", "tls_certificate"]


def test_an_unknown_name_in_the_environment_is_not_passed_over(tmp_path: Path) -> None:
    said = faults(tmp_path, "", RIGHTFUL_SERVER_PROT="1", RIGHTFUL_SERVER_port="2", RIGHTFUL_THEME="dark", PORT="3")
    assert said == ["RIGHTFUL_SERVER_PROT is not a setting.", "RIGHTFUL_SERVER_port is not a setting."]
    known = {"RIGHTFUL_SERVER_CONFIG": str(tmp_path / "server.toml"), "RIGHTFUL_SERVER_PORT": "7"}
    assert load({**known, "RIGHTFUL_SERVER": "https://desk.example"}).port == 7


class TestTls:
    """The certificate and its key are looked at before the service starts."""

    def test_a_certificate_goes_with_its_key(self, tmp_path: Path) -> None:
        (fault,) = faults(tmp_path, f'tls_certificate = "{certificate(tmp_path)}"\n')
        assert fault.endswith("desk.pem', and tls_key is missing: they go together.")
        assert fault.startswith("tls_certificate says ")

    def test_files_that_are_not_there_are_named(self, tmp_path: Path) -> None:
        said = faults(tmp_path, 'tls_certificate = "/nope/c.pem"\ntls_key = "/nope/k.pem"\n')
        assert said == [
            "tls_certificate says '/nope/c.pem': it cannot be read: No such file or directory.",
            "tls_key says '/nope/k.pem': it cannot be read: No such file or directory.",
        ]

    def test_files_that_hold_something_else_are_named(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("tea")
        notes = tmp_path / "notes.txt"
        said = faults(tmp_path, f'tls_certificate = "{notes}"\ntls_key = "{notes}"\n')
        assert said == [
            f"tls_certificate says '{notes}': it must be a certificate in PEM, followed by its chain.",
            f"tls_key says '{notes}': it must be a private key in PEM.",
        ]

    def test_a_key_of_another_certificate_is_named(self, tmp_path: Path) -> None:
        one, other = certificate(tmp_path), certificate(tmp_path, "other.pem")
        (fault,) = faults(tmp_path, f'tls_certificate = "{one}"\ntls_key = "{other}"\n')
        assert fault == f"tls_key says '{other}': it is not the key of the first certificate in {one}."

    def test_a_key_that_asks_for_a_password_is_named(self, tmp_path: Path) -> None:
        pem, locked = certificate(tmp_path), locked_key(tmp_path)
        (fault,) = faults(tmp_path, f'tls_certificate = "{pem}"\ntls_key = "{locked}"\n')
        assert fault == f"tls_key says '{locked}': it must be a key without a password, as nobody is there to type one."


def test_settings_that_were_read_are_settings_that_work(tmp_path: Path) -> None:
    """Nothing is left for the parts to refuse, at the edge of each rule."""
    edge = {"COMPANY": "+", "SUPPORT_PHONE": "1", "LOG_ORIGIN": "a", "REGIONS": "gb,DE", "ZONE": "Europe/London"}
    given = {"DATA_DIR": str(tmp_path / "state"), "HOST": "::1", **edge}
    settings = load({f"RIGHTFUL_SERVER_{name}": value for name, value in given.items()})
    prepare(settings, new=True)
    parts = build(settings)
    parts.close()
    assert parts.desk.base_url == "http://[::1]:8443"
    assert str(parts.audit.key).startswith("a+")
