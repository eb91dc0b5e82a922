"""windsock's lesson @LESSON@ as checks of check50: windsock grades once, each check takes its part of that.

Where the checks run windsock must be installed (check50 --local, or an image of yours)."""
import glob
import json
import os
import shutil
import subprocess
import tempfile

import check50

LESSON = "@LESSON@"


def grade():
    """What windsock says, as check50's own JSON."""
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        with open(work + "/map", "w") as file:
            file.write("student\t.\n")
        windsock = os.environ.get("WINDSOCK") or shutil.which("windsock")
        if not windsock:
            raise RuntimeError("windsock is not installed where these checks run")
        said = subprocess.run([windsock, "grade", ".", "--map", work + "/map", "--lessons", LESSON, "--course", "@COURSE@",
                               "--out", work + "/out"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        records = glob.glob(work + "/out/results/*/student.json")
        if not records:
            raise RuntimeError(said.stdout.decode(errors="replace"))
        report = subprocess.run([windsock, "report", "--format", "check50", *records], stdout=subprocess.PIPE, check=True)
    return {result["name"]: result for result in json.loads(report.stdout)["results"]}


def take(result):
    """A check's result becomes this check's own."""
    for line in result["log"]:
        check50.log(line)
    cause = result["cause"] or {}
    if result["passed"] is False:
        raise check50.Failure(cause.get("rationale", "not right"), help=cause.get("help"))
    if result["passed"] is None:
        raise RuntimeError(cause.get("rationale", "windsock could not judge this"))


@check50.check(timeout=120)
def compiles():
    """@FILES@ compiles"""
    results = grade()
    take(results["compiles"])
    return results
@EACH CASE@


@check50.check(compiles)
def @CASE_ID@(results):
    """@CASE_TITLE@"""
    take(results["@CASE@"])
@END@
