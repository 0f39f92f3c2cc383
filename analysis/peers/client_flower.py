"""Flower's clients: one that trains, and one that returns what it was sent.

A module of its own, so that Ray's workers import it by name and keep its model and images.
"""

from functools import lru_cache
from typing import Any, cast

import torch
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from client_pytorch import SimCLR, client_images, contiguous_state, make_model, train_one_epoch

training_app = ClientApp()
null_app = ClientApp()


@lru_cache(maxsize=1)
def process_model(input: int) -> SimCLR:
    torch.set_num_threads(1)
    return make_model(input)


@training_app.train()
def train(message: Message, context: Context) -> Message:
    config: Any = message.content["config"]
    arrays: Any = message.content["arrays"]
    client = int(cast(int, context.node_config["partition-id"]))
    clients = int(cast(int, context.node_config["num-partitions"]))
    images = client_images(config["store"], client, clients)
    if config["server-round"] <= config["warmup"]:
        images = images[: config["warmup-samples"]]
    model = process_model(config["input"])
    model.load_state_dict(arrays.to_torch_state_dict())
    torch.manual_seed(config["server-round"] * clients + client)
    loss = train_one_epoch(model, images, config["batch"])
    reply = RecordDict({
        "arrays": ArrayRecord(contiguous_state(model)),
        "metrics": MetricRecord({"num-examples": len(images), "loss": loss}),
    })
    return Message(reply, reply_to=message)


@null_app.train()
def return_unchanged(message: Message, context: Context) -> Message:
    reply = RecordDict({
        "arrays": message.content["arrays"], "metrics": MetricRecord({"num-examples": 1}),
    })
    return Message(reply, reply_to=message)
