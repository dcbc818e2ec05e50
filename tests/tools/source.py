"""What the checks of the source share: the files of the tree, and their code without comments and strings."""
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = re.compile(r"^(build|build-[^/]*|\.git|\.cache)/")


def files():
    """Every file that is, or would be, committed; paths relative to the top."""
    try:
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=TOP, capture_output=True, text=True, check=True)
        paths = listed.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive has no git
        paths = [os.path.relpath(os.path.join(folder, name), TOP) for folder, _, names in os.walk(TOP) for name in names]
    return sorted({p for p in paths if not SKIPPED.match(p) and os.path.isfile(os.path.join(TOP, p))})


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s"]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", re.S)


def code(source):
    """C++ with comments and literals blanked out, lines kept. Digit separators (10'000) are not literals."""
    def blank(match):
        start = match.start()
        if match.group().startswith("'") and start and source[start - 1].isalnum() and match.group()[1].isalnum():
            return match.group()
        return "".join(c if c == "\n" else " " for c in match.group())
    return TOKEN.sub(blank, re.sub(r"(?<=\d)'(?=\d)", "_", source))


def report(check, faults):
    """Prints the faults; the exit code of a check."""
    for fault in faults:
        print(fault)
    print(f"{check}: {len(faults)} fault(s)" if faults else f"{check}: good")
    return 1 if faults else 0
