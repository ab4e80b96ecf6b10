"""The grammar of `list --where`: what it selects, and what it says about a condition that it cannot read."""

from typing import NamedTuple

import pytest

from cnnscope.errors import UsageError
from cnnscope.render.sheet import Column, number, words
from cnnscope.render.where import where


class Car(NamedTuple):
    name: str
    year: int | None
    params: int


COLUMNS: tuple[Column[Car], ...] = (
    words("name", "name", lambda car: car.name),
    number("year", "year", lambda car: car.year),
    number("params", "weight", lambda car: car.params),
)
CARS = (Car("vgg16", 2014, 138_357_544), Car("vgg16_bn", None, 5_000_000), Car("nin-cifar", 2013, 966_986))


@pytest.mark.parametrize(
    "condition, selected",
    [
        ("params < 5M", "nin-cifar"),
        ("params <= 5M", "vgg16_bn nin-cifar"),
        ("params<=5M", "vgg16_bn nin-cifar"),
        ("params == 5.0M", "vgg16_bn"),
        ("params < 5,000,000", "nin-cifar"),
        ("params <= 5,000 K", "vgg16_bn nin-cifar"),
        ("params >= 5000 K", "vgg16 vgg16_bn"),
        ("weight > 0.1G", "vgg16"),
        ("PARAMS != 966986", "vgg16 vgg16_bn"),
        ("name == vgg16", "vgg16"),
        ("name == VGG16-BN", "vgg16_bn"),
        ("name == vgg*", "vgg16 vgg16_bn"),
        ("name != 'vgg*'", "nin-cifar"),
        ('name == "and"', ""),
        ("year > 1000", "vgg16 nin-cifar"),
        ("year != 2014", "nin-cifar"),
        ("not year > 1000", "vgg16_bn"),
        ("name == nin-cifar or name == vgg* and params > 5M", "vgg16 nin-cifar"),
        ("(name == nin-cifar or name == vgg*) and params > 5M", "vgg16"),
        ("not (name == vgg* and params > 5M)", "vgg16_bn nin-cifar"),
        ("not not params > 5M", "vgg16"),
    ],
)
def test_a_condition_selects_rows(condition, selected):
    """`and` binds before `or`; an unknown year meets no comparison, != included."""
    holds = where(COLUMNS, condition)
    assert " ".join(car.name for car in CARS if holds(car)) == selected


@pytest.mark.parametrize(
    "condition, message",
    [
        ("", "a comparison is missing at the end\n  write one such as params < 5M"),
        ("parms < 5M", "no column `parms`\n  did you mean params?"),
        ("zzz < 5M", "no column `zzz`\n  known are name, year, params"),
        ("5M > params", "`5M` stands before its column\n  write the column first: params < 5M"),
        ("and params < 5M", "`and` where a column should stand\n  write one such as params < 5M"),
        ("params", "an operator behind params is missing at the end\n  write one of < <= > >= == !="),
        ("params = 5M", "`params =`: `=` is no operator\n  did you mean ==?"),
        ("params => 5M", "`params =>`: `=>` is no operator\n  did you mean >=?"),
        ("params & 5M", "`params &`: `&` is no operator\n  known are < <= > >= == !="),
        ("params <", "a value behind params < is missing at the end\n  write one such as 5M, or 'vgg*' for words"),
        ("params < and", "`and` is no value of params\n  put words that stand for themselves in quotes"),
        ("params < 5m", "`m` is not a unit\n  did you mean M? case matters"),
        ("params < 5MB", "`MB` is not a unit\n  known are K, M and G"),
        ("params < 5,00", "`5,00` is not a number\n  commas part thousands only: write 500"),
        ("params < -5", "`-5` is not a number\n  write one such as 5M, 1.5G or 224"),
        ("params < many", "`many` is not a number\n  write one such as 5M, 1.5G or 224"),
        ("name < vgg", "name holds words, and < compares numbers\n  compare words with == or !="),
        ("params < 5M name == vgg", "`name` is one too many\n  join comparisons with `and` or `or`"),
        ("params < 5M)", "`)` is one too many\n  a ( is missing"),
        ("(params < 5M", "a ( without its )\n  close it"),
        ("name == 'vgg", "`'vgg` has a quote that does not end\n  quotes come in pairs"),
        ("not " * 126, "a condition of 504 characters\n  at most 500 are read"),
        ("__import__('os')", "no column `__import__`\n  known are name, year, params"),
    ],
)
def test_a_condition_that_cannot_be_read_says_what_to_write(condition, message):
    with pytest.raises(UsageError) as error:
        where(COLUMNS, condition)
    assert str(error.value) == message


def test_the_deepest_condition_that_is_read_is_no_trouble():
    assert [car.name for car in CARS if where(COLUMNS, "(" * 240 + "year>1K" + ")" * 240)(car)] == [
        "vgg16",
        "nin-cifar",
    ]
