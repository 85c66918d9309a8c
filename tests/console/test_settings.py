"""Settings: later sources win, and each wrong value is named in one sentence."""

from pathlib import Path

import pytest

from console.settings import Places, SettingsError, Theme, load, save_look, usual_places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(managed=tmp_path / "managed.toml", user=tmp_path / "user" / "look.toml", data=tmp_path / "data")


def sentences(places: Places, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(environment, places)
    return caught.value.sentences


def test_nothing_set_is_enough_to_try_the_demo(places: Places) -> None:
    settings = load({}, places)
    assert settings.server.startswith("http://127.0.0.1")
    assert (settings.theme, settings.text_size, settings.data_dir) == (Theme.SYSTEM, 100, places.data)


def test_the_managed_file_wins_over_the_user_and_the_environment_over_both(places: Places) -> None:
    save_look(load({"RIGHTFUL_THEME": "dark", "RIGHTFUL_TEXT_SIZE": "150"}, places), places.user)
    assert load({}, places).theme is Theme.DARK
    places.managed.write_text('server = "https://desk.example.com/recovery/"\ntheme = "contrast"\n')
    settings = load({"RIGHTFUL_TEXT_SIZE": "200"}, places)
    assert (settings.theme, settings.text_size) == (Theme.CONTRAST, 200)
    assert settings.server == "https://desk.example.com/recovery"


def test_a_user_cannot_choose_the_service(places: Places) -> None:
    places.user.parent.mkdir()
    places.user.write_text('server = "https://thief.example.net"\n')
    assert sentences(places) == (f"{places.user}: there is no setting called server.",)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RIGHTFUL_SERVER", "http://desk.example.com", "must start with https://"),
        ("RIGHTFUL_SERVER", "http://127.0.0.1.example.com", "must start with https://"),
        ("RIGHTFUL_SERVER", "desk.example.com", "must be a web address"),
        ("RIGHTFUL_SERVER", "https://", "must be a web address"),
        ("RIGHTFUL_SERVER", "https://me:secret@desk.example.com", "must be a web address"),
        ("RIGHTFUL_SERVER", "https://desk.example.com:abc", "must be a web address"),
        ("RIGHTFUL_SERVER", "https://[::1", "must be a web address"),
        ("RIGHTFUL_SERVER", "https://desk.example.com?next=1", "must be a web address"),
        ("RIGHTFUL_THEME", "pink", "must be one of system, light, dark, contrast"),
        ("RIGHTFUL_TEXT_SIZE", "201", "must be a percentage from 80 to 200"),
        ("RIGHTFUL_TEXT_SIZE", "large", "must be a percentage from 80 to 200"),
        ("RIGHTFUL_CA_FILE", "/nowhere/ca.pem", "must be a file of certificates"),
    ],
)
def test_a_wrong_value_is_named(places: Places, name: str, value: str, said: str) -> None:
    (sentence,) = sentences(places, **{name: value})
    assert sentence.startswith(f"the environment: {name.removeprefix('RIGHTFUL_').lower()} ")
    assert said in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://[::1]:8000", "http://127.0.0.1", "https://a.b/c"])
def test_loopback_may_go_without_tls(places: Places, url: str) -> None:
    assert load({"RIGHTFUL_SERVER": url}, places).server == url


def test_all_wrong_values_are_told_at_once(places: Places) -> None:
    places.managed.write_text('theme = 7\ntext_size = 20\nfavourite = "tea"\n')
    said = sentences(places, RIGHTFUL_SERVER="ftp://desk.example.com")
    assert [any(word in one for one in said) for word in ("theme", "text_size", "favourite", "server")] == [True] * 4
    assert len(said) == 4


def test_an_unknown_name_in_the_environment_is_not_passed_over(places: Places) -> None:
    """Names of the service and of the places are none of it, and nobody else's names are looked at."""
    others = {"RIGHTFUL_SERVER_PORT": "1", "RIGHTFUL_SETTINGS": "s", "RIGHTFUL_DATA_DIR": "d", "RIGHTFULLY": "so"}
    assert load({**others, "RIGHTFUL_SERVER": "https://a.example"}, places).server == "https://a.example"
    said = sentences(places, **others, RIGHTFUL_THEM="dark", RIGHTFUL_TEXTSIZE="120")
    assert said == tuple(
        f"the environment: there is no setting called {name}." for name in ("RIGHTFUL_TEXTSIZE", "RIGHTFUL_THEM")
    )


def test_a_file_that_is_not_toml_is_named(places: Places) -> None:
    places.managed.write_text("server: https://desk.example.com")
    (sentence,) = sentences(places)
    assert sentence.startswith(f"{places.managed} is not TOML")


def test_a_certificate_file_that_is_there_is_taken(places: Places, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-")
    assert load({"RIGHTFUL_CA_FILE": str(tmp_path / "ca.pem")}, places).ca_file == tmp_path / "ca.pem"


def test_places_can_be_moved_by_the_environment(tmp_path: Path) -> None:
    moved = usual_places({"RIGHTFUL_SETTINGS": str(tmp_path / "s.toml"), "RIGHTFUL_DATA_DIR": str(tmp_path)})
    assert (moved.managed, moved.data) == (tmp_path / "s.toml", tmp_path)
    assert usual_places({}).data.name == "rightful"
