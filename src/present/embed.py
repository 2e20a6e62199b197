#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Write a text file as a C string: embed.py FILE NAME OUT.c"""
import sys
from pathlib import Path

source, name, out = sys.argv[1:]
lines = []
for line in Path(source).read_text(encoding="utf-8").splitlines(keepends=True):
    escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    lines.append(f'\t"{escaped}"')
Path(out).write_text(f"extern const char {name}[];\nconst char {name}[] =\n" + "\n".join(lines) + ";\n", encoding="utf-8")
