"""Writes clip.h5: gradients clipped by their common l2 norm, as PyTorch's clip_grad_norm_ does.

The gradient is `small_network.noise_vector(10)`; its running statistics do not count. The largest
norm allowed is in turn below, just below and above the gradient's.
"""

import sys
from pathlib import Path

import torch
from torch.nn.utils import clip_grad_norm_

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref
import small_network as net


def main() -> None:
    with ref.create_beside(__file__) as file:
        for name, largest in (("strong", 0.5), ("weak", 8.0), ("none", 100.0)):
            parameters = net.parameters(net.noise_vector(1), torch.float64)
            for entry, parameter in parameters.items():
                parameter.grad = torch.from_numpy(net.noise(10, entry)).reshape(parameter.shape)
            norm = clip_grad_norm_(parameters.values(), largest)
            print(f"  {name}: norm {norm:.6f}, at most {largest}")
            clipped = torch.cat([parameter.grad.flatten() for parameter in parameters.values()])
            file.create_dataset(name, data=clipped.numpy()).attrs.update(
                largest=largest, norm=norm.item()
            )


if __name__ == "__main__":
    main()
