"""cnnscope claims and cnnscope convert, from the command line."""

import subprocess
import sys

import pytest

from tests.cli.shell import cnnscope
from tests.spec.reading import DATA

PAPERS = DATA / "papers"


def test_claims_explains_a_miss():
    run = cnnscope("claims", str(PAPERS / "squeezenet.md"), "--misses")
    assert run.returncode == 0
    assert "✗ false" in run.stdout
    assert "13x12x512" in run.stdout
    assert run.stdout.splitlines()[-1] == "38 printed figures: 37 hold, 1 false"
    assert run.stderr == ""
    assert cnnscope("claims", str(PAPERS / "squeezenet.md"), "--misses", "--format", "csv").stderr == (
        "38 printed figures: 37 hold, 1 false\n"
    )


FALSE_LEDGER = """INPUT: [8x8x2]    memory: 8*8*2=128    weights: 0
CONV3-4: [8x8x4]  memory: 8*8*4=256    weights: (3*3*2)*4 = 72
CONV3-8: [8x8x8]  memory: 8*8*8=512    weights: (3*3*4)*8 = 288
CONV3-16: [8x8x16]  memory: 8*8*16=1024    weights: (3*3*8)*16 = 1,512
"""


@pytest.mark.parametrize("format_name, sign", [("terminal", ""), ("markdown", "- ")])
def test_misses_sum_up_what_holds_by_one_convention(tmp_path, format_name, sign):
    file = tmp_path / "ledger.txt"
    file.write_text(FALSE_LEDGER)
    lines = cnnscope("claims", str(file), "--misses", "--format", format_name).stdout.splitlines()
    # Two rows with a product and its result, and the product of the third: 3 x 3 x 8 x 16 is 1,152.
    assert f"{sign}5 figures hold by convention: the table leaves out biases" in lines
    assert sum("1,512" in line for line in lines) == 1
    assert not any("by convention" in line and "figures hold" not in line for line in lines)


@pytest.mark.parametrize("format_name, verdict", [("json", '"verdict": "{}"'), ("csv", "{},")])
def test_misses_keep_every_row_for_machines_the_false_one_first(tmp_path, format_name, verdict):
    file = tmp_path / "ledger.txt"
    file.write_text(FALSE_LEDGER)
    text = cnnscope("claims", str(file), "--misses", "--format", format_name).stdout
    assert text.count(verdict.format("by convention")) == 5
    assert text.index("1,512") < text.index(verdict.format("by convention"))


def test_a_file_without_figures_says_so():
    run = cnnscope("claims", str(DATA / "keras_sequential.txt"))
    assert run.stderr == (
        f"nothing to check: {DATA / 'keras_sequential.txt'} prints no sizes, params, operations or other figures beside the layers\n"
    )
    assert run.returncode == 3


def test_a_printed_stride_that_the_printed_sizes_contradict_is_a_false_figure():
    """Howard et al. 2017, table 1: s2 before the last depthwise convolution, between 7x7 and 7x7."""
    run = cnnscope("claims", str(PAPERS / "mobilenet_v1.md"), "--misses", "--strict", "--format", "csv")
    why = '"the printed 2 contradicts the printed 7x7, which the next row needs too"'
    assert run.stdout.splitlines()[1:] == [f"✗ false,mobilenet_v1,20,depthwise13,stride,2,1,{why},1"]
    assert run.returncode == 1


def test_claims_tries_what_else_the_table_leaves_open():
    run = cnnscope("claims", f"{PAPERS / 'resnet.md'}:34-layer", "--misses")
    assert "holds with --assume 'shortcut=padded'" in run.stdout


@pytest.mark.parametrize(
    "words, code",
    [
        (["claims", str(PAPERS / "googlenet.md"), "--strict"], 1),
        (["claims", "vgg16", "--strict"], 0),
        (["claims"], 2),
        (["claims", "vgg16", "--all"], 2),
        (["claims", str(DATA / "keras_sequential.txt")], 3),
    ],
)
def test_exit_codes_of_claims(words, code):
    assert cnnscope(*words).returncode == code


def test_claims_are_json_too():
    run = cnnscope("claims", "lenet5", "--format", "json")
    assert '"schema_version": 1' in run.stdout
    assert '"verdict": "holds"' in run.stdout


def test_convert_writes_a_page_that_analyzes_alike(tmp_path):
    page = tmp_path / "net.md"
    assert cnnscope("convert", str(PAPERS / "mobilenet_v1.md"), "-o", str(page)).returncode == 0
    assert "- stride 1 in depthwise13: the printed 2 contradicts the printed 7x7" in page.read_text("utf-8")
    before, after = (cnnscope("analyze", str(file), "--columns", "layer,params,macs").stdout for file in (PAPERS / "mobilenet_v1.md", page))  # fmt: skip
    assert [line for line in before.splitlines() if line.startswith("total")] == [
        line for line in after.splitlines() if line.startswith("total")
    ]
    again = cnnscope("convert", str(PAPERS / "mobilenet_v1.md"), "-o", str(page))
    assert again.returncode == 2
    assert again.stderr == f"error: {page} exists already\n  write to another file, or add --force\n"


def test_a_page_in_the_language_needs_no_converting():
    run = cnnscope("convert", "vgg16")
    assert run.returncode == 2
    assert run.stderr == (
        "error: vgg16 is written in the layer-table language already\n  there is nothing to convert\n"
    )


def test_a_network_of_the_zoo_imports_no_dialect():
    """Reading printed tables costs nothing where none is read."""
    code = (
        "import sys; sys.argv = ['cnnscope', 'analyze', 'vgg16']\n"
        "from cnnscope.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('cnnscope.spec.dialects.')"
        " or name in ('cnnscope.spec.drafts.solve', 'cnnscope.spec.drafts.draft', 'cnnscope.spec.drafts.printed', 'html.parser',"
        " 'cnnscope.spec.tables.latex_reader')], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "['cnnscope.spec.dialects.canonical']"
