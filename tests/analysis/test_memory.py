"""Peak and training memory, against sums done by hand (values of 4 bytes)."""

import pytest

import cnnscope
from tests.pages import analyzed

CONV_RELU = """
| layer | type | maps | kernel | padding | activation |
|-|-|-|-|-|-|
| a | conv | 2 | 3 | 1 | relu |
"""

BRANCHES = """
| layer | type | maps | kernel | from |
|-|-|-|-|-|
| a | conv | 2 | 1 | |
| b | conv | 3 | 1 | a |
| c | conv | 4 | 1 | a |
| d | concat | | | b, c |
"""


def test_vgg16_peaks_where_its_second_convolution_reads_and_writes_64_maps_of_224():
    report = cnnscope.load("vgg16").analyze()
    assert report.peak_activation_bytes == 2 * 64 * 224 * 224 * 4
    assert report.peak.layer == "conv1_2"
    assert dict(report.peak.alive) == {"conv1_1.relu": 12_845_056, "conv1_2": 12_845_056}


def test_a_relu_takes_over_the_memory_of_the_convolution_before_it():
    report = analyzed(CONV_RELU)
    assert (report.peak.layer, report.peak.bytes) == ("a", (16 + 32) * 4)


def test_without_reuse_the_relu_stands_beside_the_convolution():
    report = analyzed(CONV_RELU, in_place=False)
    assert (report.peak.layer, report.peak.bytes) == ("a.relu", (32 + 32) * 4)


def test_a_branch_point_lives_until_its_last_reader_and_a_concat_beside_its_parts():
    report = analyzed(BRANCHES)
    # d: 3 and 4 maps of 4x4 joined into 7.
    assert report.peak.bytes == (48 + 64 + 112) * 4
    assert report.peak.alive == (("b", 192), ("c", 256), ("d", 448))


def test_a_relu_does_not_take_over_a_tensor_that_somebody_still_needs():
    table = "| layer | type | from |\n|-|-|-|\n| p | pad | |\n| r | relu | p |\n| s | add | p, r |\n"
    report = analyzed(table)
    # p and r live side by side; the sum then takes over one of them.
    assert report.peak.bytes == 2 * 16 * 4


def test_a_flatten_whose_input_is_still_read_lies_in_its_memory():
    table = "| layer | type | maps | from |\n|-|-|-|-|\n| p | pad | | |\n| v | flatten | | p |\n| f | fully connected | 2 | v |\n| g | relu | | p |\n"
    for in_place in (True, False):
        report = analyzed(table, in_place=in_place)
        # p and v are the same 16 values, which live until g; f has 2, and g 16 more where it does not write over p.
        assert report.peak.bytes == ((16 + 16) if in_place else (16 + 2 + 16)) * 4


def test_a_memory_lives_as_long_as_its_last_view():
    table = "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| a | conv | 4 | 1 | |\n| v | identity | | | |\n| b | conv | 4 | 1 | a |\n| c | conv | 4 | 1 | b |\n| s | add | | | v, c |\n"
    report = analyzed(table, in_place=False)
    # Of 64 values each: a, as v, lives beside b and c, then beside c and s.
    assert report.peak.alive == (("v", 256), ("b", 256), ("c", 256))
    assert report.peak.bytes == 3 * 256


def test_dropout_does_nothing_in_inference_and_takes_no_memory_of_its_own():
    table = (
        "| layer | type | maps | kernel |\n|-|-|-|-|\n| a | conv | 8 | 1 |\n| d | dropout | | |\n| b | conv | 1 | 1 |\n"
    )
    # in (16) and a (128); a, which is d, and b (16).
    assert analyzed(table, in_place=False).peak.bytes == (16 + 128) * 4


def test_a_slice_is_a_copy():
    table = "| layer | type | maps | kernel | range |\n|-|-|-|-|-|\n| a | conv | 8 | 1 | |\n| s | slice | | | 0:4 |\n| b | conv | 1 | 1 | |\n"
    # a (128) and its first half (64); b reads that alone.
    assert analyzed(table, in_place=False).peak.bytes == (128 + 64) * 4


def test_an_output_that_nobody_reads_lives_to_the_end():
    table = (
        "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| head | conv | 5 | 1 | |\n| out | conv | 1 | 1 | in |\n"
    )
    report = analyzed(table)
    assert report.peak.alive == (("in", 64), ("head", 320), ("out", 64))


@pytest.mark.parametrize("optimizer, copies", [("sgd", 2), ("momentum", 3), ("adam", 4)])
def test_training_keeps_weights_gradients_state_and_saved_tensors(optimizer, copies):
    # 3x3x1x2 weights and 2 biases; backward needs the convolution's input and the relu's output.
    assert analyzed(CONV_RELU, optimizer=optimizer).training_bytes == copies * 20 * 4 + (16 + 32) * 4


def test_a_tensor_that_two_layers_save_counts_once():
    table = "| layer | type | maps | kernel | activation |\n|-|-|-|-|-|\n| a | conv | 2 | 1 | relu |\n| b | conv | 2 | 1 | |\n"
    # in (16), a.relu (32): saved as the relu's output and as b's input.
    assert analyzed(table).saved_bytes == (16 + 32) * 4


def test_masks_and_indices_are_not_scaled_by_the_dtype():
    table = "| type | kernel | p |\n|-|-|-|\n| max pool | 2 | |\n| dropout | | 0.5 |\n"
    # The pool's input as float16, an index of 8 bytes for each of 4 outputs, a mask byte for each of them.
    assert analyzed(table, dtype="float16").saved_bytes == 16 * 2 + 4 * 8 + 4


@pytest.mark.parametrize("dtype, size", [("float32", 4), ("float16", 2), ("bfloat16", 2), ("int8", 1)])
def test_bytes_follow_the_dtype(dtype, size):
    report = analyzed(CONV_RELU, dtype=dtype)
    layer = report.layers[0]
    assert report.weight_bytes == 20 * size
    assert (layer.bytes_read, layer.bytes_written, layer.output_bytes) == ((16 + 20) * size, 32 * size, 32 * size)
    assert report.activation_bytes == 32 * size


def test_a_batch_multiplies_activations_and_arithmetic_but_no_weights():
    one, eight = analyzed(CONV_RELU), analyzed(CONV_RELU, batch=8)
    assert (eight.params, eight.weight_bytes) == (one.params, one.weight_bytes)
    assert (eight.macs, eight.flops, eight.activation_bytes) == (8 * one.macs, 8 * one.flops, 8 * one.activation_bytes)
    assert eight.peak_activation_bytes == 8 * one.peak_activation_bytes
    assert eight.input_shape == (8, 1, 4, 4)


def test_intensity_is_operations_per_byte_moved():
    # 32 outputs x 9 multiply-adds of two operations, 32 bias adds; 36 values read, 32 written.
    assert analyzed(CONV_RELU).layers[0].intensity == pytest.approx((2 * 288 + 32) / (68 * 4))


def test_an_element_wise_row_stores_its_output_where_somebody_still_reads_its_input():
    table = (
        "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| a | conv | 2 | 1 | |\n| r | relu | | | a |\n"
        "| s | tanh | | | a |\n| c | concat | | | r, s |\n"
    )
    # a, r and s of 32 values each, c of 64; r and s are rows of their own beside each other.
    assert analyzed(table).activation_bytes == (32 + 32 + 32 + 64) * 4


def test_a_pre_activation_row_counts_one_output():
    table = "| layer | type | maps | kernel | from |\n|-|-|-|-|-|\n| a | conv | 2 | 1 | |\n| b | bn relu conv | 2 | 1 | a |\n| c | add | | | a, b |\n"
    assert analyzed(table).activation_bytes == 3 * 32 * 4


def test_a_flatten_row_saves_nothing_that_is_saved_already():
    table = "| layer | type | maps | kernel | activation |\n|-|-|-|-|-|\n| a | conv | 2 | 1 | relu |\n{flat}| f | fully connected | 3 | | |\n"
    with_row = analyzed(table.replace("{flat}", "| v | flatten | | | |\n"))
    assert with_row.saved_bytes == analyzed(table.replace("{flat}", "")).saved_bytes == (16 + 32) * 4
