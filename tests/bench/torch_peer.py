"""A peer for make bench: VGG-16 as torch layers, counted on the meta device, where nothing is computed."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

layers: list[nn.Module] = []
channels = 3
for maps, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
    for _ in range(count):
        layers += [nn.Conv2d(channels, maps, 3, padding=1), nn.ReLU()]
        channels = maps
    layers.append(nn.MaxPool2d(2))
with torch.device("meta"):
    network = nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(25_088, 4096),
        nn.ReLU(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Linear(4096, 1000),
    ).to("meta")
    with FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 3, 224, 224))
print(sum(p.numel() for p in network.parameters()), counter.get_total_flops() // 2)
