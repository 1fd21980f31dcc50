"""A directory file with bad rows in a real browser: seen, downloaded, the rest imported by a real worker."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agencies.models import Agency, User
from tests.agencies.importing import as_csv

PATIENCE_MS = 60_000


@pytest.mark.django_db(transaction=True)
def test_a_file_with_bad_rows_is_looked_at_and_the_good_rows_are_imported(
    page: Page,
    site: str,
    people: Callable[..., User],
    sign_in: Callable[[str], None],
    worker: None,
    tmp_path: Path,
    axe: str,
) -> None:
    person = people("dizinci", "ministry-calisma")
    person.is_directory_administrator = True
    person.save()
    adana = Agency.objects.get(code="valilik-01")
    file = tmp_path / "şubeler.csv"
    file.write_bytes(
        as_csv(
            ("sube-1", "Iğdır Deneme Şubesi", "central_unit", "ministry-calisma", "Iğdır"),
            ("valilik-01", adana.name, "governorship", "ministry-icisleri", "01", "yeni@ornek.example"),
            ("sube-2", "Yanlış Şube", "krallik", "yok-boyle-kod"),
            encoding="cp1254",
        )
    )

    sign_in("dizinci")
    page.goto(f"{site}/directory/")
    page.locator("a[href='/directory/imports/']").click()
    page.set_input_files("input[type=file]", file)
    page.locator("form:has(input[type=file]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/directory/imports/\d+/$"))

    main = page.locator("main")
    expect(main).to_contain_text("krallik", timeout=PATIENCE_MS)
    expect(main).to_contain_text("yok-boyle-kod")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody td").first).to_have_text("4")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.evaluate(axe)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    assert not found["violations"]

    with page.expect_download() as download:
        page.locator("a[href$='bad.csv']").click()
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "sube-2;Yanlış Şube;krallik" in content and "sube-1" not in content
    page.locator("nav a[href='?show=changed']").click()
    expect(main).to_contain_text("valilik-01@ornek.example → yeni@ornek.example")
    assert not Agency.objects.filter(code="sube-1").exists()

    page.locator("input[name=skip_bad_rows]").check()
    page.locator("form[action$='/confirm/'] button").click()
    expect(page.locator(".alert-success")).to_be_visible(timeout=PATIENCE_MS)
    added = Agency.objects.get(code="sube-1")
    assert added.path == [Agency.objects.get(code="ministry-calisma").pk, added.pk]
    adana.refresh_from_db()
    assert adana.email == "yeni@ornek.example"
    assert not Agency.objects.filter(code="sube-2").exists()
    page.goto(f"{site}/directory/?q=deneme sube")
    expect(main).to_contain_text("Iğdır Deneme Şubesi")
