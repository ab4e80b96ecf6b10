"""The routines that run as machine code: bytes on the left, what they mean to an assembler on the right.

All follow the System V calling convention of x86-64: arguments in rdi, esi, edx, rcx and r8, the result in rax, and
every vector register belongs to whoever is called. They touch no memory but the word of `PING_PONG`, and no stack.
"""

FMA_256 = """
c5 fc 77          |     vzeroall
                  | again:
c4 c2 0d b8 c7    |     vfmadd231ps ymm0, ymm14, ymm15
c4 c2 0d b8 cf    |     vfmadd231ps ymm1, ymm14, ymm15
c4 c2 0d b8 d7    |     vfmadd231ps ymm2, ymm14, ymm15
c4 c2 0d b8 df    |     vfmadd231ps ymm3, ymm14, ymm15
c4 c2 0d b8 e7    |     vfmadd231ps ymm4, ymm14, ymm15
c4 c2 0d b8 ef    |     vfmadd231ps ymm5, ymm14, ymm15
c4 c2 0d b8 f7    |     vfmadd231ps ymm6, ymm14, ymm15
c4 c2 0d b8 ff    |     vfmadd231ps ymm7, ymm14, ymm15
c4 42 0d b8 c7    |     vfmadd231ps ymm8, ymm14, ymm15
c4 42 0d b8 cf    |     vfmadd231ps ymm9, ymm14, ymm15
c4 42 0d b8 d7    |     vfmadd231ps ymm10, ymm14, ymm15
c4 42 0d b8 df    |     vfmadd231ps ymm11, ymm14, ymm15
48 ff cf          |     dec rdi
75 bf             |     jnz again
c5 f8 77          |     vzeroupper
c3                |     ret
"""
"""rdi: rounds. Twelve sums, each waiting for nobody: two units with five cycles of latency need ten. All are zero,
so no subnormal slows them down."""

FMA_512 = """
c5 fc 77          |     vzeroall
                  | again:
62 d2 0d 48 b8 c7 |     vfmadd231ps zmm0, zmm14, zmm15
62 d2 0d 48 b8 cf |     vfmadd231ps zmm1, zmm14, zmm15
62 d2 0d 48 b8 d7 |     vfmadd231ps zmm2, zmm14, zmm15
62 d2 0d 48 b8 df |     vfmadd231ps zmm3, zmm14, zmm15
62 d2 0d 48 b8 e7 |     vfmadd231ps zmm4, zmm14, zmm15
62 d2 0d 48 b8 ef |     vfmadd231ps zmm5, zmm14, zmm15
62 d2 0d 48 b8 f7 |     vfmadd231ps zmm6, zmm14, zmm15
62 d2 0d 48 b8 ff |     vfmadd231ps zmm7, zmm14, zmm15
62 52 0d 48 b8 c7 |     vfmadd231ps zmm8, zmm14, zmm15
62 52 0d 48 b8 cf |     vfmadd231ps zmm9, zmm14, zmm15
62 52 0d 48 b8 d7 |     vfmadd231ps zmm10, zmm14, zmm15
62 52 0d 48 b8 df |     vfmadd231ps zmm11, zmm14, zmm15
48 ff cf          |     dec rdi
75 b3             |     jnz again
c5 f8 77          |     vzeroupper
c3                |     ret
"""
"""The same in vectors of 16 values; `vzeroall` clears all 512 bits of the first sixteen registers."""

FMA_512_HALF = """
c5 fc 77          |     vzeroall
                  | again:
62 d6 0d 48 b8 c7 |     vfmadd231ph zmm0, zmm14, zmm15
62 d6 0d 48 b8 cf |     vfmadd231ph zmm1, zmm14, zmm15
62 d6 0d 48 b8 d7 |     vfmadd231ph zmm2, zmm14, zmm15
62 d6 0d 48 b8 df |     vfmadd231ph zmm3, zmm14, zmm15
62 d6 0d 48 b8 e7 |     vfmadd231ph zmm4, zmm14, zmm15
62 d6 0d 48 b8 ef |     vfmadd231ph zmm5, zmm14, zmm15
62 d6 0d 48 b8 f7 |     vfmadd231ph zmm6, zmm14, zmm15
62 d6 0d 48 b8 ff |     vfmadd231ph zmm7, zmm14, zmm15
62 56 0d 48 b8 c7 |     vfmadd231ph zmm8, zmm14, zmm15
62 56 0d 48 b8 cf |     vfmadd231ph zmm9, zmm14, zmm15
62 56 0d 48 b8 d7 |     vfmadd231ph zmm10, zmm14, zmm15
62 56 0d 48 b8 df |     vfmadd231ph zmm11, zmm14, zmm15
48 ff cf          |     dec rdi
75 b3             |     jnz again
c5 f8 77          |     vzeroupper
c3                |     ret
"""
"""The same in vectors of 32 values of half precision."""

PING_PONG = """
                  | spin:
39 37             |     cmp dword ptr [rdi], esi
74 07             |     je mine
49 ff c8          |     dec r8
75 f7             |     jnz spin
eb 07             |     jmp done
                  | mine:
89 17             |     mov dword ptr [rdi], edx
48 ff c9          |     dec rcx
75 ee             |     jnz spin
                  | done:
48 89 c8          |     mov rax, rcx
c3                |     ret
"""
"""rdi: a word that two threads share, esi: when it is my turn, edx: what I write then, rcx: rounds, r8: how often I
look in vain before I give up, all rounds together. Returns the rounds that are left: 0 unless the other never came."""


def code(listing: str) -> bytes:
    """The bytes of a listing."""
    return bytes.fromhex("".join(line.partition("|")[0] for line in listing.splitlines()))


def source(listing: str) -> str:
    """The listing as an assembler reads it (GNU as)."""
    lines = [line.partition("|")[2].strip() for line in listing.splitlines()]
    return "\n".join([".intel_syntax noprefix", *lines, ""])
