"""Routines as machine code: the bytes are what the listing says, and where they cannot run there is a reason."""

import mmap
import os
import platform
import shutil
import subprocess
import sys

import pytest

from cnnscope.calibration import listings, machine_code
from cnnscope.calibration.child import ask
from cnnscope.errors import RunError
from cnnscope.machine import cpu

LISTINGS = {"FMA_256": 72, "FMA_512": 84, "FMA_512_HALF": 84, "PING_PONG": 22}
AVX2, AVX512 = {"avx2", "fma"}, {"avx2", "fma", "avx512f"}

runs_here = pytest.mark.skipif(bool(machine_code.refusal()), reason=f"machine code: {machine_code.refusal()}")


@pytest.mark.parametrize("name", LISTINGS)
def test_the_bytes_are_what_an_assembler_makes_of_the_listing(name, tmp_path):
    """GNU as and objcopy for x86-64; those of another processor cannot read it."""
    if platform.machine() not in ("x86_64", "AMD64") or not (shutil.which("as") and shutil.which("objcopy")):
        pytest.skip("no assembler for x86-64 (GNU as and objcopy)")
    listing, (source, assembled, raw) = getattr(listings, name), (tmp_path / end for end in ("a.s", "a.o", "a.bin"))
    source.write_text(listings.source(listing))
    done = subprocess.run(["as", "--64", "-o", assembled, source], capture_output=True, text=True)
    if "no such instruction" in done.stderr:
        pytest.skip(f"this assembler is older than an instruction of {name}")
    assert done.stderr == ""
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", assembled, raw], check=True)
    assert raw.read_bytes() == listings.code(listing)


@pytest.mark.parametrize("name, length", LISTINGS.items())
def test_every_byte_is_listed(name, length):
    assert len(listings.code(getattr(listings, name))) == length


@pytest.mark.parametrize(
    "name, flops",
    [
        pytest.param("256 bits", 2 * 12 * 8, id="256 bits are 8 floats"),
        pytest.param("512 bits", 2 * 12 * 16, id="512 bits are 16 floats"),
        pytest.param("512 bits of half precision", 2 * 12 * 32, id="or 32 halves"),
    ],
)
def test_a_round_is_as_many_multiply_adds_as_the_listing_shows(name, flops):
    loop = machine_code.LOOPS[name]
    sums = [line.split()[-3] for line in listings.source(loop.listing).splitlines() if "vfmadd231" in line]
    assert loop.flops == flops
    assert len(set(sums)) == len(sums) == 12
    assert not {"ymm14,", "ymm15,", "zmm14,", "zmm15,"} & set(sums)


@pytest.mark.parametrize(
    "system, machine, flags, dtype, loops, reason",
    [
        pytest.param("linux", "x86_64", AVX2, "float32", ("256 bits",), "", id="AVX2"),
        pytest.param("linux", "x86_64", AVX512, "float32", ("256 bits", "512 bits"), "", id="AVX-512: both, since its clock may be lower"),
        pytest.param("linux", "x86_64", AVX512, "float16", ("256 bits", "512 bits"), "", id="halves computed in single precision"),
        pytest.param("linux", "x86_64", AVX512 | {"avx512_fp16"}, "float16", ("256 bits", "512 bits", "512 bits of half precision"), "", id="halves computed as such"),
        pytest.param("linux", "x86_64", AVX512 | {"avx512_fp16"}, "float32", ("256 bits", "512 bits"), "", id="half precision is nothing for float32"),
        pytest.param("darwin", "x86_64", set(), "float32", ("256 bits",), "", id="macOS lists no flags: the narrowest is tried"),
        pytest.param("linux", "x86_64", {"sse2", "avx"}, "float32", (), "the processor has no AVX2 with FMA", id="no AVX2"),
        pytest.param("linux", "aarch64", {"asimd"}, "float32", (), "there is no loop of fused multiply-adds for aarch64", id="ARM"),
        pytest.param("win32", "AMD64", set(), "float32", (), "there is no loop of fused multiply-adds for Windows", id="Windows has another calling convention"),
        pytest.param("linux", "", set(), "float32", (), "there is no loop of fused multiply-adds for this processor", id="a processor without a name"),
    ],
)  # fmt: skip
def test_what_can_run_where(system, machine, flags, dtype, loops, reason, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "system", lambda: "Windows" if system == "win32" else system)
    monkeypatch.setattr(cpu, "flags", lambda: frozenset(flags))
    assert machine_code.refusal() == reason
    assert machine_code.loops(dtype) == loops


def test_a_python_of_32_bits_cannot_call_them(monkeypatch):
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert machine_code.refusal() == "there is no loop of fused multiply-adds for x86_64"


@runs_here
@pytest.mark.parametrize(
    "attribute",
    [pytest.param("mmap", id="no memory at all"), pytest.param("PROT_EXEC", id="the kernel refuses what is asked")],
)
def test_a_hardened_kernel_is_a_reason(attribute, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, os.strerror(13))

    # A protection that no kernel knows is refused by the real mprotect.
    monkeypatch.setattr(mmap, attribute, refuse if attribute == "mmap" else 1 << 20)
    said = "Permission denied" if attribute == "mmap" else "Invalid argument"
    with pytest.raises(RunError) as caught:
        machine_code.fma("256 bits")
    assert str(caught.value) == f"this system lets no memory be executed: {said}"


@runs_here
@pytest.mark.parametrize(
    "me, other, rounds, left, last",
    [
        pytest.param(1, 0, 7, 7, 0, id="alone, and it is never my turn: I give up"),
        pytest.param(0, 1, 7, 6, 1, id="alone, and I begin: one round"),
        pytest.param(0, 0, 7, 0, 0, id="with myself: all rounds"),
    ],
)
def test_the_ping_pong_always_ends(me, other, rounds, left, last):
    word = machine_code.shared_word()
    assert machine_code.ping_pong()(word, me, other, rounds, 1000) == left
    assert word.value == last


@runs_here
def test_a_loop_runs_in_a_process_of_its_own():
    best, spread, trials = ask("fma", machine_code.loops("float32")[0], 1)
    assert best > 0
    assert 0 <= spread < 1
    assert trials >= 5


@runs_here
@pytest.mark.skipif("avx512_fp16" in cpu.flags(), reason="this CPU knows every instruction")
def test_an_illegal_instruction_is_a_finding():
    with pytest.raises(RunError) as caught:
        ask("fma", "512 bits of half precision", 1)
    assert str(caught.value) == (
        "measuring the FMA rate was ended by SIGILL\n  `cnnscope doctor` examines this installation"
    )
