"""Small files of every kind that Motet reads, which libFuzzer makes mutants of.

`make(motet, work)` fills `work/READER/base`, the folder in which a reader reads, and
`work/READER/corpus`. Sealed files come without their seal.
"""

import ctypes
import gzip
import os
import pathlib
import shutil
import struct
import subprocess
import wave

import h5py
import numpy as np
from PIL import Image

SEAL = len("\nmotet sha256 ") + 64
JOB = """
name: fuzz
seed: 3
data: { image: ../data.h5, audio: ../data.h5 }
clients: { count: 4, alpha: 1 }
encoder: { name: vit, input: 16, patch: 8, width: 32, depth: 1, heads: 1, mlp: 32, hidden: 32 }
training: { local_epochs: 1, batch: 8, smallest_batch: 2, optimizer: { name: sgd, momentum: 0 } }
federation: { rounds: 2, participation: 100%, aggregator: { name: scaffold } }
monitor: { every: 1, knn: { k: 5 } }
views:
  image: { crop: { area: [0.2, 1], aspect: [0.75, 1.5] }, blur: { kernel: 3, sigma: [0.1, 2] } }
  audio: { preset: spectral, bins: 32, seconds: 0.5 }
shards: shards
results: run
"""
SWEEP = """
name: fuzz
base: job.yaml
results: sweep
sweep:
  grid: { clients.alpha: [0.1, 1] }
  zip:
    - training.rate: [0.01, 0.02]
      label.rate: [low, high]
  seeds: [1, 2]
evaluations:
  - { name: knn, data: ../data.h5, modality: image, k: 5, temperature: 0.1 }
"""
EVALUATIONS = """
- { name: knn, data: ../data.h5, modality: image, k: 5 }
- { name: linear, data: ../data.h5, modality: audio, epochs: 2, rate: 0.03, batch: 8, views: true }
- { name: finetune, data: ../data.h5, modality: image, epochs: 1, batch: 8 }
"""
#: libsndfile's formats: container, encoding, ending.
SOUNDS = {"flac": 0x170002, "aiff": 0x020002, "au": 0x030002, "caf": 0x180002, "w64": 0x0B0002,
          "rf64": 0x220002, "voc": 0x080002, "ogg": 0x200060, "ima": 0x010012, "ulaw": 0x010010,
          "float": 0x010006, "24": 0x010003, "rifx": 0x20010002}


class Corpora:
    def __init__(self, motet, work):
        self.motet, self.work = str(motet), pathlib.Path(work)

    def run(self, *arguments, at):
        environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1")
        result = subprocess.run([self.motet, *map(str, arguments)], cwd=at, env=environment,
                                capture_output=True, text=True)
        if result.returncode:
            raise SystemExit(f"motet {' '.join(map(str, arguments))}: {result.stderr}")

    def reader(self, name, seeds, base=None, sealed=False):
        """A reader's folder, a copy of `base`, and its corpus: bytes, or paths to them."""
        folder = self.work / name
        if base:
            shutil.copytree(base, folder / "base", symlinks=True)
        else:
            (folder / "base").mkdir(parents=True)
        (folder / "corpus").mkdir()
        for number, seed in enumerate(seeds):
            content = seed if isinstance(seed, bytes) else pathlib.Path(seed).read_bytes()
            (folder / "corpus" / str(number)).write_bytes(content[:-SEAL] if sealed else content)

    def make(self):
        (self.work / "made").mkdir(parents=True)
        self.media()
        self.stores()
        self.runs()
        self.settings()
        self.importers()

    # Pictures and sounds

    def media(self):
        made = self.work / "made"
        random = np.random.default_rng(1)
        pixels = random.integers(0, 256, (9, 11, 4), dtype=np.uint8)
        pictures = []
        for mode, ending, options in [
                ("RGB", "jpg", {}), ("RGB", "jpg", {"progressive": True}), ("L", "jpg", {}),
                ("CMYK", "jpg", {}), ("RGB", "png", {}), ("RGBA", "png", {}), ("L", "png", {}),
                ("LA", "png", {}), ("P", "png", {}), ("1", "png", {}), ("I;16", "png", {})]:
            path = made / f"{len(pictures)}.{ending}"
            if mode == "I;16":
                image = Image.fromarray(pixels[..., 0].astype(np.uint16) * 200)
            else:
                image = Image.fromarray(pixels, "RGBA").convert("RGB").convert(mode)
            image.save(path, **options)
            pictures.append(path)
        self.reader("picture", pictures)
        fixtures = pathlib.Path(__file__).parent.parent / "MediaTests/Fixtures"
        sounds = [fixtures / name for name in ["vbr.mp3", "cbr.mp3", "tone.ogg"]]
        for name, kind in SOUNDS.items():
            path = made / f"{name}.sound"
            write_sound(path, kind)
            sounds.append(path)
        with wave.open(str(made / "tone.wav"), "wb") as file:
            file.setparams((2, 2, 22_050, 0, "NONE", ""))
            file.writeframes(tone(1_000).astype("<i2").repeat(2).tobytes())
        self.reader("sound", sounds + [made / "tone.wav"])

    # Files of Motet's own

    def stores(self):
        made = self.work / "made"
        for name, images, sounds in [("both", 8, 8), ("image", 8, 0), ("audio", 0, 8)]:
            self.run("data", "synthesize", "--to", f"{name}.h5", "--images", images, "--sounds",
                     sounds, "--classes", 2, "--side", 16, at=made)
        self.run("data", "outline", "fsdd", "--to", "outline.h5", at=made)
        # Of modalities that this Motet does not know: any numbers.
        with h5py.File(made / "image.h5") as known, h5py.File(made / "odd.h5", "w") as file:
            for name, value in known.attrs.items():
                file.attrs[name] = value
            file.create_group("statistics")
            numbers = np.array([1, 3e38, -3e38, np.inf, np.nan, 0], dtype=np.float32)
            for name, form in [("maps", "dense float32"), ("waves", "ragged float32")]:
                file[f"classes/{name}"] = np.array([b"a"])
                file[f"train/{name}/label"] = np.zeros(1, np.int32)
                file[f"train/{name}"].attrs["form"] = form
            file["train/maps/pixels"] = numbers.reshape(1, 2, 3, 1)
            file["train/waves/samples"] = numbers
            file["train/waves/offset"] = np.array([0, 6])
        self.reader("store", [made / f"{name}.h5"
                              for name in ["both", "image", "audio", "outline", "odd"]])

    def runs(self):
        home = self.work / "made/home"
        home.mkdir()
        self.run("data", "synthesize", "--to", "../data.h5", "--images", 24, "--sounds", 16,
                 "--classes", 2, "--side", 16, at=home)
        (home / "job.yaml").write_text(JOB)
        (home / "sweep.yaml").write_text(SWEEP)
        self.run("shard", "job.yaml", at=home)
        self.run("run", "job.yaml", at=home)
        self.run("evaluate", "run", "--task", "knn", "--data", "../data.h5", "--set",
                 "modality=image", "--set", "k=5", at=home)
        self.run("embed", "run", "--data", "../data.h5", at=home)
        self.run("gather", "run", "--to", "gathered.h5", at=home)
        run = home / "run"
        evaluation = next((run / "evaluations").glob("knn-*.h5"))
        evaluation.rename(run / "evaluations/knn.h5")
        checkpoint = run / "checkpoint-000002.h5"
        kept = run / "clients/client-000000-round-000002.h5"
        for name in ["shard-manifest", "shard-samples"]:
            file = "manifest.h5" if name == "shard-manifest" else "clients-0000.h5"
            self.reader(name, [home / "shards" / file], base=home)
        self.reader("checkpoint", [checkpoint], sealed=True)
        self.reader("client-state", [kept], base=home, sealed=True)
        shutil.copytree(run, home / "whole")
        for name, file in [("results", run / "results.h5"),
                           ("evaluation", run / "evaluations/knn.h5"),
                           ("embeddings", run / "embeddings/round-000002.h5"),
                           ("gathered", home / "gathered.h5")]:
            self.reader(name, [file], base=home, sealed=True)
        shutil.rmtree(home / "whole")
        sweep = home / "sweep"
        sweep.mkdir()
        shutil.copytree(run, sweep / "cell-1")
        manifest = ('{"version": 1, "name": "fuzz", "cells": [{"cell": 1, "id": "0123456789ab", '
                    '"folder": "cell-1", "labels": {"rate": "low"}, "job": "{}"}]}')
        self.reader("sweep-manifest", [manifest.encode()], base=home)
        shutil.rmtree(sweep)

    def settings(self):
        home = self.work / "made/home"
        self.reader("job", [JOB.encode()], base=home)
        shutil.copy(self.work / "made/data.h5", self.work / "job/base/data.h5")
        self.reader("speeds", [b'{"processor": "x", "instruction_set": "AVX2", '
                               b'"seconds": {"view": 1.5e-4, "step": 0.25}}'])
        self.reader("sweep", [SWEEP.encode()], base=home)
        self.reader("evaluations", [EVALUATIONS.encode()], base=home)
        self.reader("partition", [b"sample,client\n0,1\n1,3\n2,0\n3,1\n4,1\n5,2\n",
                                  b'client,sample,"a, b"\r\n3,5,"x ""y"""\r\n'])

    # Data sets as their makers lay them out

    def importers(self):
        made = self.work / "made"
        sound = made / "clip.wav"
        with wave.open(str(sound), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", ""))
            file.writeframes(tone(200).astype("<i2").tobytes())
        Image.new("RGB", (64, 64), (10, 200, 30)).save(made / "clip.jpg")

        root = made / "sets"
        cifar = root / "cifar10"
        cifar.mkdir(parents=True)
        record = bytes([3]) + bytes(range(256)) * 12
        for name in [f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"]:
            (cifar / name).write_bytes(record * 2)
        (cifar / "batches.meta.txt").write_text("".join(f"class {n}\n" for n in range(10)))
        self.reader("cifar10", [cifar / "data_batch_1.bin"], base=root)
        self.reader("cifar10-classes", [cifar / "batches.meta.txt"], base=root)

        mnist = root / "mnist"
        mnist.mkdir()
        images = struct.pack(">4i", 2051, 2, 28, 28) + bytes(2 * 28 * 28)
        labels = struct.pack(">2i", 2049, 2) + bytes([1, 0])
        (mnist / "train-images-idx3-ubyte").write_bytes(images)
        (mnist / "train-labels-idx1-ubyte").write_bytes(labels)
        (mnist / "t10k-images-idx3-ubyte").write_bytes(images)
        (mnist / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels, mtime=0))
        self.reader("mnist", [mnist / "train-images-idx3-ubyte"], base=root)
        self.reader("mnist-gzip", [mnist / "t10k-labels-idx1-ubyte.gz"], base=root)

        esc = root / "esc50"
        (esc / "meta").mkdir(parents=True)
        (esc / "audio").mkdir()
        lines = ["filename,fold,target,category,esc10,src_file,take"]
        for number in range(4):
            shutil.copy(sound, esc / f"audio/{number}.wav")
            lines.append(f"{number}.wav,{1 + 4 * (number % 2)},{number // 2},c{number // 2},"
                         f"False,{number},A")
        (esc / "meta/esc50.csv").write_text("\n".join(lines) + "\n")
        self.reader("esc50", [esc / "meta/esc50.csv"], base=root)

        epic = root / "epicsounds"
        epic.mkdir()
        head = ("annotation_id,participant_id,video_id,start_timestamp,stop_timestamp,"
                "start_sample,stop_sample,description,class,class_id\n")
        row = "P01_01_{0},P01,P01_01,0,1,{0}0,{0}90,word,c{1},{1}\n"
        table = head + "".join(row.format(n, n % 2) for n in range(1, 4))
        for name in ["train", "validation"]:
            (epic / f"EPIC_Sounds_{name}.csv").write_text(table)
        with h5py.File(epic / "EPIC_audio.hdf5", "w") as file:
            file["P01_01"] = (tone(800) / 32768).astype(np.float32)
        self.reader("epicsounds", [epic / "EPIC_Sounds_train.csv"], base=root)
        self.reader("epicsounds-audio", [epic / "EPIC_audio.hdf5"], base=root)

        vgg = root / "vggsound"
        (vgg / "audio").mkdir(parents=True)
        rows = []
        for number, split in enumerate(["train", "test", "train", "test"]):
            shutil.copy(sound, vgg / f"audio/abc_{number:06}.wav")
            rows.append(f'abc,{number},"class {number // 2}, x",{split}\n')
        (vgg / "vggsound.csv").write_text("".join(rows))
        self.reader("vggsound", [vgg / "vggsound.csv"], base=root)

        tiny = root / "tinyimagenet"
        for wnid in ["n01", "n02"]:
            (tiny / f"train/{wnid}/images").mkdir(parents=True)
            shutil.copy(made / "clip.jpg", tiny / f"train/{wnid}/images/{wnid}_0.JPEG")
        (tiny / "val/images").mkdir(parents=True)
        for number in range(2):
            shutil.copy(made / "clip.jpg", tiny / f"val/images/val_{number}.JPEG")
        (tiny / "wnids.txt").write_text("n01\nn02\n")
        (tiny / "words.txt").write_text("n01\tone\nn02\ttwo\n")
        (tiny / "val/val_annotations.txt").write_text(
            "val_0.JPEG\tn01\t0\t0\t62\t57\nval_1.JPEG\tn02\t3\t3\t59\t55\n")
        self.reader("tinyimagenet", [tiny / "val/val_annotations.txt"], base=root)

        speech = root / "speechcommands"
        for word in ["bed", "cat"]:
            (speech / word).mkdir(parents=True)
            for number in range(3):
                shutil.copy(sound, speech / word / f"{number}a_nohash_0.wav")
        (speech / "validation_list.txt").write_text("bed/0a_nohash_0.wav\ncat/0a_nohash_0.wav\n")
        (speech / "testing_list.txt").write_text("bed/1a_nohash_0.wav\ncat/1a_nohash_0.wav\n")
        self.reader("speechcommands", [speech / "testing_list.txt"], base=root)

        advance = made / "advance"
        for kind, file in [("vision", "clip.jpg"), ("sound", "clip.wav")]:
            for number in range(4):
                folder = advance / kind / f"class {number // 2}"
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(made / file, folder / f"{number:05}{pathlib.Path(file).suffix}")
        self.run("data", "import", "advance", "--from", "advance", "--to", "pairs.h5", "--size", 8,
                 at=made)
        self.reader("pair-store", [made / "pairs.h5"])
        self.journal(sound)

    def journal(self, sound):
        """An import's journal is there where it ended early: here for a damaged file."""
        self.reader("journal", [])
        base = self.work / "journal/base"
        for name in ["a", "b"]:
            (base / "sounds" / name).mkdir(parents=True)
            shutil.copy(sound, base / f"sounds/{name}/1.wav")
            shutil.copy(sound, base / f"sounds/{name}/2.wav")
        # The journal of a failed import is kept from 4 MiB on.
        long = base / "sounds/a/long.wav"
        with wave.open(str(long), "wb") as file:
            file.setparams((1, 2, 16_000, 0, "NONE", ""))
            file.writeframes(bytes(5 << 20))
        bad = base / "sounds/b/bad.wav"
        bad.write_bytes(b"RIFF")
        subprocess.run([self.motet, "data", "import", "sound-folder", "--from", base / "sounds",
                        "--to", base / "store.h5"], capture_output=True)
        kept = base / ".store.h5.import"
        content = kept.read_bytes()
        for path in [kept, long, bad]:
            path.unlink()
        # The records of the short sounds are before the long one's, which is cut.
        (self.work / "journal/corpus/0").write_bytes(content[:4096])


def tone(count):
    return 12_000 * np.sin(np.arange(count) / 5)


def write_sound(path, kind):
    """A short sound by libsndfile."""
    library = ctypes.CDLL("libsndfile.so.1")
    library.sf_open.restype = ctypes.c_void_p
    library.sf_writef_float.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    library.sf_close.argtypes = [ctypes.c_void_p]

    class Info(ctypes.Structure):
        _fields_ = [("frames", ctypes.c_int64), *(
            (name, ctypes.c_int)
            for name in ("rate", "channels", "format", "sections", "seekable"))]

    info = Info(0, 16_000, 1, kind, 0, 0)
    file = library.sf_open(str(path).encode(), 0x20, ctypes.byref(info))
    assert file, f"{path} cannot be written"
    samples = np.ascontiguousarray(tone(1_000) / 32_768, dtype=np.float32)
    library.sf_writef_float(file, samples.ctypes.data, len(samples))
    library.sf_close(file)
