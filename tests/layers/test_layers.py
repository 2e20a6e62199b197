# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""src/LAYERS against the code: every #include goes downwards, and third-party headers stay behind their one module."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"

# Which modules may see a library's headers. One file each is better still; see docs/design/dependencies.md.
LIBRARY_HOMES = {
    "unbound": {"collect"},
    "event2/": {"collect", "net"},
    "openssl/": {"crypto", "net"},
    "curl/": {"collect", "net", "notify"},
    "sqlite3.h": {"store"},
    "libpq-fe.h": {"store"},
    "maxminddb.h": {"service"},
    "expat.h": {"reports"},
    "archive": {"reports"},
    "gmime/": {"reports"},
    "zlib.h": {"reports"},
    "jansson.h": {"facts", "reports"},
    "idn2.h": {"records"},
    "libpsl.h": {"records"},
    "maxminddb.h": {"service"},
}
BANNED = re.compile(
    r"\b(strcpy|strcat|strncpy|sprintf|vsprintf|strtok|gets|atoi|atol|strtol|strtoul|gmtime|localtime|ctime|alloca)\s*\("
)


def read_layers():
    layers = {}
    for line in (SRC / "LAYERS").read_text().splitlines():
        if line and not line.startswith("#"):
            module, _, below = line.partition(":")
            layers[module] = set(below.split())
    return layers


def modules_below(below):
    return {entry.partition("/")[0] for entry in below}


def sources():
    return sorted(path for path in SRC.rglob("*.[ch]"))


def module_of(path):
    return path.relative_to(SRC).parts[0]


def includes(path):
    return re.findall(r'^#include ([<"])([^>"]+)[>"]', path.read_text(), re.M)


def test_layers_has_no_cycle():
    layers = read_layers()
    order = list(layers)
    for module, below in layers.items():
        for other in modules_below(below):
            assert other in layers, f"{module} may include {other}, which is no module"
            assert order.index(other) < order.index(module), f"{module} -> {other} goes upwards"


def test_single_headers_exist_and_are_used():
    for module, below in read_layers().items():
        used = {target for path in (SRC / module).rglob("*.[ch]") for kind, target in includes(path) if kind == '"'}
        for header in (entry for entry in below if "/" in entry):
            assert (SRC / header).exists() and header in used, f"{module} does not include {header}"


def test_every_module_is_listed():
    with_code = {module_of(path) for path in sources()}
    assert with_code <= set(read_layers())


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(SRC)))
def test_includes_go_downwards(path):
    layers = read_layers()
    module = module_of(path)
    for kind, target in includes(path):
        if kind == '"' and "/" in target:
            other = target.split("/")[0]
            assert other == module or {other, target} & layers[module], f"{path.name} includes {target}"
        if kind == "<":
            for prefix, homes in LIBRARY_HOMES.items():
                assert not target.startswith(prefix) or module in homes, f"{path.name} includes <{target}>"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(SRC)))
def test_house_rules(path):
    text = path.read_text()
    assert text.startswith("/* SPDX-License-Identifier: Apache-2.0 */\n/* SPDX-FileCopyrightText: "), path
    code = re.sub(r'"(\\.|[^"\\\n])*"|/\*.*?\*/', "", text, flags=re.S)
    match = BANNED.search(code)
    assert match is None, f"{path.name}: {match.group(1)} is banned"


def test_meson_links_what_layers_allow():
    layers = read_layers()
    for module, below in layers.items():
        build = SRC / module / "meson.build"
        if build.exists():
            linked = set(re.findall(r"\b([a-z]+)_dep\b", build.read_text())) & set(layers)
            assert linked - {module} <= modules_below(below), f"{module} links {linked - {module} - modules_below(below)}"
