"""Importing companies in the admin: django-import-export's upload, preview and confirmation over the one action."""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export import resources
from import_export.admin import ImportMixin
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.results import Error, InvalidRow, Result, RowResult
from tablib import Dataset

from ctapp.actions.caller import Caller, Refused
from ctapp.actions.imports.companies import import_companies
from ctapp.actions.imports.company_merge import FIELDS
from ctapp.actions.imports.company_row import COLUMNS
from ctapp.actions.imports.engine import PERMISSION
from ctapp.actions.imports.refusal import Refusal, TooManyRows
from ctapp.actions.imports.report import Entry, Fate, ImportReport

ROW_LIMIT = 5000
LARGEST_UPLOAD = 20 << 20
COMMAND = "python manage.py import_companies FILE"
IMPORT_TYPES = {
    Fate.CREATED: RowResult.IMPORT_TYPE_NEW,
    Fate.CHANGED: RowResult.IMPORT_TYPE_UPDATE,
    Fate.MERGED: RowResult.IMPORT_TYPE_UPDATE,
    Fate.UNCHANGED: RowResult.IMPORT_TYPE_SKIP,
}


class Upload(Dataset):  # type: ignore[misc]
    """The uploaded bytes, carried where django-import-export expects a parsed table: the action does the reading."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def __len__(self) -> int:
        return 1 if self.content else 0


class UploadFormat(base_formats.Format):  # type: ignore[misc]
    """A kind of file as the form offers it; the bytes pass through as they are."""

    title = ""

    def __init__(self, encoding: str | None = None) -> None:
        """The action finds the encoding out by itself."""

    def get_title(self) -> str:
        """The word in the form, by which the file's ending is matched."""
        return self.title

    def can_import(self) -> bool:
        """Only ever used for that."""
        return True

    def create_dataset(self, in_stream: bytes) -> Upload:
        """The bytes, unread."""
        return Upload(in_stream)


class CsvUpload(UploadFormat):
    """Comma (or semicolon) separated."""

    title = "csv"


class TsvUpload(UploadFormat):
    """Tab separated."""

    title = "tsv"


class XlsxUpload(UploadFormat):
    """An Excel workbook's first sheet."""

    title = "xlsx"


FORMATS: tuple[type[UploadFormat], ...] = (CsvUpload, TsvUpload, XlsxUpload)


class CompanyImportResult(Result):  # type: ignore[misc]
    """The action's report in django-import-export's words; `report` is None where the file as a whole is unusable."""

    def __init__(self) -> None:
        super().__init__()
        self.report: ImportReport | None = None
        self.entries: list[Entry] = []

    def add_entry(self, entry: Entry) -> None:
        """A row that goes in; unchanged ones are counted only."""
        self.totals[IMPORT_TYPES[entry.fate]] += 1
        if entry.fate is not Fate.UNCHANGED:
            self.entries.append(entry)

    def add_refusal(self, refusal: Refusal) -> None:
        """A row that does not go in; its values are the line, the column and the value."""
        self.totals[RowResult.IMPORT_TYPE_INVALID] += 1
        values = (refusal.line, refusal.column or "", refusal.value or "")
        self.invalid_rows.append(InvalidRow(refusal.line, ValidationError(refusal.reason), values))

    def finish(self, report: ImportReport) -> None:
        """Lay the rows out as a table of what changes, with the columns that change anywhere."""
        self.report, self.total_rows = report, report.rows
        changing = {name for entry in self.entries for name in entry.changes}
        columns = [name for name in FIELDS if name in changing]
        self.diff_headers = ["line", "company_unique_id", *columns]
        for entry in self.entries:
            row = RowResult()
            row.import_type = IMPORT_TYPES[entry.fate]
            row.object_id = row.object_repr = entry.key
            row.diff = [entry.line, entry.key, *(_difference(entry, name) for name in columns)]
            self.append_row_result(row)


class CompanyImportResource(resources.Resource):  # type: ignore[misc]
    """The bridge from django-import-export to the action: preview and confirmation run the same code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = {column.field: Field(column.field, column.field) for column in COLUMNS}

    @classmethod
    def get_display_name(cls) -> str:
        """What the form calls it."""
        return "companies"

    def import_data(
        self, dataset: Upload, dry_run: bool = False, raise_errors: bool = False, **kwargs: Any
    ) -> CompanyImportResult:
        """Run the action; what it refuses as a whole is a base error of the result (raised with `raise_errors`)."""
        result = CompanyImportResult()
        caller = Caller.person(kwargs["user"], getattr(kwargs.get("request"), "request_id", None))
        try:
            report = import_companies(
                io.BytesIO(dataset.content),
                caller,
                file_name=kwargs.get("file_name") or "upload",
                dry_run=dry_run,
                row_limit=ROW_LIMIT,
                on_entry=result.add_entry,
                on_refusal=result.add_refusal,
            )
        except Refused as error:
            if raise_errors:
                raise
            return _unusable(error)
        result.finish(report)
        return result


class CompanyUploadForm(ImportForm):  # type: ignore[misc]
    """The upload, with a cap on its size."""

    def clean_import_file(self) -> Any:
        """Refuse what would not fit, before it is read."""
        upload = self.cleaned_data["import_file"]
        if upload.size > LARGEST_UPLOAD:
            limit = LARGEST_UPLOAD >> 20
            raise forms.ValidationError(f"The file is larger than {limit} MB; import it in a shell: {COMMAND}")
        return upload


class SignedConfirmForm(ConfirmImportForm):  # type: ignore[misc]
    """The confirmation; the name of the kept file is signed, so that nobody has another file read and removed."""

    SALT = "ctapp.company_import"
    HOURS = 24

    def clean_import_file_name(self) -> str:
        """The name, if it is one of ours and not too old."""
        try:
            name = signing.loads(self.cleaned_data["import_file_name"], salt=self.SALT, max_age=self.HOURS * 3600)
        except signing.BadSignature as error:
            raise forms.ValidationError("The preview is too old, or was altered; upload the file again.") from error
        self.cleaned_data["import_file_name"] = str(name)
        return str(super().clean_import_file_name())

    def clean_format(self) -> str:
        """One of those offered."""
        number = str(self.cleaned_data["format"])
        if number not in map(str, range(len(FORMATS))):
            raise forms.ValidationError("No such format; upload the file again.")
        return number

    def clean_resource(self) -> str:
        """There is one only."""
        return "0"


class CompanyImportMixin(ImportMixin):  # type: ignore[misc]
    """For the companies' ModelAdmin: import with preview, an error per row, and confirmation of the good rows."""

    import_template_name = "admin/company_import.html"
    import_form_class = CompanyUploadForm
    confirm_form_class = SignedConfirmForm
    skip_admin_log = True  # the audit chain has it

    def has_import_permission(self, request: HttpRequest) -> bool:
        """The same permission as the action's."""
        return request.user.has_perm(PERMISSION)

    def get_import_formats(self) -> list[type[UploadFormat]]:
        """CSV, TSV, XLSX."""
        return list(FORMATS)

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[CompanyImportResource]]:
        """The one bridge; exports keep theirs."""
        return [CompanyImportResource]

    def get_confirm_form_initial(self, request: HttpRequest, import_form: forms.Form | None) -> dict[str, Any]:
        """As usual, the name of the kept file signed."""
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if "import_file_name" in initial:
            initial["import_file_name"] = signing.dumps(initial["import_file_name"], salt=SignedConfirmForm.SALT)
        return initial

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The upload and its preview; the good rows can be confirmed beside refused ones."""
        response: HttpResponse = super().import_action(request, **kwargs)
        context = response.context_data if isinstance(response, TemplateResponse) else None
        result = context.get("result") if context else None
        if context and result and not result.has_errors():
            if result.report.changed_something:
                context["confirm_form"] = self.create_confirm_form(request, import_form=context["form"])
            else:
                context.pop("confirm_form", None)
        if context:
            context["row_limit"], context["command"] = ROW_LIMIT, COMMAND
        return response

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The confirmed import; the kept file may be gone by then."""
        try:
            response: HttpResponse = super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.error(request, "The uploaded file is kept no longer, or was imported already; upload it again.")
            return HttpResponseRedirect(self._page("import", request))
        return response

    def process_result(self, result: CompanyImportResult, request: HttpRequest) -> HttpResponse:
        """Say what happened; where the file turned out unusable, back to the upload."""
        if result.report is None:
            for error in result.base_errors:
                messages.error(request, str(error.error))
            return HttpResponseRedirect(self._page("import", request))
        response: HttpResponse = super().process_result(result, request)
        return response

    def add_success_message(self, result: CompanyImportResult, request: HttpRequest) -> None:
        """The counts, and that rows were left out where some were."""
        report = result.report
        if report is None:
            return
        counts = ", ".join(f"{getattr(report, fate):,} {fate}" for fate in Fate)
        messages.success(request, f"{report.file_name}: {counts}.")
        if report.refused:
            first = report.refusals[0].sentence(report.file_name)
            messages.warning(request, f"{report.refused:,} of {report.rows:,} rows were refused, the first: {first}")

    def _page(self, name: str, request: HttpRequest) -> str:
        app, model = self.get_model_info()
        return reverse(f"admin:{app}_{model}_{name}", current_app=self.admin_site.name)


def _difference(entry: Entry, name: str) -> SafeString | str:
    """The value before, struck out, and after; nothing where it does not change."""
    if name not in entry.changes:
        return ""
    before, after = ("" if value is None else value for value in entry.changes[name])
    if entry.fate is Fate.CREATED or before == "":
        return format_html("<ins>{}</ins>", after)
    return format_html("<del>{}</del> <ins>{}</ins>", before, after)


def _unusable(error: Refused) -> CompanyImportResult:
    result = CompanyImportResult()
    message = str(error)
    if isinstance(error, TooManyRows):
        message += f", the most that is imported here; import it in a shell: {COMMAND}"
    result.append_base_error(Error(Refused(message)))
    return result
