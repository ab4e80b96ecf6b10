"""Ways to be wrong, none of which exits 0: the holes that other gates have, and those we could think of."""

import json

import pytest

from tests.budgets.conftest import PAGE


def config(budget='"params <= 6K"', *, check="", top="", model='"net.md"'):
    return f'{top}\n[[check]]\nname = "edge"\nmodel = {model}\nbudget = [{budget}]\n{check}\n'


BAD_BUDGETS = [
    ("params <= 5M B", "`5M B` is not a limit"),
    ("params <= 8,000", "`8,000` is not a limit\n  digits are not grouped: write 8000"),
    ("params <= 8_000", "`8_000` is not a limit\n  digits are not grouped: write 8000"),
    ("peak_activation_bytes <= 8,000 kB", "`8,000 kB` is not a limit\n  digits are not grouped: write 8000 kB"),
    ("peak_activation_bytes <= 8 Mb", "`Mb` is not a unit\n  did you mean MB? case matters"),
    ("peak_activation_bytes <= 8 mb", "`mb` is not a unit\n  did you mean MB? case matters"),
    ("peak_activation_bytes <= 30 kbb", "`kbb` is not a unit\n  known here are B, kB, MB, GB, KiB, MiB, GiB"),
    ("peak_activation_bytes <= 8000", "`8000` has no unit"),
    ("peak_activation_bytes <= 8M", "`M` is a unit of count\n  known here are B, kB, MB, GB, KiB, MiB, GiB"),
    ("peak_activation_bytes <= thirty kB", "`thirty kB` is not a limit"),
    ("params <= 5m", "`m` is not a unit\n  did you mean M? case matters"),
    ("params <= 5 MB", "`MB` is a unit of bytes\n  known here are K, M, G"),
    ("params <= nan", "`nan` is not a limit\n  a limit is a finite number"),
    ("params <= inf", "`inf` is not a limit\n  a limit is a finite number"),
    ("params <= infinity", "`infinity` is not a limit\n  a limit is a finite number"),
    ("params <= -5", "`-5` is not a limit\n  a limit cannot be negative"),
    ("params <= 1e6", "`1e6` is not a limit"),
    ("params <= 0x10", "`0x10` is not a limit"),
    ("params <= ", "`` is not a limit"),
    ("params <= \u0665", "`\u0665` is not a limit"),
    ("params", "`params` has no comparison"),
    ("", "`` has no comparison"),
    ("<= 5M", "a budget without a metric"),
    ("params <= 5M <= 6M", "has several comparisons"),
    ("params = 5M", "has no comparison"),
    ("params =< 5M", "no metric `params =`"),
    ("params === 5M", "`===` is no comparison"),
    ("params != 5M", "has no comparison"),
    ("param <= 5M", "no metric `param`\n  did you mean params?"),
    ("mac <= 5M", "no metric `mac`\n  did you mean macs?"),
    ("latency <= 5 ms", "latency needs a statistic"),
    ("latency.p75 <= 5 ms", "no metric `latency.p75`"),
    ("latency.p90 <= 120", "`120` has no unit\n  write one of us, ms, s, such as 120 ms"),
    ("latency.p90 <= 2 min", "`min` is not a unit\n  known here are us, ms, s"),
    ("latency.p90 == 2 ms", "latency.p90 is measured, and never equals a number"),
    ("latency.max <= base", "latency.max has no interval to compare with"),
    ("macs <= base + 1%%", "`1%%` is not a percentage"),
    ("macs <= base + one%", "`one%` is not a percentage"),
    ("macs <= base - 200%", "base - 200% is below zero"),
    ("macs <= base * 2", "`base * 2` is not a limit"),
    ("macs <= 150%", "`150%` is not a limit"),
    ("macs == base + 1%", "== base + 1% leaves no room"),
    ("claims <= 3", "`claims <= 3` means nothing\n  write claims == hold"),
    ("claims == true", "`claims == true` means nothing\n  write claims == hold"),
    ("params@ <= 5", "`params@` names no layers"),
    ("depth@ <= 5", "`depth@` names no layers"),
    ("peak_activation_bytes@conv1 <= 8 MB", "peak_activation_bytes is a figure of the whole network"),
    (f"params <= {'9' * 40}", "is not a limit"),
    (f"params@{'x' * 300} <= 5", "a budget of 312 characters\n  at most 200 are read"),
    ("params <= \uff15M", "`\uff15M` is not a limit"),
    ("params <= 5\uff2d", "`5\uff2d` is not a limit"),
    ("params <= \u00bd", "`\u00bd` is not a limit"),
    ("params \u2264 5M", "`params \u2264 5M` has no comparison"),
    ("params <= 5\u00a0M", "a budget with the invisible character U+00A0\n  type it anew, with plain spaces"),
    ("params\u200b <= 5M", "a budget with the invisible character U+200B"),
    ("params <= 5M\n", "a budget with the invisible character U+000A"),
    ("params <= 5\tM", "a budget with the invisible character U+0009"),
    ("params <= 5M # roughly", "`5M # roughly` is not a limit"),
    ("params <= 5M;", "`5M;` is not a limit"),
    ("params <= 5M or 6M", "`5M or 6M` is not a limit"),
    ("params <= 5M, macs <= 3M", "has several comparisons"),
    ("params <= 1e400", "`1e400` is not a limit"),
    ("params <= -0", "`-0` is not a limit\n  a limit cannot be negative"),
    ("params <= +5M", "`+5M` is not a limit"),
    ("params <= .5M", "`.5M` is not a limit"),
    ("params <= 5.M", "`5.M` is not a limit"),
    ("params <= 5 000", "`5 000` is not a limit"),
    ("params <= 5,0M", "`5,0M` is not a limit\n  decimals stand behind a point: write 5.0M"),
    ("params <= 1,234,567", "`1,234,567` is not a limit\n  digits are not grouped: write 1234567"),
    ("params <= 5T", "`T` is not a unit\n  known here are K, M, G"),
    ("params <= 5 k", "`k` is not a unit\n  did you mean K? case matters"),
    ("params <= macs", "`macs` is not a limit"),
    ("PARAMS <= 5M", "no metric `PARAMS`\n  did you mean params?"),
    ("5M >= params", "no metric `5M`"),
    ("params >= 0", "every network has params >= 0\n  a limit that nothing can break is none"),
    ("throughput >= 0", "every network has throughput >= 0"),
    ("macs >= base - 100%", "every network has macs >= base - 100%"),
    ("macs <= BASE", "`BASE` is not a limit\n  write base, base + 1% or base - 5%"),
    ("macs <= base +", "`base +` is not a limit\n  write base, base + 1% or base - 5%"),
    ("macs <= base1", "`base1` is not a limit"),
    ("macs <= base + -1%", "`-1%` is not a percentage"),
    ("macs <= base + 1% + 1%", "`1% + 1%` is not a percentage"),
    ("macs <= base + 99999%", "`99999%` is not a percentage"),
    ("macs <= base + 1 ms", "`ms` is a unit of seconds\n  known here are K, M, G"),
    ("latency.cv <= 5%", "`5%` is not a limit"),
    ("latency.median@conv1 <= 1 ms", "latency.median is a figure of the whole network"),
    ("claims@fc == hold", "claims is a figure of the whole network"),
    ("unsupported_layers == 0", "no metric `unsupported_layers`"),
]


@pytest.mark.parametrize("budget, text", [pytest.param(*row, id=row[0][:40] or "nothing") for row in BAD_BUDGETS])
def test_a_budget_that_is_not_understood_is_an_error_on_its_line(folder, run, budget, text):
    (folder / "cnnscope.toml").write_text(config(json.dumps(budget, ensure_ascii=False)), encoding="utf-8")
    code, _, err = run("check")
    assert code == 2
    assert err.startswith("error: cnnscope.toml:5: edge: ")
    assert text in err
    assert run("check", "net.md", "--budget", budget)[0] == 2


BAD_CONFIGS = [
    pytest.param("[[check]\n", "not TOML", id="not TOML"),
    pytest.param(
        "[[checks]]\nname = 'x'\n", "cnnscope.toml:1: unknown key `checks`\n  did you mean check?", id="a misspelt list"
    ),
    pytest.param(
        "baselin = 'x'\n" + config(),
        "cnnscope.toml:1: unknown key `baselin`\n  did you mean baseline?",
        id="a misspelt key",
    ),
    pytest.param(
        "baseline = 3\n" + config(), "cnnscope.toml:1: baseline is not a path", id="a baseline that is a number"
    ),
    pytest.param("baseline = ''\n" + config(), "cnnscope.toml:1: baseline is not a path", id="an empty baseline"),
    pytest.param(
        "on_other_machine = 'pass'\n" + config(),
        "on_other_machine is 'pass'\n  write undecided or skip",
        id="pass on other machines",
    ),
    pytest.param("check = 'vgg16'\n", "check is not a list of tables", id="checks as text"),
    pytest.param("check = ['vgg16']\n", "check is not a list of tables", id="checks as a list of texts"),
    pytest.param("[tool.cnnscope]\n", "cnnscope.toml takes the keys without [tool.cnnscope]", id="the wrong prefix"),
    pytest.param("[[check]]\nmodel = 'net.md'\nbudget = []\n", "cnnscope.toml:1: a check without a name", id="no name"),
    pytest.param(
        "[[check]]\nname = ''\nmodel = 'net.md'\nbudget = []\n", "cnnscope.toml:2: name is ''", id="an empty name"
    ),
    pytest.param(
        "[[check]]\nname = ' x'\nmodel = 'net.md'\nbudget = []\n",
        "begins or ends with a space",
        id="a name with a space",
    ),
    pytest.param("[[check]]\nname = 3\nmodel = 'net.md'\nbudget = []\n", "name is 3", id="a name that is a number"),
    pytest.param(
        config() + config(), "cnnscope.toml:8: the check of line 2 has the name edge", id="two checks of one name"
    ),
    pytest.param(config('"params <= 6K", "params<=6K"'), "params <= 6K is written twice", id="one budget twice"),
    pytest.param(config(model="3"), "edge: no model", id="a model that is a number"),
    pytest.param(
        config() + "\nbaseline = 'b.json'",
        "unknown key `baseline`\n  it is a key of the whole file: write it above the first [[check]], line 2",
        id="a key of the file in a check",
    ),
    pytest.param(
        config(check="on_other_machine = 'skip'"),
        "unknown key `on_other_machine`\n  it is a key of the whole file: write it above the first [[check]], line 2",
        id="the other key of the file in a check",
    ),
    pytest.param(
        "batch = 2\n" + config(),
        "cnnscope.toml:1: unknown key `batch`\n  it is a key of a check: write it below its [[check]]",
        id="a key of a check above it",
    ),
    pytest.param(config(model="[]") + "\nx=1", "unknown key `x`", id="an unknown key in a check"),
    pytest.param(config(model='"-"'), "a check cannot read standard input", id="standard input"),
    pytest.param(config(model='"vgg61"'), "edge: no network `vgg61`\n  did you mean", id="an unknown network"),
    pytest.param(config(model='["net.md", "./net.md"]'), "two networks are called net", id="one network twice"),
    pytest.param("[[check]]\nname = 'edge'\nmodel = 'net.md'\n", "edge: no list of budgets", id="no budgets"),
    pytest.param(
        "[[check]]\nname = 'edge'\nmodel = 'net.md'\nbudget = 'params <= 6K'\n",
        "edge: no list of budgets",
        id="a budget that is no list",
    ),
    pytest.param(config("true"), "edge: True is no budget", id="true as a budget"),
    pytest.param(config("5000"), "edge: 5000 is no budget", id="a number as a budget"),
    pytest.param(config('{ metric = "params", max = true }'), "edge: True is not a limit", id="true as a limit"),
    pytest.param(config('{ metric = "params", max = nan }'), "edge: nan is not a limit", id="TOML's nan as a limit"),
    pytest.param(config('{ metric = "params", max = inf }'), "edge: inf is not a limit", id="TOML's inf as a limit"),
    pytest.param(config('{ metric = "params", max = -1 }'), "a limit cannot be negative", id="a negative limit"),
    pytest.param(config('{ metric = "params", max = 1.5 }'), "edge: 1.5 is not a limit", id="a float as a limit"),
    pytest.param(config('{ metric = "params" }'), "edge: params has no limit", id="a table without a limit"),
    pytest.param(config('{ max = "6K" }'), "edge: a budget without a metric", id="a table without a metric"),
    pytest.param(
        config('{ metric = "params", maximum = "6K" }'),
        "unknown key `maximum`\n  did you mean max?",
        id="a misspelt limit",
    ),
    pytest.param(
        config('{ metric = "params", max = "6K", level = "ignore" }'),
        "level is 'ignore'\n  write fail or warn",
        id="an unknown level",
    ),
    pytest.param(
        config('{ metric = "macs", max = "base", min_change = "1K" }'),
        "min_change is for measured figures beside a base",
        id="a tolerance of an exact figure",
    ),
    pytest.param(config(check="batch = 0"), "edge: batch is 0", id="no images"),
    pytest.param(config(check="batch = true"), "edge: batch is True", id="true images"),
    pytest.param(config(check="dtype = 'float64'"), "edge: dtype `float64` is not known", id="an unknown dtype"),
    pytest.param(
        config(check="optimizer = 'adamw'"), "edge: optimizer `adamw` is not known", id="an unknown optimizer"
    ),
    pytest.param(config(check="input = '3x'"), "edge: ", id="an input that is none"),
    pytest.param(
        config(check="run = { devise = 'cpu' }"),
        "unknown key `devise`\n  did you mean device?",
        id="an unknown setting of a run",
    ),
    pytest.param(
        config(check="run = { threads = '1' }"), "edge: threads is '1'\n  write a whole number", id="threads as text"
    ),
    pytest.param(config(check="run = { threads = 0 }"), "edge: threads is 0", id="no threads"),
    pytest.param(config(check="run = { max_time = 30 }"), "`30` has no unit", id="a time without a unit"),
    pytest.param(config(check="run = { max_time = '0 s' }"), "edge: max_time is zero", id="no time at all"),
    pytest.param(config(check="run = 'cpu'"), "edge: run is not a table", id="a run that is no table"),
    pytest.param(config(check="message = 3"), "message is 3", id="a message that is a number"),
    pytest.param(config(check="budgets = []"), "unknown key `budgets`\n  did you mean budget?", id="a misspelt budget"),
    pytest.param(config(check='budget = ["params <= 1"]'), "not TOML", id="one key twice"),
    pytest.param("baseline = 'a'\n" * 2 + config(), "cnnscope.toml: not TOML", id="two baselines"),
    pytest.param(config().replace("\n", "\r"), "not TOML", id="line ends of another age"),
    pytest.param(config() + "\0", "not TOML", id="a zero byte"),
    pytest.param(
        "\ufeff" + config('"parms <= 6K"'), "cnnscope.toml:5: edge: no metric `parms`", id="a byte order mark"
    ),
    pytest.param(config('"parms <= 6K"').replace("\n", "\r\n"), "cnnscope.toml:5: edge: no metric `parms`", id="CRLF"),
    pytest.param(
        config('"params <= 5 \\u200bM"'),
        "cnnscope.toml:5: edge: a budget with the invisible character U+200B",
        id="a budget that the file spells otherwise",
    ),
    pytest.param(
        config(f'{{ metric = "params", max = {"9" * 5000} }}'),
        "cnnscope.toml: a number of thousands of digits",
        id="a number without end",
    ),
    pytest.param(
        config('{ metric = "params", max = "6K", level = "warn" }, "params <= 6K"'),
        "params <= 6K is written twice",
        id="one budget on two levels",
    ),
    pytest.param(config("2020-01-01"), "is no budget", id="a date as a budget"),
    pytest.param(config('["params <= 6K"]'), "is no budget", id="a list in the list"),
    pytest.param(
        config('{ metric = "latency.median", max = "base", min_change = "-1 ms" }'),
        "a limit cannot be negative",
        id="a negative change",
    ),
    pytest.param("required-version = '>=99'\n" + config(), "unknown key `required-version`", id="a key of other tools"),
    pytest.param('baseline = "b\\u0000.json"\n' + config(), "baseline is not a path", id="a baseline that is no path"),
    pytest.param(config(model='"n\\u0000.md"'), "edge: no model", id="a model that is no path"),
    pytest.param(config(model='" net.md"'), "edge: no model", id="a model with a space"),
    pytest.param(config(model='[["net.md"]]'), "edge: no model", id="models in a list in the list"),
    pytest.param(config(model='["*.md", "n*.md"]'), "two networks are called net: net.md, net.md", id="two patterns"),
    pytest.param(config(model='"torch:os:system"'), "edge: no network `torch:os:system`", id="code as a model"),
    pytest.param(
        config('"latency.p90 <= 1 s"', check="run = { device = 'tpu' }"),
        "cnnscope.toml:2: edge: device `tpu` is not known\n  did you mean cpu? known are cpu, cuda, cuda:1",
        id="a device that nobody has",
    ),
    pytest.param(
        config('"latency.p90 <= 1 s"', check="run = { runtime = 'onnxruntim' }"),
        "cnnscope.toml:2: edge: runtime `onnxruntim` is not known\n  did you mean onnxruntime?",
        id="a runtime that nobody has",
    ),
    pytest.param(
        config('"latency.p90 <= 1 s"', check="dtype = 'int8'"),
        "edge: dtype `int8` is not known\n  known are float32, float16",
        id="a dtype that nothing runs",
    ),
    pytest.param(config(check="run = { max_time = nan }"), "a limit is a finite number", id="a time that is no number"),
    pytest.param(config(check="run = { seed = -1 }"), "edge: seed is -1", id="a negative seed"),
    pytest.param(config(check="run = { batch = true }"), "edge: batch is True", id="true images of a run"),
]


@pytest.mark.parametrize("text, told", BAD_CONFIGS)
def test_a_configuration_that_is_not_understood_is_bad_usage(folder, run, text, told):
    (folder / "cnnscope.toml").write_text(text, encoding="utf-8")
    code, _, err = run("check")
    assert (code, told in err) == (2, True), err


NOTHING_CHECKED = [
    pytest.param({"cnnscope.toml": ""}, [], "cnnscope.toml has no check", id="an empty configuration"),
    pytest.param(
        {"cnnscope.toml": "baseline = 'b.json'\n"}, [], "cnnscope.toml has no check", id="a baseline and no check"
    ),
    pytest.param({}, [], "no configuration is found", id="no configuration"),
    pytest.param({"pyproject.toml": "[tool.ruff]\n"}, [], "no configuration is found", id="somebody else's pyproject"),
    pytest.param(
        {"pyproject.toml": "[tool.cnnscope]\n"}, [], "pyproject.toml has no check", id="an empty table of ours"
    ),
    pytest.param({"other.toml": ""}, ["--config", "other.toml"], "other.toml has no check", id="an empty file by name"),
    pytest.param({"cnnscope.toml": config("")}, [], "the check has no budget", id="an empty list of budgets"),
    pytest.param(
        {"cnnscope.toml": config(model='"spec/*.md"')},
        [],
        "no file matches this pattern",
        id="a pattern without a page",
    ),
    pytest.param({"cnnscope.toml": config(model="[]")}, [], "names no network", id="no model"),
    pytest.param({"cnnscope.toml": config(model='"."')}, [], ". is a directory", id="a folder as a model"),
    pytest.param({"cnnscope.toml": config(model='"gone.md"')}, [], "gone.md: no such file", id="a model that vanished"),
    pytest.param(
        {"cnnscope.toml": config(model='"bad.md"'), "bad.md": "# nothing"}, [], "bad.md", id="a page without a table"
    ),
    pytest.param(
        {"cnnscope.toml": config(check="input = '3x1x1'", model='"vgg16"')},
        [],
        "pool1",
        id="an input that does not fit",
    ),
    pytest.param(
        {"cnnscope.toml": config()}, ["--check", "edgy"], "no check matches edgy", id="a filter without a check"
    ),
    pytest.param(
        {"cnnscope.toml": config()},
        ["--check", "edge", "--check", "edgy"],
        "no check matches edgy",
        id="one filter of two",
    ),
    pytest.param(
        {"cnnscope.toml": config('"params@stem* <= 5"')}, [], "no layer matches stem*", id="layers that are not there"
    ),
    pytest.param(
        {"cnnscope.toml": config('"receptive_field@fc >= 3"')},
        [],
        "every output sees the whole input",
        id="a metric that is not there",
    ),
    pytest.param(
        {"cnnscope.toml": config('"latency.p90 <= 120 ms"')},
        [],
        "latency cannot be measured here",
        id="nothing can be measured",
    ),
    pytest.param(
        {"cnnscope.toml": config('"macs <= base"')}, [], "no baseline is named", id="a base without a baseline"
    ),
    pytest.param(
        {"cnnscope.toml": config(top='baseline = "b.json"')},
        [],
        "there is no baseline b.json",
        id="a baseline that vanished",
    ),
    pytest.param(
        {
            "cnnscope.toml": config('"claims == hold"', model='"bare.md"'),
            "bare.md": PAGE.replace("params |", "notes |"),
        },
        [],
        "the page prints no figures",
        id="claims without a claim",
    ),
    pytest.param(
        {"cnnscope.toml": config('"macs <= base"'), "b.json": "{}"},
        ["--baseline", "b.json"],
        "is corrupt",
        id="a baseline of nothing",
    ),
    pytest.param(
        {"cnnscope.toml": config(model='"net.md:gone"')},
        [],
        "net.md has no variant `gone`; it has net",
        id="a variant that vanished",
    ),
    pytest.param(
        {"cnnscope.toml": config(model='"../[no such]/*.md"')},
        [],
        "no file matches this pattern",
        id="a pattern outside",
    ),
    pytest.param(
        {"cnnscope.toml": config(model='"/no/such.md"')}, [], "/no/such.md: no such file", id="a page outside"
    ),
    pytest.param(
        {"cnnscope.toml": config(model='"e.md"'), "e.md": ""}, [], "edge: e.md: the file is empty", id="an empty page"
    ),
    pytest.param(
        {"cnnscope.toml": config(model='"*.md"'), "a.md": "# nothing"}, [], "edge: a.md: ", id="one broken page of two"
    ),
    pytest.param({"cnnscope.toml": config('"params@conv9 >= 1"')}, [], "no layer matches conv9", id="a renamed layer"),
    pytest.param({"cnnscope.toml": config('"params@CONV1 <= 6K"')}, [], "no layer matches CONV1", id="a layer's case"),
    pytest.param({"cnnscope.toml": config('"params@[ <= 6K"')}, [], "no layer matches [", id="half a pattern"),
    pytest.param({"cnnscope.toml": config()}, ["--check", ""], "no check matches ", id="an empty filter"),
    pytest.param(
        {"cnnscope.toml": config('{ metric = "macs", max = "base", level = "warn" }')},
        [],
        "no baseline is named",
        id="a warning beside no base",
    ),
    pytest.param(
        {"cnnscope.toml": config('"macs <= base"')},
        ["--baseline", "git main"],
        "there is no baseline git main; check --baseline git main; a revision is named git:REF",
        id="a revision without its colon",
    ),
]


@pytest.mark.parametrize("files, words, told", NOTHING_CHECKED)
@pytest.mark.parametrize("more", [(), ("--exit-zero",)], ids=["", "exit-zero"])
def test_what_decides_nothing_is_undecided(folder, run, files, words, told, more):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    code, out, err = run("check", *words, *more)
    assert (code, told in out, err) == (3, True, ""), out + err


BAD_BASELINES = [
    pytest.param(lambda text: "", "line 1: Expecting value", id="empty"),
    pytest.param(lambda text: text[: len(text) // 2], "is corrupt: line", id="half written"),
    pytest.param(lambda text: "<<<<<<< HEAD\n" + text, "line 1: Expecting value", id="a merge conflict"),
    pytest.param(lambda text: text.replace('"macs": 25856', '"macs": NaN'), "NaN is no figure", id="NaN"),
    pytest.param(
        lambda text: text.replace('"macs": 25856', '"macs": -Infinity'), "-Infinity is no figure", id="infinity"
    ),
    pytest.param(
        lambda text: text.replace('"macs": 25856', '"macs": -1'), "edge, net, macs: -1 is no figure", id="negative"
    ),
    pytest.param(
        lambda text: text.replace('"macs": 25856', '"macs": true'), "edge, net, macs: True is no figure", id="true"
    ),
    pytest.param(lambda text: text.replace('"macs": 25856', '"macs": "25856"'), "'25856' is no figure", id="text"),
    pytest.param(lambda text: text.replace('"macs": 25856', '"macs": 1.5'), "1.5 is no figure", id="a float"),
    pytest.param(
        lambda text: text.replace('"macs": 25856', '"macs": 25856, "macs": 99999'),
        "two entries 'macs'",
        id="an entry twice",
    ),
    pytest.param(
        lambda text: text.replace('"kind": "baseline"', '"kind": "profile"'),
        'it has no "kind": "baseline"',
        id="another kind",
    ),
    pytest.param(
        lambda text: text.replace('"schema_version": 1', '"schema_version": 2'),
        "is incomparable: it has schema_version 2",
        id="a later schema",
    ),
    pytest.param(
        lambda text: text.replace('"convention": 1', '"convention": 0'),
        "is incomparable: it counts by convention 0",
        id="another convention",
    ),
    pytest.param(
        lambda text: text.replace('"convention"', '"conventions"'),
        "is incomparable: it counts by convention None",
        id="no convention",
    ),
    pytest.param(lambda text: text.replace('"dtype"', '"type"'), "unknown key 'type'", id="an unknown key"),
    pytest.param(lambda text: text.replace("[1, 1, 8, 8]", "[]"), "input_shape is no shape", id="no shape"),
    pytest.param(lambda text: "[" * 100_000, "nested too deeply", id="a tower of brackets"),
    pytest.param(lambda text: text + text, "Extra data", id="two files in one"),
    pytest.param(lambda text: "\ufeff" + text, "Unexpected UTF-8 BOM", id="a byte order mark"),
    pytest.param(lambda text: "\0" * len(text), "Expecting value", id="zeros, as after a crash"),
    pytest.param(
        lambda text: "version https://git-lfs.github.com/spec/v1\n", "Expecting value", id="a pointer for the file"
    ),
    pytest.param(
        lambda text: text.replace('"schema_version": 1', '"schema_version": true'),
        "it has schema_version True",
        id="true as a schema",
    ),
    pytest.param(
        lambda text: text.replace('"convention": 1', '"convention": 1.0'),
        "it counts by convention 1.0",
        id="a float as a convention",
    ),
    pytest.param(
        lambda text: text.replace('"macs": 25856', f'"macs": {"9" * 41}'), "a figure of 41 digits", id="a huge figure"
    ),
    pytest.param(lambda text: text.replace('"macs": 25856', '"macs": 1e9'), "1000000000.0 is no figure", id="1e9"),
    pytest.param(lambda text: text.replace('"macs": 25856', '"macs": "1/0"'), "'1/0' is no figure", id="over zero"),
    pytest.param(lambda text: text.replace('"macs": 25856', '"macs": null'), "None is no figure", id="null"),
    pytest.param(
        lambda text: json.dumps({**json.loads(text), "checks": []}),
        "checks: an object is missing",
        id="checks as a list",
    ),
    pytest.param(
        lambda text: text.replace("[1, 1, 8, 8]", "[1, 1, 9, 9]"),
        "is incomparable: its input is 1x1x9x9",
        id="another input",
    ),
    pytest.param(
        lambda text: text.replace('"macs": 25856', '"macz": 25856'),
        "an entry that no check asks for: net, macz",
        id="a renamed metric",
    ),
    pytest.param(
        lambda text: text.replace('"net": {', '"old": {'),
        "an entry that no check asks for: old",
        id="a renamed network",
    ),
    pytest.param(
        lambda text: text.replace('"edge": {', '"old": {'),
        "an entry that no check asks for: the check",
        id="a renamed check",
    ),
]


@pytest.mark.parametrize("change, told", BAD_BASELINES)
def test_a_baseline_that_cannot_be_compared_with_is_red(project, run, change, told):
    path = project / "base.json"
    text = path.read_text("utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    code, out, err = run("check")
    assert code in (1, 3)
    assert told in out, out + err


@pytest.mark.parametrize(
    "words, code, told",
    [
        (["--config", "."], 2, "cannot be read: Is a directory"),
        (["--config", "gone.toml"], 2, "gone.toml: cannot be read: No such file or directory"),
        (["net.md"], 2, "a MODEL without --budget"),
        (["--budget", "params <= 5M"], 2, "--budget without a MODEL"),
        (["net.md", "--budget", "params <= 5"], 1, ""),
        (["gone.md", "--budget", "params <= 5M"], 3, ""),
        (["vgg61", "--budget", "params <= 500M"], 2, "no network `vgg61`"),
        (["net.md", "--budget", "macs <= base"], 3, ""),
        (
            ["net.md", "--budget", "params <= 6K", "--check", "x"],
            2,
            "--check, --config and --ab go with a configuration",
        ),
        (["--input", "1x8x8"], 2, "--input, --batch and --dtype go with --budget"),
        (["--format", "xml"], 2, "`xml` is not known"),
        (["--format", "json", "-o", "junit:-"], 2, "two reports for stdout"),
        (["-o", "report.docx"], 2, "report.docx: no format has this ending"),
        (["-o", "junit:"], 2, "-o junit:: no file"),
        (["--no-such-option"], 2, "No such option"),
        (["--baseline", "git:main"], 2, ""),
        (["--baseline", "gone.json"], 3, ""),
        (["--ab", "main"], 2, ""),
        (["--ab", ""], 2, "`` is no revision"),
        (["--baseline", ""], 2, "--baseline ''\n  name a file or git:REF; a variable of the shell may be empty"),
        (["--baseline", "git:ma\nin"], 2, "is no revision"),
        (["--config", ""], 2, "cannot be read: Is a directory"),
        (["--format", ""], 2, "`` is not known"),
        (["--color", "pink"], 2, "`pink` is not known"),
        (["--force"], 2, "--force goes with --init"),
        (["--init", "net.md", "--budget", "params <= 5"], 2, "--init judges nothing"),
        (["--init", "net.md", "-o", "r.json"], 2, "--init judges nothing"),
        (["-o", "json:r", "-o", "junit:./r"], 2, "two reports for one file"),
        (["", "--budget", "params <= 6K"], 2, "no network ``"),
        (["net.md", "--budget", ""], 2, "`` has no comparison"),
        (["net.md", "--budget", "params<=6K", "--budget", "params <= 6K"], 2, "'params <= 6K' is given twice"),
        (["net.md", "net.md", "--budget", "params <= 6K"], 2, "net.md is given twice"),
        (["net.md", "--budget", "params <= 6K", "--batch", "0"], 2, "net.md: batch 0"),
        (["net.md", "--budget", "params <= 6K", "--input", ""], 2, "net.md: input `` is neither"),
        (["net.md", "--budget", "params <= 6K", "--dtype", ""], 2, "net.md: dtype `` is not known"),
        (["net.md:gone", "--budget", "params <= 6K"], 3, ""),
        (["gone*.md", "--budget", "params <= 6K", "--exit-zero"], 3, ""),
        (["net.md", "--budget", "params <= 6K", "--budget", "macs <= base", "--baseline", "base.json"], 3, ""),
        (["-o", "no/such/folder/report.json"], 4, "there is no directory"),
        (["-o", "json:."], 4, "is a directory"),
        (["-o", "report.json", "-o", "no/such/report.xml"], 4, "there is no directory"),
    ],
)
def test_a_command_line_that_cannot_be_followed_is_not_green(project, run, words, code, told):
    found, out, err = run("check", *words)
    assert found == code, out + err
    assert told in err


def test_a_configuration_that_is_a_directory(folder, run):
    (folder / "cnnscope.toml").mkdir()
    code, _, err = run("check")
    assert (code, err) == (2, "error: cnnscope.toml: cannot be read: Is a directory\n  name a configuration file\n")


def test_two_configurations_in_one_folder(folder, run):
    (folder / "cnnscope.toml").write_text(config(), encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.cnnscope]\n", encoding="utf-8")
    code, _, err = run("check")
    told = "error: cnnscope.toml and [tool.cnnscope] of pyproject.toml stand in one folder\n  keep one of them\n"
    assert (code, err) == (2, told)


def test_a_configuration_of_bytes(folder, run):
    (folder / "cnnscope.toml").write_bytes(b"name = '\xff'\n")
    code, _, err = run("check")
    assert (code, err) == (2, "error: cnnscope.toml:1: not UTF-8 text\n  save it as UTF-8\n")


def test_broken_beats_undecided_and_exit_zero_does_not_hide_the_undecided(folder, run):
    (folder / "cnnscope.toml").write_text(config('"params <= 5", "macs <= base"'), encoding="utf-8")
    assert run("check")[0] == 1
    assert run("check", "--exit-zero")[0] == 3


def test_an_error_of_ours_is_neither_broken_nor_fine(project, run, monkeypatch):
    monkeypatch.setattr("cnnscope.budgets.run.judge", lambda *_: 1 // 0)
    code, _, err = run("check")
    assert code == 4
    assert err.startswith("error: internal: ZeroDivisionError")


def test_an_interrupt_is_neither(project, run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("cnnscope.budgets.run.judge", interrupted)
    assert run("check")[0] == 130
