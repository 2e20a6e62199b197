#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Turn guidance/, profiles/ and providers/ into C tables.

    generate.py SOURCE_ROOT OUT_IDS_H OUT_TABLES_C

guidance/<control>/<id>.md   a finding: front matter, then "## Recommendation" and "## Implementation"
guidance/fixes/<id>.md       a fix: front matter, then "## Action", "## Warning" (when it has a risk), "## Verify"
guidance/sentences.conf      [id] and "text = ..." for the summary sentences
guidance/introduction.md     the opening of the two-part guide

Anything missing, unknown, double or unused fails the build with the file's name.
"""
import re
import sys
from pathlib import Path

FINDING_KEYS = {"id", "control", "severity", "title", "source", "reviewed", "fix", "args"}
FIX_KEYS = {"id", "control", "order", "risk", "title", "args"}
SEVERITIES = ["good", "info", "low", "medium", "high", "critical"]
RISKS = ["none", "low", "break"]
CONTROLS = ["spf", "dkim", "dmarc", "mx", "tls", "mta-sts", "tls-rpt", "dane", "dnssec", "bimi"]
ALWAYS_ARGS = {"domain", "subject"}


class Problem(Exception):
    """What is wrong with which file."""


def parse_markdown(path, keys, sections):
    """Front matter as {key: [values]} and {section: text}; strict."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        raise Problem(f"{path}: front matter between two '---' lines is missing")
    end = lines.index("---", 1)
    front = {}
    for line in lines[1:end]:
        key, colon, value = line.partition(":")
        if not colon or key not in keys or not value.strip():
            raise Problem(f"{path}: front matter line '{line}'")
        front.setdefault(key, []).append(value.strip())
    body = {}
    current = None
    for line in lines[end + 1:]:
        if line.startswith("## "):
            current = line[3:].strip()
            if current not in sections or current in body:
                raise Problem(f"{path}: section '{current}'")
            body[current] = []
        elif current is not None:
            body[current].append(line)
        elif line.strip():
            raise Problem(f"{path}: text before the first section")
    body = {name: "\n".join(text).strip() for name, text in body.items()}
    for key in front:
        if key != "source" and len(front[key]) > 1:
            raise Problem(f"{path}: '{key}' is given twice")
    return front, body


def check_placeholders(path, front, texts):
    allowed = ALWAYS_ARGS | set(re.split(r"[ ,]+", front.get("args", [""])[0])) - {""}
    used = set()
    for text in texts:
        used |= set(re.findall(r"(?<!\{)\{([A-Za-z0-9_]+)\}", text))
    for name in sorted(used - allowed):
        raise Problem(f"{path}: placeholder {{{name}}} is not in args")
    for name in sorted(allowed - ALWAYS_ARGS - used):
        raise Problem(f"{path}: argument '{name}' is never used")


def one(path, front, key):
    if key not in front:
        raise Problem(f"{path}: '{key}' is missing")
    return front[key][0]


def read_findings(root):
    findings = []
    for control in CONTROLS:
        for path in sorted((root / "guidance" / control).glob("*.md")):
            front, body = parse_markdown(path, FINDING_KEYS, ["Recommendation", "Implementation"])
            if one(path, front, "id") != path.stem or one(path, front, "control") != control:
                raise Problem(f"{path}: id or control does not match the file's place")
            if one(path, front, "severity") not in SEVERITIES:
                raise Problem(f"{path}: severity")
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", one(path, front, "reviewed")):
                raise Problem(f"{path}: reviewed is not a date")
            if not front.get("source"):
                raise Problem(f"{path}: no source")
            for section in ("Recommendation", "Implementation"):
                if not body.get(section):
                    raise Problem(f"{path}: section {section} is missing or empty")
            check_placeholders(path, front, [one(path, front, "title"), *body.values()])
            findings.append((path, front, body))
    return findings


def read_fixes(root):
    fixes = []
    for path in sorted((root / "guidance" / "fixes").glob("*.md")):
        front, body = parse_markdown(path, FIX_KEYS, ["Action", "Warning", "Verify"])
        if one(path, front, "id") != path.stem or one(path, front, "control") not in CONTROLS:
            raise Problem(f"{path}: id or control")
        if one(path, front, "risk") not in RISKS or not one(path, front, "order").isdigit():
            raise Problem(f"{path}: risk or order")
        if not body.get("Action") or not body.get("Verify"):
            raise Problem(f"{path}: section Action or Verify is missing")
        if (front["risk"][0] == "none") == bool(body.get("Warning")):
            raise Problem(f"{path}: a Warning belongs to every risk but none")
        check_placeholders(path, front, [one(path, front, "title"), *body.values()])
        fixes.append((path, front, body))
    return fixes


def read_sentences(root):
    path = root / "guidance" / "sentences.conf"
    sentences = []
    name = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
        elif line.startswith("text = ") and name is not None:
            sentences.append((name, line[7:].strip()))
            name = None
        else:
            raise Problem(f"{path}:{number}: '{line}'")
    return sentences


def c_name(prefix, identifier):
    if not re.fullmatch(r"[a-z][a-z0-9-]*", identifier):
        raise Problem(f"'{identifier}' is not an id")
    return prefix + identifier.replace("-", "_").upper()


def c_string(text):
    """A C literal, broken into lines so that compilers and people can take it."""
    out = []
    for line in text.splitlines(keepends=True) or [""]:
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("??", "?\\?")
        out.append(f'"{escaped}"')
    return "\n\t\t".join(out)


def c_span(text):
    length = len(text.encode("utf-8"))
    return f"{{{c_string(text)}, {length}}}"


def check_unique(names, what):
    seen = set()
    for name in names:
        if name in seen:
            raise Problem(f"{what} '{name}' exists twice")
        seen.add(name)


def check_used(root, names):
    """Every generated name must occur in C code outside guide/."""
    code = ""
    for path in sorted((root / "src").rglob("*.c")):
        if path.parent.name != "guide":
            code += path.read_text(encoding="utf-8")
    words = set(re.findall(r"\b(?:FINDING|FIX|SENTENCE)_[A-Z0-9_]+\b", code))
    for name in names:
        if name not in words:
            raise Problem(f"{name} is in guidance/ but no C code uses it")


def enum_lines(tag, names, count_name):
    return [f"enum {tag} {{", *(f"\t{name}," for name in names), f"\t{count_name},", "};", ""]


def write_if_changed(path, text):
    path = Path(path)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def ids_header(findings, fixes, sentences):
    lines = ["/* Generated by src/guide/generate.py from guidance/. */", "#ifndef MAILSEAL_GUIDANCE_IDS_H",
             "#define MAILSEAL_GUIDANCE_IDS_H", ""]
    lines += enum_lines("finding_id", [c_name("FINDING_", f[1]["id"][0]) for f in findings], "FINDING_COUNT")
    lines += enum_lines("fix_id", ["FIX_NONE"] + [c_name("FIX_", f[1]["id"][0]) for f in fixes], "FIX_COUNT")
    lines += enum_lines("sentence_id", [c_name("SENTENCE_", name) for name, _ in sentences], "SENTENCE_COUNT")
    lines.append("#endif")
    return "\n".join(lines) + "\n"


def finding_rows(findings, fix_ids):
    lines = []
    for path, front, body in findings:
        name = c_name("FINDING_", front["id"][0])
        sources = ", ".join(c_span(s) for s in front["source"])
        lines.append(f"static const struct span sources_{name}[] = {{{sources}}};")
    lines.append("const struct guidance guidance_table[] = {")
    for path, front, body in findings:
        name = c_name("FINDING_", front["id"][0])
        fix = front.get("fix", [None])[0]
        if fix is not None and fix not in fix_ids:
            raise Problem(f"{path}: fix '{fix}' is not in guidance/fixes")
        lines += [
            f"\t[{name}] = {{",
            f"\t\t.id = {c_span(front['id'][0])},",
            f"\t\t.control = {c_name('CONTROL_', front['control'][0])},",
            f"\t\t.severity = {c_name('SEVERITY_', front['severity'][0])},",
            f"\t\t.title = {c_span(front['title'][0])},",
            f"\t\t.recommendation = {c_span(body['Recommendation'])},",
            f"\t\t.implementation = {c_span(body['Implementation'])},",
            f"\t\t.sources = sources_{name},",
            f"\t\t.source_count = {len(front['source'])},",
            f"\t\t.reviewed = {c_span(front['reviewed'][0])},",
            f"\t\t.fix = {c_name('FIX_', fix) if fix else 'FIX_NONE'},",
            "\t},",
        ]
    return lines + ["};", ""]


def fix_rows(fixes):
    lines = ["const struct fix_text fix_table[] = {", "\t[FIX_NONE] = {.order = 0},"]
    for _, front, body in fixes:
        lines += [
            f"\t[{c_name('FIX_', front['id'][0])}] = {{",
            f"\t\t.id = {c_span(front['id'][0])},",
            f"\t\t.control = {c_name('CONTROL_', front['control'][0])},",
            f"\t\t.order = {front['order'][0]},",
            f"\t\t.risk = {c_name('FIX_RISK_', front['risk'][0])},",
            f"\t\t.title = {c_span(front['title'][0])},",
            f"\t\t.action = {c_span(body['Action'])},",
            f"\t\t.warning = {c_span(body.get('Warning', ''))},",
            f"\t\t.verify = {c_span(body['Verify'])},",
            "\t},",
        ]
    return lines + ["};", ""]


def embedded_rows(root):
    lines = ["const struct embedded_file embedded_files[] = {"]
    paths = sorted((root / "profiles").glob("*.conf")) + sorted((root / "providers").glob("*.conf"))
    for path in paths:
        lines.append(f"\t{{{c_span(str(path.relative_to(root)))}, {c_span(path.read_text(encoding='utf-8'))}}},")
    lines += ["};", f"const size_t embedded_file_count = {len(paths)};", ""]
    return lines


def tables_source(root, findings, fixes, sentences):
    fix_ids = {front["id"][0] for _, front, _ in fixes}
    lines = ["/* Generated by src/guide/generate.py from guidance/, profiles/ and providers/. */",
             '#include "guide/guidance_tables.h"', ""]
    lines += finding_rows(findings, fix_ids) + fix_rows(fixes)
    lines.append("const struct span sentence_table[] = {")
    lines += [f"\t[{c_name('SENTENCE_', name)}] = {c_span(text)}," for name, text in sentences]
    introduction = (root / "guidance" / "introduction.md").read_text(encoding="utf-8")
    lines.append('\t[SENTENCE_COUNT] = {"", 0},')
    lines += ["};", "", f"const struct span introduction_text = {c_span(introduction)};", ""]
    return "\n".join(lines + embedded_rows(root))


def main():
    root, out_ids, out_tables = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    findings, fixes, sentences = read_findings(root), read_fixes(root), read_sentences(root)
    check_unique([f[1]["id"][0] for f in findings], "finding")
    check_unique([name for name, _ in sentences], "sentence")
    names = [c_name("FINDING_", f[1]["id"][0]) for f in findings]
    names += [c_name("FIX_", f[1]["id"][0]) for f in fixes]
    names += [c_name("SENTENCE_", name) for name, _ in sentences]
    check_used(root, names)
    write_if_changed(out_ids, ids_header(findings, fixes, sentences))
    write_if_changed(out_tables, tables_source(root, findings, fixes, sentences))


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"guidance: {problem}")
