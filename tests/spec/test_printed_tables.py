"""Every printed table is read as it stands, gives its published figures, and says the same when it is converted."""

import time
from itertools import pairwise

import pytest

import cnnscope
from cnnscope.spec import zoo
from cnnscope.spec.page_text import page_text
from cnnscope.spec.program import Program
from tests.spec.printed_tables import FILES, PAPERS, PUBLISHED, Published, printed
from tests.spec.reading import read


def network(published: Published) -> Program:
    program = read(printed(published.file), published.file)
    return program.columns[published.column] if published.column else program


def facts(program: Program) -> list[tuple[object, ...]]:
    report = cnnscope.Network(program).analyze()
    return [(layer.name, layer.type, layer.output_shape, layer.params, layer.macs) for layer in report.layers]


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda row: f"{row.file} {row.column}".strip())
def test_a_printed_table_gives_its_published_figures(published):
    report = cnnscope.Network(network(published)).analyze()
    assert (report.params, report.macs) == (published.params, published.macs)
    assert report.assumptions, "a printed table leaves something unsaid"


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda row: f"{row.file} {row.column}".strip())
def test_a_converted_table_is_the_same_network(published):
    program = network(published)
    page = read(page_text(program), "net.md")
    assert facts(page) == facts(program)
    before, after = (cnnscope.Network(each).analyze().claims for each in (program, page))
    assert [(c.layer, c.metric, c.claimed, c.holds) for c in after] == [
        # A contradiction is prose in the page: its rows hold what was taken instead.
        (c.layer, c.metric, c.claimed, c.holds)
        for c in before[: len(after)]
    ]
    assert {c.metric for c in before[len(after) :]} <= {a.refuted[0] for a in program.assumptions}
    assert page.assumptions == ()


SCALED = [
    # Table and assumptions, input, params, MACs: Howard et al. 2017, tables 6 and 7; Sandler et al. 2018; Tan & Le 2019 and
    # 2021 (torchvision); He et al. 2015, table 6 and imgclsmob; Howard et al. 2019, first version; Redmon 2015.
    ("mobilenet_v1.md", {"width": "0.75"}, None, 2_585_560, 325_400_448),
    ("mobilenet_v1.md", {"width": "0.25"}, "3x192x192", 470_072, 30_212_608),
    ("mobilenet_v2.md", {"width": "1.4"}, None, 6_108_776, 582_195_824),
    ("efficientnet_b0.md", {"width": "1.4", "depth": "1.8"}, "3x380x380", 19_341_616, 4_393_771_024),
    ("efficientnet_b0.md", {"width": "2", "depth": "3.1"}, "3x600x600", 66_347_960, 37_745_884_192),
    ("efficientnet_v2_s.md", {}, "3x384x384", 21_458_488, 8_365_617_152),
    ("mobilenet_v3_small.md", {"of two figures": "first"}, None, 2_946_568, 56_913_856),
    ("cifar_resnet.md", {"n": "9"}, None, 853_018, 125_485_696),
    ("cifar_resnet.md", {"n": "18", "shortcut": "projection"}, None, 1_730_714, 253_149_824),
    ("yolo_v1.txt", {}, "3x448x448", 271_703_550, 20_285_153_280),
    ("resnet.md:34-layer", {"shortcut": "padded"}, None, 21_623_848, 3_644_493_824),
    ("resnet.md:50-layer", {"stride in": "the window"}, None, 25_557_032, 4_089_184_256),
]


@pytest.mark.parametrize("model, assume, size, params, macs", SCALED)
def test_an_assumption_can_be_overridden(model, assume, size, params, macs):
    report = cnnscope.load(str(PAPERS / model), assume=assume).analyze(input=size)
    assert (report.params, report.macs) == (params, macs)
    told = {assumption.what for assumption in report.assumptions if assumption.ground == "given"}
    assert told == {*assume}


def test_a_table_that_does_not_print_all_of_its_network_is_read_as_far_as_it_does():
    report = cnnscope.load(str(PAPERS / "inception_v3.md")).analyze()
    assert report.status == "partial"
    assert [what.partition(";")[0] for what in report.missing] == [
        "the filter banks of 3 modules (line 10)",
        "the filter banks of 5 modules (line 11)",
        "the filter banks of 2 modules (line 12)",
    ]
    # The six convolutions of the stem: 3x3 windows, batch norm behind each, by hand.
    maps = [3, 32, 32, 64, 80, 192, 288]
    assert report.params == sum(9 * a * b + 2 * b for a, b in pairwise(maps))


@pytest.mark.parametrize("file", FILES)
def test_a_printed_table_is_read_within_20_ms(file):
    text = printed(file)
    read(text, file)

    def seconds() -> float:
        start = time.process_time()
        zoo.read_page(file, text)
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.02


def test_a_column_is_named_as_it_can_be_typed():
    path = str(PAPERS / "shufflenet_v2.md")
    assert cnnscope.load(f"{path}:1.5x").analyze().params == 3_503_624
