"""The company import in the admin: upload, preview with an error per row, confirmation."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ctapp.models import AuditEvent, CompanyMaster
from tests.actions.files import audit_faults, company, events, ready
from tests.actions.test_workbook import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.actions.admin_urls")]

CSV, TSV, XLSX = "0", "1", "2"
IMPORT, CONFIRM = "/admin/ctapp/companymaster/import/", "/admin/ctapp/companymaster/process_import/"


@pytest.fixture(autouse=True)
def kept_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uploads wait here for their confirmation."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def staff(*permissions: str) -> Client:
    user = User.objects.create_user("olga", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(db: None) -> Client:
    return staff("import_companies", "view_companymaster")


def upload(client: Client, content: bytes | str, kind: str = CSV, name: str = "list.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post(IMPORT, {"import_file": file, "format": kind, "resource": "0"})


def confirm(client: Client, preview: Any, **changed: str) -> Any:
    form = preview.context["confirm_form"]
    return client.post(CONFIRM, {**form.initial, **changed}, follow=True)


def words(response: Any) -> str:
    """The page's text, without tags and repeated blanks."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_form_tells_limit_and_command(client: Client) -> None:
    page = words(client.get(IMPORT))
    assert "at most 5,000 rows" in page
    assert "python manage.py import_companies FILE" in page
    assert "company_unique_id" in page


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (b"name,domain\nAcme,acme.example\n", CSV, "list.csv"),
        ("name;domain\nAcme;acme.example\n".encode("utf-16"), CSV, "list.csv"),
        (b"name\tdomain\nAcme\tacme.example\n", TSV, "list.tsv"),
        (workbook(["name", "domain"], ["Acme", "acme.example"]), XLSX, "list.xlsx"),
    ],
)
def test_a_preview_writes_nothing_and_the_confirmation_does(
    client: Client, content: bytes, kind: str, name: str, kept_files: Path
) -> None:
    preview = upload(client, content, kind, name)
    assert "Nothing was written yet" in words(preview)
    assert "acme.example" in words(preview)
    assert not CompanyMaster.objects.exists()
    assert len(list(kept_files.iterdir())) == 1
    done = confirm(client, preview)
    assert told(done) == [f"{name}: 1 created, 0 changed, 0 merged, 0 unchanged."]
    assert CompanyMaster.objects.get().domain == "acme.example"
    assert events(action="companies_imported")[0].actor == "user:olga"
    assert list(kept_files.iterdir()) == []
    assert audit_faults() == ()


def test_refused_rows_are_shown_with_line_and_reason_and_the_good_ones_can_go_in(client: Client) -> None:
    ready(company())
    preview = upload(
        client,
        "company_unique_id,name,domain,Colour\nb,Beta,b.example,\nc,<b>Gamma</b>,not a domain,\n"
        "acme,Acme Works,x.example,\nacme,Acme & Sons,,\n",
    )
    page = words(preview)
    assert "3 domain &#x27;not a domain&#x27; a domain holds no spaces or control characters" in page
    assert "withdraw its target first" in page
    assert "no field has that name: &#x27;Colour&#x27;" in page
    assert "<del>Acme Works</del> <ins>Acme &amp; Sons</ins>" in preview.content.decode()
    assert preview.context["result"].totals == {"new": 1, "update": 1, "delete": 0, "skip": 0, "error": 0, "invalid": 2}
    done = confirm(client, preview)
    assert told(done)[0] == "list.csv: 1 created, 1 changed, 0 merged, 0 unchanged."
    assert told(done)[1].startswith("2 of 4 rows were refused, the first: list.csv line 3, column domain")
    assert set(CompanyMaster.objects.values_list("company_name", flat=True)) == {"Beta", "Acme & Sons"}


def test_where_nothing_would_change_there_is_nothing_to_confirm(client: Client) -> None:
    company()
    preview = upload(client, "company_unique_id,name\nacme,Acme Works\nb,\n")
    assert "nothing would change" in words(preview)
    assert "confirm_form" not in preview.context


@pytest.mark.parametrize("content", [b"colour\nred\n", b"\x00\xff\x01" * 100, b"PK\x03\x04broken", b"name\n"])
def test_an_unusable_file_is_told_without_a_traceback(client: Client, content: bytes) -> None:
    preview = upload(client, content)
    page = words(preview)
    assert "The file cannot be imported" in page
    assert "Traceback" not in page
    assert "confirm_form" not in preview.context


def test_a_file_of_too_many_rows_names_the_command(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctapp.admin.company_import.ROW_LIMIT", 3)
    assert "confirm_form" in upload(client, "name\n" + "Acme {}\n" * 3).context
    page = words(upload(client, "name\nA\nB\nC\nD\n"))
    assert (
        "more than 3 rows, the most that is imported here; import it in a shell: python manage.py import_comp" in page
    )


def test_a_file_too_large_is_refused_before_it_is_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctapp.admin.company_import.LARGEST_UPLOAD", 5)
    assert "The file is larger than" in words(upload(client, "name\nAcme\n"))


def test_the_permission_is_asked_for_at_every_step(db: None) -> None:
    outsider = staff("view_companymaster", "change_companymaster")
    assert outsider.get(IMPORT).status_code == 403
    assert upload(outsider, "name\nAcme\n").status_code == 403
    assert outsider.post(CONFIRM, {}).status_code == 403
    assert not CompanyMaster.objects.exists()


def test_a_confirmation_cannot_name_another_file(client: Client, kept_files: Path) -> None:
    other = kept_files / "other"
    other.write_text("name\nStolen\n")
    done = confirm(client, upload(client, "name\nAcme\n"), import_file_name="other")
    assert "upload the file again" in words(done)
    assert other.exists()
    assert not CompanyMaster.objects.exists()


def test_confirming_twice_imports_once(client: Client) -> None:
    preview = upload(client, "name\nAcme\n")
    confirm(client, preview)
    seq = AuditEvent.objects.count()
    assert told(confirm(client, preview)) == [
        "The uploaded file is kept no longer, or was imported already; upload it again."
    ]
    assert AuditEvent.objects.count() == seq


def test_the_list_leads_to_the_import(client: Client) -> None:
    assert IMPORT in client.get(reverse("admin:ctapp_companymaster_changelist")).content.decode()
    assert IMPORT not in staff_page()


def staff_page() -> str:
    User.objects.all().delete()
    page = staff("view_companymaster").get(reverse("admin:ctapp_companymaster_changelist"))
    return io.TextIOWrapper(io.BytesIO(page.content)).read()
