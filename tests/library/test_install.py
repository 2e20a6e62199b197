# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""libmailseal as a user has it: installed, found by pkg-config, its headers alone, its symbols, its example."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("MAILSEAL_BUILD", ROOT / "build"))
COMPILER = os.environ.get("MAILSEAL_CC", "cc")
HEADERS = sorted((ROOT / "include" / "mailseal").glob("*.h"))
IS_SANITIZED = b"sanitize=address" in (BUILD / "build.ninja").read_bytes()

ZONE = """\
example.org 16 "v=spf1 ip4:192.0.2.0/24 -all"
_dmarc.example.org 16 "v=DMARC1; p=reject"
"""
MESSAGE = b"From: Jo <jo@example.org>\r\nTo: you@example.net\r\nSubject: hello\r\n\r\nHello.\r\n"


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options).stdout


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The folder an installation went to, and the environment in which pkg-config finds it."""
    root = tmp_path_factory.mktemp("installed")
    run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", root)
    config = next(root.rglob("libmailseal.pc"))
    environment = {**os.environ, "PKG_CONFIG_PATH": str(config.parent), "PKG_CONFIG_SYSROOT_DIR": str(root)}
    return root, environment


def pkg_config(installed, *options):
    return run("pkg-config", *options, "libmailseal", env=installed[1]).split()


def shared_object(installed):
    return next(installed[0].rglob("libmailseal.so")).resolve()


def declared_functions():
    names = set()
    for header in HEADERS:
        code = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        names |= set(re.findall(r"\b(mailseal_\w+)\(", code))
    return names


def exported(*command):
    return {line.split()[-1].split("@")[0] for line in run("nm", *command).splitlines()
            if len(line.split()) == 3 and line.split()[1] != "A"}


def test_version_and_name(installed):
    assert run("pkg-config", "--modversion", "libmailseal", env=installed[1]).strip() == "0.1.0"
    dynamic = run("readelf", "-d", shared_object(installed))
    assert "[libmailseal.so.0]" in dynamic
    needed = set(re.findall(r"NEEDED.*\[(lib\w+)", dynamic))
    assert needed - {"libc", "libasan", "libubsan"} == {"libcrypto", "libssl", "libidn2", "libpsl", "libjansson"}


def test_shared_library_exports_what_the_headers_declare(installed):
    assert exported("-D", "--defined-only", shared_object(installed)) == declared_functions()


@pytest.mark.skipif(IS_SANITIZED, reason="sanitizers add symbols of their own")
def test_static_library_exports_what_the_headers_declare(installed):
    archive = next(installed[0].rglob("libmailseal.a"))
    assert exported("-g", "--defined-only", archive) == declared_functions()


@pytest.mark.skipif(IS_SANITIZED, reason="sanitizers keep data of their own")
def test_there_is_no_data_that_changes(installed):
    archive = next(installed[0].rglob("libmailseal.a"))
    sizes = dict(re.findall(r"^(\.\S+)\s+(\d+)", run("size", "-A", archive), re.M))
    writable = {name: size for name, size in sizes.items()
                if re.match(r"\.t?(data|bss)", name) and not name.startswith(".data.rel.ro")}
    assert ".text" in sizes
    assert set(writable.values()) <= {"0"}, writable


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_each_header_stands_alone(header, installed, tmp_path):
    source = tmp_path / "one.c"
    source.write_text(f"#include <mailseal/{header.name}>\nint main(void) {{ return 0; }}\n")
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", source]
    flags = pkg_config(installed, "--cflags")
    run(COMPILER, "-std=c99", *strict, *flags)
    if shutil.which("g++"):
        run("g++", "-x", "c++", "-std=c++17", *strict, *flags)


def test_headers_name_no_header_of_ours_but_public_ones():
    for header in HEADERS:
        for target in re.findall(r"#include\s+(\S+)", header.read_text()):
            assert target.startswith("<mailseal/") or re.fullmatch(r"<std\w+\.h>", target), (header.name, target)


@pytest.fixture
def inputs(tmp_path):
    (tmp_path / "zone.txt").write_text(ZONE)
    (tmp_path / "message.eml").write_bytes(MESSAGE)
    return tmp_path


def run_example(program, inputs, address, environment=None):
    return subprocess.run([program, inputs / "zone.txt", inputs / "message.eml", address, "mail.example.org",
                           "jo@example.org"], capture_output=True, text=True, check=False,
                          env={**os.environ, **(environment or {})})


@pytest.mark.skipif(IS_SANITIZED, reason="the example is built without sanitizers")
@pytest.mark.parametrize("kind", ["shared", "static"])
def test_the_example_verifies_a_message(kind, installed, inputs):
    program = inputs / "verify"
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", *pkg_config(installed, "--cflags")]
    if kind == "shared":
        libraries = pkg_config(installed, "--libs")
    else:
        archive = next(installed[0].rglob("libmailseal.a"))
        needed = [word.split()[0] for word in run("pkg-config", "--print-requires-private", "libmailseal",
                                                  env=installed[1]).splitlines()]
        assert set(needed) == {"libcrypto", "libssl", "libidn2", "libpsl", "jansson"}
        libraries = [archive, *run("pkg-config", "--libs", *needed).split()]
    run(COMPILER, *flags, "-o", program, ROOT / "examples" / "verify.c", *libraries)
    environment = {"LD_LIBRARY_PATH": str(shared_object(installed).parent)} if kind == "shared" else {}
    good = run_example(program, inputs, "192.0.2.7", environment)
    assert good.returncode == 0, good.stderr
    assert good.stdout.endswith("pass\n")
    assert "Authentication-Results: unknown;" in good.stdout and "spf=pass" in good.stdout
    spoof = run_example(program, inputs, "198.51.100.7", environment)
    assert spoof.returncode == 1 and spoof.stdout.endswith("fail\n")
