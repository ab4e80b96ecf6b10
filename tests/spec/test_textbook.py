"""D1, the textbook table: the slides of LeNet-5 and AlexNet read whole, output on top or not."""

import pytest

from tests.spec.reading import DATA, error, report, shapes, table

LENET, ALEXNET = "lenet5_slide.txt", "alexnet_slide.txt"


def slide(name: str) -> str:
    return (DATA / name).read_text("utf-8")


@pytest.mark.parametrize("path", ["lenet5.txt", "lenet5.tsv", "-"])
def test_lenet_5_reads_whole(path):
    result = report(slide(LENET), path)
    # LeCun et al. 1998, with C3 seeing all of S2: 156 + 2,416 + 48,120 + 10,164; 84 * 10 fixed RBF centres.
    assert result.params == 60_856
    assert result.buffers == 840
    # 28*28*6*25 + 10*10*16*150 + 120*400 + 120*84 + 84*10
    assert result.macs == 117_600 + 240_000 + 48_000 + 10_080 + 840 == 416_520
    assert result.input_shape == (1, 1, 32, 32)
    assert [layer.name for layer in result.layers if layer.name == layer.row] == [
        "C1",
        "S2",
        "C3",
        "S4",
        "C5",
        "F6",
        "Out",
    ]
    assert [layer.type for layer in result.layers][-3:] == ["fully connected", "tanh", "rbf"]
    assert [layer.line for layer in result.layers][-1] == 2
    assert len(result.claims) == 5
    assert all(claim.holds and not claim.why for claim in result.claims)


@pytest.mark.parametrize("path", ["alexnet.txt", "alexnet.tsv", "-"])
def test_alexnet_reads_whole(path):
    result = report(slide(ALEXNET), path)
    # The slide has no groups: 34,944 + 614,656 + 885,120 + 1,327,488 + 884,992 + 37,752,832 + 16,781,312 + 4,097,000.
    assert result.params == 62_378_344
    assert result.macs == 1_135_256_096
    assert result.input_shape == (1, 3, 227, 227)
    made = shapes(result)
    assert [made[name] for name in ("C1", "S2", "C3", "S4", "C5", "C7", "S8", "F9", "Out")] == [
        (96, 55, 55),
        (96, 27, 27),
        (256, 27, 27),
        (256, 13, 13),
        (384, 13, 13),
        (256, 13, 13),
        (256, 6, 6),
        (4096,),
        (1000,),
    ]
    assert [(claim.layer, claim.claimed) for claim in result.claims[:2]] == [("C1", "55 × 55"), ("S2", "27 × 27x96")]
    assert len(result.claims) == 8
    assert all(claim.holds and not claim.why for claim in result.claims)


@pytest.mark.parametrize("name", [LENET, ALEXNET])
def test_a_textbook_table_reads_the_same_input_first(name):
    header, *rows = slide(name).splitlines()
    upside_down = "\n".join([header, *reversed(rows)]) + "\n"
    assert shapes(report(upside_down, "-")) == shapes(report(slide(name), "-"))


HEADER = "Layer | Type | Maps | Size | Kernel size | Stride | Padding | Activation"
INPUT = "In | Input | 3 (RGB) | 32 × 32 | – | – | – | –"


def test_every_printed_size_is_judged():
    text = table(
        HEADER,
        "P | Max pooling | 4 | 7×7 | 2×2 | 2 | valid | –",
        "C | Convolution | 4 | 16×16 | 3×3 | 2 | same | ReLU",
        INPUT,
    )
    assert [(claim.layer, claim.claimed, claim.holds) for claim in report(text).claims] == [
        ("C", "16×16", True),
        ("P", "7×7x4", False),
    ]


def test_a_textbook_table_may_stand_in_a_page_with_a_title_and_footnotes():
    text = (
        "# Tiny\n\n" + table(HEADER, INPUT, "C | Convolution | 4 | 15×15[^1] | 3×3 | 2 | same | ReLU")
        + "\n[^1]: false: 32 / 2 is 16\n"
    )  # fmt: skip
    result = report(text)
    assert result.network == "Tiny"
    assert [claim.as_expected for claim in result.claims] == [True]


@pytest.mark.parametrize(
    "word, kind",
    [
        ("Convolution", "conv"),
        ("Convolutional layer", "conv"),
        ("Max pooling", "max pool"),
        ("max-pool", "max pool"),
        ("Avg pooling", "avg pool"),
        ("Average pooling", "avg pool"),
        ("Subsampling", "avg pool"),
        ("Fully connected", "fully connected"),
        ("Dense", "fully connected"),
    ],
)
def test_a_textbook_s_words_for_operators(word, kind):
    kernel = "–" if kind == "fully connected" else "2 × 2"
    maps = "4" if kind == "conv" else "–"
    size = "7" if kind == "fully connected" else "–"
    result = report(table(HEADER, INPUT, f"x | {word} | {maps} | {size} | {kernel} | – | – | –"))
    assert [layer.type for layer in result.layers] == [kind]


@pytest.mark.parametrize(
    "row, message",
    [
        (
            "C | Convoluted | 4 | – | 3 × 3 | 1 | – | –",
            'C: type "Convoluted": no such operator or block\n  did you mean "conv"?',
        ),
        ("C | Convolution | 4 | – | – | 1 | – | –", "C: conv needs kernel\n  fill the column kernel"),
        (
            "F | Fully connected | – | 10 | 3 × 3 | – | – | –",
            "F: fully connected has no kernel\n  empty the cell; its columns are bias, maps",
        ),
        (
            "C | Convolution | 4 | – | 3 × 3 | 1 | full | –",
            "C: padding: `full` is no padding\n  write same, valid, 1, 1x2 or four sides: top, left, bottom, right",
        ),
    ],
)
def test_a_wrong_row_of_a_textbook_table_is_named_with_its_line(row, message):
    assert error(table(HEADER, INPUT, row)) == f"net.md:4: {message}"


def test_two_titles_for_the_same_column_are_one_too_many():
    assert error(table("Name | Layer | Type | Size | Kernel size", "a | b | Input | 3 | –")).startswith(
        "net.md:1: two columns `layer`\n  keep one"
    )
