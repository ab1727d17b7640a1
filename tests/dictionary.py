"""Write the data dictionary (``data/README.md``) from the contract; run by ``make dictionary``."""

from __future__ import annotations

from typing import Any

from binnenstad.programme.contract import contract


def dictionary() -> str:
    """Return the data dictionary (``data/README.md``) in Dutch, for whoever fills the tables."""
    head = (
        "# Gegevenswoordenboek\n\n"
        "Gemaakt uit `lib/binnenstad/programme/datapackage.json` met `make dictionary`; verander het daar.\n\n"
        "Elke map hieronder is een programma: `programme.toml` en per tabel een CSV-bestand, of een Excel-werkmap "
        "(.xlsx) met een blad per tabel. CSV mag met `;` of `,`, met decimale komma of punt, in UTF-8 of "
        "Windows-codering. Duizendtallen krijgen geen punt. Datums: jjjj-mm-dd of dd-mm-jjjj. "
        "Een lege cel betekent: onbekend. Verplichte tabellen en kolommen hebben een *.\n\n"
        "`programme.toml`: `title`*, `title_en`, `start`*, `end`* (datums), `report_after_days` (hele dagen, "
        "standaard 0: een rapport gebruikt wat tot zoveel dagen na de periode is gepubliceerd), `source` en "
        "`scope_body`, `scope_body_en` (het orgaan dat de opgave vaststelt, geschreven als in `decisions`).\n"
    )
    return "\n".join([head, *(_chapter(table) for table in contract().values())])


def _chapter(table: dict[str, Any]) -> str:
    star = "*" if table["required"] else ""
    rows = [_row(field, table) for field in table["schema"]["fields"]]
    key = next(filter(None, [table["schema"].get("primaryKey"), *table["schema"].get("uniqueKeys", [])]), "")
    unique = f"\nUniek: {', '.join(f'`{k}`' for k in ([key] if isinstance(key, str) else key))}.\n" if key else ""
    return "\n".join(
        [f"## `{table['name']}`{star}: {table['title']}", table["description"], unique,
         "| kolom | betekenis | inhoud |", "|---|---|---|", *rows, ""]
    )  # fmt: skip


def _row(field: dict[str, Any], table: dict[str, Any]) -> str:
    star = "*" if field.get("constraints", {}).get("required") else ""
    meaning = ". ".join(part.rstrip(".") for part in (field["title"], field.get("description", "")) if part)
    return f"| `{field['name']}`{star} | {meaning} | {'; '.join(_content(field, table))} |"


def _content(field: dict[str, Any], table: dict[str, Any]) -> list[str]:
    words = {"string": "tekst", "number": "getal", "integer": "heel getal", "date": "datum", "year": "jaar",
             "boolean": "true of false"}  # fmt: skip
    limits = field.get("constraints", {})
    content = [f"een van `{'`, `'.join(limits['enum'])}`" if "enum" in limits else words[field["type"]]]
    content += [f"in {field['unit']}"] if field.get("unit", "unit") != "unit" else []
    content += ["in de eenheid van het doel"] if field.get("unit") == "unit" else []
    bounds = {"minimum": "minstens", "maximum": "hoogstens", "exclusiveMinimum": "groter dan"}
    content += [f"{word} {limits[name]}" for name, word in bounds.items() if name in limits]
    more = "eerder" if field["type"] in ("date", "year") else "lager"
    content += [f"niet {more} dan `{low}`" for low in field.get("notBelow", ())]
    content += [f"alleen met `{other}`" for other in field.get("needs", ())]
    links = table["schema"].get("foreignKeys", [])
    content += [f"`id` uit `{k['reference']['resource']}`" for k in links if k["fields"] == [field["name"]]]
    return content


if __name__ == "__main__":
    print(dictionary(), end="")
