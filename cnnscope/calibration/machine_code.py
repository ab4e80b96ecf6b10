"""Tiny routines as machine code, since nothing that Python can import runs a pure loop of fused multiply-adds.

Whoever calls them does so in a process of its own: an instruction that the processor does not know ends the process.
ctypes lets go of the interpreter's lock while a routine runs, so threads run side by side.
"""

import ctypes
import mmap
import os
import platform
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from cnnscope.calibration.listings import FMA_256, FMA_512, FMA_512_HALF, PING_PONG, code
from cnnscope.errors import RunError
from cnnscope.machine import cpu

_SUMS = 12
"""Multiply-adds in one round of a loop."""


class Loop(NamedTuple):
    """A loop of multiply-adds on vectors of so many lanes; `needs` are the flags of a processor that can run it."""

    listing: str
    lanes: int
    dtype: str
    needs: frozenset[str]

    @property
    def flops(self) -> int:
        """Operations of one round."""
        return 2 * self.lanes * _SUMS


LOOPS = {
    "256 bits": Loop(FMA_256, 8, "float32", frozenset({"avx2", "fma"})),
    "512 bits": Loop(FMA_512, 16, "float32", frozenset({"avx512f"})),
    "512 bits of half precision": Loop(FMA_512_HALF, 32, "float16", frozenset({"avx512_fp16"})),
}


def loops(dtype: str) -> tuple[str, ...]:
    """The names of the loops that this processor can run for a dtype; none where `refusal` says why.

    Single precision serves float16 as well: where nothing else is there, that is what halves are computed in.
    """
    if refusal():
        return ()
    # Where the system lists no flags the narrowest loop is tried.
    flags = cpu.flags() or LOOPS["256 bits"].needs
    return tuple(name for name, loop in LOOPS.items() if loop.needs <= flags and loop.dtype in ("float32", dtype))


def refusal() -> str:
    """Why no routine can run here, "" where it can: these are for x86-64 under Linux and macOS."""
    if platform.machine().lower() not in ("x86_64", "amd64") or sys.maxsize < 2**32:
        return f"there is no loop of fused multiply-adds for {platform.machine() or 'this processor'}"
    if sys.platform not in ("linux", "darwin"):
        return f"there is no loop of fused multiply-adds for {platform.system()}"
    flags = cpu.flags()
    if flags and not LOOPS["256 bits"].needs <= flags:
        return "the processor has no AVX2 with FMA"
    return ""


def fma(name: str) -> Callable[[int], None]:
    """The loop of this name as a function of the rounds to run; RunError where code may not run from memory."""
    return ctypes.CFUNCTYPE(None, ctypes.c_uint64)(_executable(code(LOOPS[name].listing)))


def ping_pong() -> Callable[[Any, int, int, int, int], int]:
    """A function of a pointer to the word, my turn, the other's turn, rounds and patience; the rounds that are left.

    RunError where code may not run from memory.
    """
    arguments = (ctypes.POINTER(ctypes.c_uint32), ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_uint64)
    return ctypes.CFUNCTYPE(ctypes.c_uint64, *arguments)(_executable(code(PING_PONG)))


def shared_word() -> ctypes.c_uint32:
    """A word alone in its cache line: the first of a page."""
    return ctypes.c_uint32.from_buffer(mmap.mmap(-1, mmap.PAGESIZE))


def _executable(routine: bytes) -> int:
    """The address of a copy that can run, for as long as the process lives; never writable and executable at once."""
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.write(routine)
        start = ctypes.c_char.from_buffer(page)
        address = ctypes.addressof(start)
        protect = ctypes.CDLL(None, use_errno=True).mprotect
        if protect(ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ | mmap.PROT_EXEC):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    except OSError as error:
        raise RunError(f"this system lets no memory be executed: {error.strerror or error}") from None
    _KEPT.append(start)
    return address


_KEPT: list[Any] = []
"""What keeps the pages of routines mapped."""
