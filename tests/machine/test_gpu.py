"""GPUs, by an nvidia-smi of our own."""

import pytest

from cnnscope.machine.gpu import Gpu, Gpus, gpus
from tests.planting import program

MIB = 2**20
H100 = "0, NVIDIA H100 80GB HBM3, 580.95.05, 81559, 81040, 345, 1980, 0x0000000000000001, Disabled"
A30 = "1, NVIDIA A30, 580.95.05, 24576, 24000, 210, 1440, 0x0000000000000064, Enabled"
OLD = "0, GeForce GTX 1060, 470.256.02, 6078, [N/A], 139, 1911, [Not Supported], [N/A]"


def test_a_machine_without_the_tool_has_no_gpu_and_no_fault(tools, monkeypatch):
    monkeypatch.setenv("PATH", str(tools))
    assert gpus() == Gpus(())


def test_every_gpu_with_what_holds_its_clock_down(tools):
    program(tools, "nvidia-smi", f"echo '{H100}'\necho '{A30}'")
    assert gpus() == Gpus(
        (
            Gpu(0, "NVIDIA H100 80GB HBM3", "580.95.05", 81559 * MIB, 81040 * MIB, 345, 1980, (), mig=False),
            Gpu(
                1,
                "NVIDIA A30",
                "580.95.05",
                24576 * MIB,
                24000 * MIB,
                210,
                1440,
                ("software power cap", "software thermal slowdown", "hardware thermal slowdown"),
                mig=True,
            ),
        )
    )


def test_what_a_driver_does_not_tell_is_none(tools):
    program(tools, "nvidia-smi", f"echo '{OLD}'")
    assert gpus().found == (Gpu(0, "GeForce GTX 1060", "470.256.02", 6078 * MIB, None, 139, 1911, (), mig=False),)


def test_a_field_is_asked_for_under_its_former_name_or_not_at_all(tools):
    program(
        tools,
        "nvidia-smi",
        """case "$1" in
        *event_reasons*) echo 'Field "clocks_event_reasons.active" is not a valid field to query.'; exit 2;;
        *mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;;
        *throttle_reasons.active) echo '0, Tesla K80, 470.1, 100, 90, 500, 800, 0x4';;
        esac""",
    )
    assert gpus().found == (
        Gpu(0, "Tesla K80", "470.1", 100 * MIB, 90 * MIB, 500, 800, ("software power cap",), mig=False),
    )


@pytest.mark.parametrize(
    "script, fault",
    [
        pytest.param("echo hello", "nvidia-smi printed something else: hello", id="garbage"),
        pytest.param("true", "nvidia-smi printed something else: nothing", id="nothing"),
        pytest.param(
            "echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9",
            "nvidia-smi failed (9): NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.",
            id="no driver",
        ),
        pytest.param("exit 3", "nvidia-smi failed (3): nothing was said", id="a silent failure"),
        pytest.param("exec sleep 30", "nvidia-smi gave no answer in 0.5 s", id="it hangs"),
        pytest.param("echo 'Field \"index\" is not a valid field to query.'; exit 2", "nvidia-smi knows none of the fields asked for", id="it knows no field"),
    ],
)  # fmt: skip
def test_a_tool_that_fails_is_a_reason_and_no_error(script, fault, tools):
    program(tools, "nvidia-smi", script)
    assert gpus(seconds=0.5) == Gpus((), fault)


def test_a_tool_that_cannot_be_run(tools):
    (tools / "nvidia-smi").write_bytes(b"\x7fELF")
    (tools / "nvidia-smi").chmod(0o755)
    assert gpus() == Gpus((), "nvidia-smi cannot be run: Exec format error")
