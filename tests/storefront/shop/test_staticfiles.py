import pytest
from django.core.files.storage import FileSystemStorage

from storefront.shop.staticfiles import StaticFiles, tightened


@pytest.fixture
def collected(tmp_path):
    """A small tree of source files, collected into another folder."""
    source, target = tmp_path / "source", tmp_path / "target"
    for name, text in {
        "css/main.css": '/* note */\n@layer base, components;\n@import url("base.css") layer(base);\n'
        '@import url("components/card.css") layer(components);\n',
        "css/base.css": "body {\n  color: red;\n}\n",
        "css/components/card.css": '.card { background: url("../../img/star.svg"); }',
        "img/star.svg": "<svg/>",
    }.items():
        for root in (source, target):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
    storage = StaticFiles(location=str(target), base_url="/static/")
    found = FileSystemStorage(location=str(source))
    names = ["css/main.css", "css/base.css", "css/components/card.css", "img/star.svg"]
    list(storage.post_process({name: (found, name) for name in names}))
    return target, storage


def test_collecting_joins_the_imports_in_their_layers(collected):
    target, storage = collected

    css = (target / storage.stored_name("css/main.css")).read_text()

    assert css.startswith("@layer base, components; @layer base {body { color: red; }")
    assert "@import" not in css


def test_collecting_keeps_links_to_files_right(collected):
    target, storage = collected

    css = (target / storage.stored_name("css/main.css")).read_text()

    assert f'url("../{storage.stored_name("img/star.svg")}")' in css


def test_tightened_drops_comments_and_line_breaks():
    assert tightened("a {\n  b: c; /* d\n e */\n}\n") == "a { b: c; }"
