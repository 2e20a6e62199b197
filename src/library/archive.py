# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""One archive with one object: archive.py OUTPUT COMPILER PUBLIC MODULE...

All of PUBLIC goes in, and of the modules what that needs. Only mailseal_* stays visible.
"""
import subprocess
import sys
from pathlib import Path


def main():
    output, compiler, public, *modules = sys.argv[1:]
    whole = Path(output).with_suffix(".o")
    subprocess.run([compiler, "-r", "-nostdlib", "-o", whole, "-Wl,--whole-archive", public, "-Wl,--no-whole-archive",
                    "-Wl,--start-group", *modules, "-Wl,--end-group"], check=True)
    subprocess.run(["objcopy", "--wildcard", "--keep-global-symbol=mailseal_*", whole], check=True)
    Path(output).unlink(missing_ok=True)
    subprocess.run(["ar", "rcsD", output, whole], check=True)
    whole.unlink()


if __name__ == "__main__":
    main()
