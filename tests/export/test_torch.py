"""The torch twin: names, weights, shapes and counts."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import cnnscope
from tests.pages import one_of_every_page, page


@pytest.mark.parametrize("name", one_of_every_page())
def test_parameters_buffers_and_multiply_accumulates_are_those_of_the_analysis(name):
    network = cnnscope.load(name)
    module = cnnscope.build_torch(network.graph, weights="none")
    report = network.analyze()
    buffers = {name: tensor for name, tensor in module.named_buffers() if not name.endswith("num_batches_tracked")}
    assert sum(tensor.numel() for tensor in module.parameters()) == report.params
    assert sum(tensor.numel() for tensor in buffers.values()) == report.buffers
    with FlopCounterMode(display=False) as counter:
        module.to("meta")(torch.empty(report.input_shape, device="meta"))
    rbf = sum(layer.macs for layer in report.layers if layer.type == "rbf")
    assert counter.get_total_flops() == 2 * (report.macs - rbf)


def test_state_dict_keys_are_the_layers():
    keys = list(cnnscope.build_torch(cnnscope.load("resnet18").graph, weights="none").state_dict())
    assert "conv1.weight" in keys
    assert "conv1.bn.running_mean" in keys
    assert "conv2.1.a.weight" in keys


def test_a_batch_of_several_images_runs():
    module = cnnscope.build_torch(cnnscope.load("lenet5").graph)
    with torch.no_grad():
        both = module(torch.ones(3, 1, 32, 32))
    assert both.shape == (3, 10)


def test_several_outputs_come_by_name():
    table = "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| a | conv | 2 | 1 | |\n| head | conv | 3 | 1 | a |\n| out | conv | 4 | 1 | a |\n"
    network = cnnscope.Network(cnnscope.spec.zoo.read_page("net.md", page(table)))
    outputs = cnnscope.build_torch(network.graph)(torch.ones(1, 1, 4, 4))
    assert {name: tuple(tensor.shape) for name, tensor in outputs.items()} == {
        "head": (1, 3, 4, 4),
        "out": (1, 4, 4, 4),
    }


def test_rows_may_have_the_names_of_attributes():
    table = "| layer | type | maps | kernel |\n|-|-|-|-|\n| forward | conv bn | 2 | 1 |\n| training | bn relu conv | 2 | 1 |\n| _modules | relu | | |\n"
    module = cnnscope.build_torch(cnnscope.Network(cnnscope.spec.zoo.read_page("net.md", page(table))).graph)
    assert module(torch.ones(1, 1, 4, 4)).shape == (1, 2, 4, 4)
    assert {
        "forward.weight",
        "forward.bn.weight",
        "training_.bn.weight",
        "training_.weight",
    } <= module.state_dict().keys()


def test_a_module_prints_its_rows():
    text = repr(cnnscope.build_torch(cnnscope.load("lenet5-slide").graph))
    assert "(C1): Conv2d(" in text
    assert "(F6): Recipe(" in text


def test_gradients_reach_every_trainable_tensor():
    module = cnnscope.build_torch(cnnscope.load("lenet5").graph)
    module(torch.randn(2, 1, 32, 32)).sum().backward()
    assert all(parameter.grad is not None for parameter in module.parameters())
