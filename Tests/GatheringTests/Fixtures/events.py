"""Writes events.tfevents with TensorBoard's own writer and messages: what EventFile.swift has to
write, byte for byte."""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.text.summary import text_pb
from tensorboard.summary.writer.record_writer import RecordWriter

Value = Summary.Value
SCALARS = {
    0: [Value(tag="accuracy/image", simple_value=0.1)],
    1: [Value(tag="loss/image", simple_value=2.75), Value(tag="views", simple_value=0)],
    # Two bytes of a varint, and the ends of Float32.
    300: [Value(tag="loss/image", simple_value=-3.4028234663852886e38),
          Value(tag="größer", simple_value=float("inf"))],
}

with open(Path(__file__).parent / "events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    writer.write(Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString())
    job = text_pb("job", "```yaml\n" + "name: demo\n" * 20 + "```\n")
    writer.write(Event(wall_time=1.7e9, summary=job).SerializeToString())
    for step, values in SCALARS.items():
        event = Event(wall_time=1.7e9 + step / 8, step=step, summary=Summary(value=values))
        writer.write(event.SerializeToString())
