"""Exported files: checked by onnx, run by ONNX Runtime, compared with torch."""

import hashlib
from pathlib import Path

import numpy
import onnx
import onnxruntime
import pytest
import torch

import cnnscope
from cnnscope.graph import walk
from tests.pages import one_of_every_page, page

SMALL = (
    "lenet5",
    "lenet5-slide",
    "keras-example",
    "mlp-3-4-2",
    "resnet20-cifar",
    "plain20-cifar",
    "nin-cifar",
    "inception-bottleneck",
)
LARGE = ("googlenet", "googlenet-torchvision", "resnet18", "resnet18-a", "resnet50-slim", "zfnet")


def run(path, batch=1, seed=0):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    dtype = {"tensor(float)": "float32", "tensor(float16)": "float16"}[given.type]
    x = numpy.random.default_rng(seed).standard_normal((batch, *given.shape[1:])).astype(dtype)
    return x, session.run(None, {given.name: x})[0]


@pytest.mark.parametrize("name", SMALL + LARGE)
def test_onnx_runtime_and_torch_agree_on_the_same_weights(name, tmp_path):
    graph = cnnscope.load(name).graph
    (path,) = cnnscope.export_onnx(graph, tmp_path / "net.onnx", seed=3)
    module = cnnscope.build_torch(graph, seed=3)
    x, ours = run(path)
    with torch.no_grad():
        theirs = module(torch.from_numpy(x)).numpy()
    assert ours.shape == theirs.shape == (1, *[*walk(graph)][-1].placed.output[1:])
    assert numpy.isfinite(ours).all()
    assert numpy.abs(ours - theirs).max() <= 1e-4 * numpy.abs(theirs).max()


@pytest.mark.parametrize("name", one_of_every_page())
def test_a_network_of_every_page_passes_the_full_check_with_our_shapes_and_weights(name, tmp_path):
    graph = cnnscope.load(name).graph
    (path,) = cnnscope.export_onnx(graph, tmp_path / "net.onnx", weights="none")
    model = onnx.load(str(path), load_external_data=False)
    # A file without weights costs a few hundred bytes per node, however large the network is; attention takes several.
    assert path.stat().st_size < 500 * len(model.graph.node)
    layers = {layer.node.name: layer for layer in walk(graph)}
    stored = {
        entry.name: tuple(entry.dims)
        for entry in model.graph.initializer
        if entry.data_location == onnx.TensorProto.EXTERNAL
    }
    assert stored == {
        f"{name}.{weight}": w.shape for name, layer in layers.items() for weight, w in layer.placed.weights.items()
    }
    for entry in [*model.graph.initializer]:
        if entry.data_location == onnx.TensorProto.EXTERNAL:
            model.graph.input.append(onnx.helper.make_tensor_value_info(entry.name, entry.data_type, entry.dims))
            model.graph.initializer.remove(entry)
    # Without our value_info the shapes below are onnx's own.
    del model.graph.value_info[:]
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph
    shapes = {
        info.name: tuple(axis.dim_value for axis in info.type.tensor_type.shape.dim)
        for info in (*inferred.value_info, *inferred.output)
    }
    for layer_name, layer in layers.items():
        assert shapes[layer_name] == layer.placed.output, layer_name


def test_node_and_tensor_names_are_the_layers(tmp_path):
    graph = cnnscope.load("resnet18").graph
    (path,) = cnnscope.export_onnx(graph, tmp_path / "net.onnx", weights="none")
    model = onnx.load(str(path), load_external_data=False)
    names = [node.name for node in model.graph.node]
    assert [name for name in names if "/" not in name] == [node.name for node in graph.nodes]
    assert all(node.output[0] == node.name for node in model.graph.node)
    assert (model.opset_import[0].version, model.ir_version) == (17, 8)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    graph = cnnscope.load("lenet5").graph
    digests = [
        hashlib.sha256(cnnscope.export_onnx(graph, tmp_path / f"{i}.onnx", seed=seed)[0].read_bytes()).hexdigest()
        for i, seed in enumerate((7, 7, 8))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_random_weights_have_the_variance_of_he_and_no_zeros():
    from cnnscope.export.weights import random_array, tensors

    layers = tuple(walk(cnnscope.load("vgg16").graph))
    tensor = next(tensor for tensor in tensors(layers) if tensor.name == "conv3_2.weight")
    values = random_array(tensor, seed=0)
    assert values.dtype == numpy.float32
    assert values.std() == pytest.approx((2 / (9 * 256)) ** 0.5, rel=0.01)
    assert abs(values.mean()) < 1e-4
    assert numpy.abs(values).min() > 0


def test_random_weights_are_these_on_every_machine():
    """The stream's definition, by hand: SFC64 of the first half of sha256("0:a.bias"), 24 bits of each 32, ± 0.1."""
    from cnnscope.export.weights import Tensor, random_array

    raw = numpy.random.SFC64(int.from_bytes(hashlib.sha256(b"0:a.bias").digest()[:16], "little")).random_raw(2)
    halves = [int(word) >> shift & 0xFFFFFFFF for word in raw for shift in (0, 32)]
    expected = [numpy.float32((half >> 8) - 2**23 + 0.5) * numpy.float32(0.2 / 2**24) for half in halves][:3]
    assert random_array(Tensor("a.bias", (3,), True, -0.1, 0.1), seed=0).tolist() == [
        float(value) for value in expected
    ]


@pytest.mark.parametrize("batch", [1, 5])
def test_a_dynamic_batch_takes_any_number_of_images(batch, tmp_path):
    (path,) = cnnscope.export_onnx(cnnscope.load("lenet5").graph, tmp_path / "net.onnx", batch="dynamic")
    assert run(path, batch)[1].shape == (batch, 10)


def test_a_fixed_batch_stands_in_the_file(tmp_path):
    (path,) = cnnscope.export_onnx(cnnscope.load("lenet5").graph, tmp_path / "net.onnx", batch=4, weights="none")
    model = onnx.load(str(path), load_external_data=False)
    assert [axis.dim_value for axis in model.graph.input[0].type.tensor_type.shape.dim] == [4, 1, 32, 32]


def test_half_precision_halves_the_file_and_stays_close(tmp_path):
    graph = cnnscope.load("resnet20-cifar").graph
    (full,) = cnnscope.export_onnx(graph, tmp_path / "full.onnx")
    (half,) = cnnscope.export_onnx(graph, tmp_path / "half.onnx", dtype="float16")
    assert half.stat().st_size < 0.6 * full.stat().st_size
    assert run(half)[1].dtype == numpy.float16


@pytest.mark.parametrize("opset", [17, 18, 19, 20, 21])
def test_every_opset_that_can_be_written_runs_and_agrees(opset, tmp_path):
    table = (
        "| type | maps | kernel | target | groups | from |\n|-|-|-|-|-|-|\n| conv | 8 | 3 | | | |\n| adaptive avg pool | | | 3x5 | | |\n"
        "| group norm | | | | 4 | |\n| maxout | | | | | |\n| global avg pool | | | | | |\n"
    )
    graph = cnnscope.Network(cnnscope.spec.zoo.read_page("net.md", page(table, input="2x9x11"))).graph
    results = [run(cnnscope.export_onnx(graph, tmp_path / f"{o}.onnx", opset=o)[0])[1] for o in (17, opset)]
    assert numpy.allclose(*results, atol=1e-6)


def test_a_network_above_two_gigabytes_gets_a_second_file(tmp_path, monkeypatch):
    from cnnscope.export import onnx_file

    monkeypatch.setattr(onnx_file, "LARGEST_MESSAGE", 100_000)
    graph = cnnscope.load("lenet5").graph
    written = cnnscope.export_onnx(graph, tmp_path / "net.onnx")
    assert [path.name for path in written] == ["net.onnx.data", "net.onnx"][::-1]
    assert written[1].stat().st_size == 4 * (60_000 + 840)
    monkeypatch.undo()
    (whole,) = cnnscope.export_onnx(graph, tmp_path / "whole.onnx")
    assert numpy.array_equal(run(written[0])[1], run(whole)[1])


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_weights_of_a_file_are_the_ones_that_run(suffix, tmp_path):
    import safetensors.numpy

    graph = cnnscope.load("lenet5").graph
    arrays = {name: tensor.numpy() for name, tensor in cnnscope.build_torch(graph, seed=5).state_dict().items()}
    path = tmp_path / f"weights{suffix}"
    numpy.savez(path, **arrays) if suffix == ".npz" else safetensors.numpy.save_file(arrays, path)
    (ours,) = cnnscope.export_onnx(graph, tmp_path / "ours.onnx", weights=str(path))
    (random,) = cnnscope.export_onnx(graph, tmp_path / "random.onnx", seed=5)
    assert ours.read_bytes() == random.read_bytes()
    again = cnnscope.build_torch(graph, weights=str(path)).state_dict()
    assert all(numpy.array_equal(again[name].numpy(), values) for name, values in arrays.items())


def test_weights_that_do_not_fit_are_all_listed(tmp_path):
    graph = cnnscope.load("mlp-3-4-2").graph
    arrays = {name: tensor.numpy() for name, tensor in cnnscope.build_torch(graph).state_dict().items()}
    first, second, *_ = arrays
    del arrays[first]
    arrays[second] = numpy.zeros((9, 9), "float32")
    arrays["stranger"] = numpy.zeros(1, "float32")
    path = tmp_path / "weights.npz"
    numpy.savez(path, **arrays)
    with pytest.raises(cnnscope.UsageError) as error:
        cnnscope.export_onnx(graph, tmp_path / "net.onnx", weights=str(path))
    assert error.value.message == f"{path} does not fit the network"
    assert f"missing: {first}" in error.value.hint
    assert f"misshapen: {second} is 9x9" in error.value.hint
    assert "not of this network: stranger" in error.value.hint
    assert not (tmp_path / "net.onnx").exists()


def test_a_pickle_or_a_damaged_file_is_refused(tmp_path):
    graph = cnnscope.load("mlp-3-4-2").graph
    pickled, truncated, other = tmp_path / "p.npz", tmp_path / "t.npz", tmp_path / "w.pkl"
    numpy.savez(pickled, a=numpy.array([{}], dtype=object))
    truncated.write_bytes(pickled.read_bytes()[:50])
    other.write_bytes(b"x")
    (tmp_path / "t.safetensors").write_bytes(b"\0" * 4)
    for path in (pickled, truncated, other, tmp_path / "t.safetensors"):
        with pytest.raises(cnnscope.UsageError, match=path.name):
            cnnscope.export_onnx(graph, tmp_path / "net.onnx", weights=str(path))
    assert not (tmp_path / "net.onnx").exists()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch": 0}, "batch 0"),
        ({"batch": "many"}, "batch many"),
        ({"dtype": "int8"}, "dtype `int8` cannot be exported"),
        ({"opset": 9}, "opset 9"),
        ({"weights": "ones"}, "weights `ones` are not known"),
    ],
)
def test_what_cannot_be_written_is_refused(options, message, tmp_path):
    with pytest.raises(cnnscope.UsageError) as error:
        cnnscope.export_onnx(cnnscope.load("lenet5").graph, tmp_path / "net.onnx", **options)
    assert error.value.message == message
    assert not [*tmp_path.iterdir()]


def test_a_write_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    from cnnscope.export import weights

    def broken(tensor, *, seed):
        yield numpy.zeros(1, "float32")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnnscope.export.random_chunks", broken)
    with pytest.raises(cnnscope.CnnscopeError, match="No space left on device"):
        cnnscope.export_onnx(cnnscope.load("lenet5").graph, tmp_path / "net.onnx")
    assert not [*tmp_path.iterdir()]
    assert weights


def test_a_network_whose_table_leaves_parts_out_is_not_exported(tmp_path):
    page = Path(__file__).parents[1] / "data" / "papers" / "inception_v3.md"
    network = cnnscope.load(str(page))
    for ask in (
        lambda: cnnscope.export_onnx(network, tmp_path / "net.onnx"),
        lambda: cnnscope.build_torch(network),
        lambda: cnnscope.profile(network),
    ):
        with pytest.raises(cnnscope.UsageError, match="is not whole: the filter banks of 3 modules"):
            ask()
    assert not [*tmp_path.iterdir()]
