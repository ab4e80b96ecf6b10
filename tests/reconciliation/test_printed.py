"""Figures that a page prints under somebody else's convention: 32·112² · 27 + 64·56² · 288 + 640 = 68,641,408 of ours."""

import pytest

from cnnscope.answers import check_claims

PAGE = """---
name: mine
input: 3x224x224
{claim}
---
| layer | type | maps | kernel | stride | padding | activation |
|-|-|-|-|-|-|-|
| c1 | conv bn | 32 | 3x3 | 2 | 1 | relu |
| c2 | conv bn | 64 | 3x3 | 2 | 1 | relu |
| p | global avg pool | | | | | |
| f | fully connected | 10 | | | | |
"""
LARGE = "the page's figure is {} % too large"

EXPLAINED = [
    # Half of 4 and 1 for each of 401,408 + 200,704 values, half of 64·56² of the pool, less half of 3·32 + 32·64.
    pytest.param("macs: 70.246M", f"{LARGE.format(2.3)}; imgclsmob (FLOPs/2 70,245,968) would print it", id="imgclsmob"),
    pytest.param("macs: 68,641,610", f"{LARGE.format('0.0')}; torchinfo (mult-adds 68,641,610) would print it", id="torchinfo: 10 biases, and 192 params of batch norm once"),
    # 2 for each of 602,112 values, and 64·56² + 64 of the pool.
    pytest.param("macs: 70,046,400", f"{LARGE.format('2.0')}; torchscan (MACs 70,046,400) would print it", id="torchscan"),
    pytest.param("flops: 139,289,856", "the page's figure is 0.0 % too small; calflops (FLOPs 139,289,856) would print it", id="calflops"),
    pytest.param("macs: 71.3M", f"{LARGE.format(3.9)}; thop (MACs 71,250,624) and thop-readme (MACs 71,251,264) would print it", id="several tools, the first two"),
    pytest.param("macs: 80.0M", LARGE.format(16.5), id="nobody counts so"),
    pytest.param("macs: 72M", LARGE.format(4.9), id="mmengine's 71.9M in training mode has too few digits here to tell"),
]  # fmt: skip


@pytest.mark.parametrize("claim, why", EXPLAINED)
def test_a_miss_names_the_tools_that_would_print_it(claim, why, tmp_path):
    path = tmp_path / "mine.md"
    path.write_text(PAGE.format(claim=claim))
    (checked,) = check_claims([str(path)])
    assert not checked.claim.holds
    assert checked.why == why
