import Catalogues
import Datasets
import Foundation
import Machines
import Media
import TestSupport
import Testing

/// Arrays become stores; what the reader itself refuses is in `analysis/tests/test_records.py`.
@Suite(.serialized) struct ArraysTests {
  @Test func picturesWithSplits() throws {
    try withTemporaryFolder { folder in
      try writeByPython(
        """
        x = numpy.arange(5 * 2 * 2 * 3, dtype='u1').reshape(5, 2, 2, 3)
        numpy.savez('x.npz', x_train=x[:3], y_train=[4, 1, 4], x_test=x[3:], y_test=[1, 1])
        """, in: folder)
      let store = try importTree(["name": "arrays"], "\(folder)/x.npz").store
      #expect(store.classes("image") == ["1", "4"])
      #expect(try store.labels("image", split: "train") == [1, 0, 1])
      let all = try bytes(store.load("image", split: "train", rows: 0..<3)).joined()
      #expect(Array(all) == (0..<36).map { UInt8($0) })
      #expect(
        try store.names("image", split: "test").map(Array.init) == [
          "x.npz#x_test/0", "x.npz#x_test/1",
        ])
    }
  }

  /// The share is that of folders.
  @Test func dataWithoutSplitsArePartedByClass() throws {
    try withTemporaryFolder { folder in
      try writeByPython(
        """
        os.mkdir('data')
        numpy.save('data/x.npy', numpy.zeros((20, 4, 4), 'u1'))
        numpy.save('data/y.npy', [0] * 10 + [1] * 10)
        """, in: folder)
      let settings: Tree = [
        "name": "arrays", "samples": "x.npy", "labels": "y.npy", "test_share": 0.3, "size": 2,
      ]
      let store = try importTree(settings, "\(folder)/data").store
      #expect(store.count("image", "train") == 14 && store.count("image", "test") == 6)
      #expect(try store.labels("image", split: "test").count { $0 == 0 } == 3)
      #expect(try store.shape("image", split: "train") == [2, 2, 3])
    }
  }

  /// Sounds at the stored rate keep their 16 bits.
  @Test func soundsWithSpeakers() throws {
    try withTemporaryFolder { folder in
      try writeByPython(
        """
        with h5py.File('x.h5', 'w') as file:
            file['train/clip'] = numpy.array([[1, -2, 32767, -32768]], 'i2')
            file['train/word'], file['train/who'] = ['yes'], ['ann']
        """, in: folder)
      let settings: Tree = [
        "name": "arrays", "samples": "{split}/clip", "labels": "{split}/word",
        "groups": "{split}/who", "rate": 16_000,
      ]
      let store = try importTree(settings, "\(folder)/x.h5").store
      #expect(try values(store, 0) == [1, -2, 32_767, -32_768])
      #expect(try store.grouping("audio", split: "train")?.names == ["ann"])
    }
  }

  /// Files within files are decoded here, and what cannot be is said of its row.
  @Test func filesInHDF5() throws {
    try withTemporaryFolder { folder in
      try writePicture("\(folder)/1.png", Colour(1, 2, 3))
      try writeByPython(
        """
        with h5py.File('x.hdf5', 'w') as file:
            rows = file.create_dataset('file', (2,), h5py.vlen_dtype('u1'))
            rows[0] = numpy.fromfile('1.png', 'u1')
            rows[1] = rows[0][:40]
            file['label'] = [0, 0]
        """, in: folder)
      let settings: Tree = [
        "name": "arrays", "samples": "file", "labels": "label", "modality": "image",
        "test_share": 0,
      ]
      let said = refusal(settings, "\(folder)/x.hdf5")
      #expect(said.hasPrefix("\(folder)/x.hdf5#file/1: "), "\(said)")
      let kept = try importTree(settings, "\(folder)/x.hdf5", skipDamaged: true)
      #expect(kept.damaged.count == 1 && kept.store.count("image", "train") == 1)
      #expect(
        try bytes(kept.store.load("image", split: "train", rows: 0..<1))
          == [Picture(width: 6, height: 6, colour: Colour(1, 2, 3)).pixels])
    }
  }

  @Test func whatTheReaderRefusesIsOneLine() throws {
    try withTemporaryFolder { folder in
      try writeByPython(
        "numpy.savez('x.npz', x_train=numpy.zeros((3, 2, 2), 'u1'), y_train=[0, 1])", in: folder)
      #expect(
        refusal(["name": "arrays"], "\(folder)/x.npz")
          == "\(folder)/x.npz:y_train: 2 values for the 3 samples of \(folder)/x.npz:x_train")
      #expect(
        refusal(["name": "arrays"], "\(folder)/y.npz")
          == "\(folder)/y.npz: there is no such folder or file")
      #expect(
        refusal(["name": "arrays", "test_share": 1], "\(folder)/x.npz")
          == "test_share: 100 % is not a share from 0 %, below 100 %")
    }
  }
}
