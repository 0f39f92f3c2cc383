import Tensors

/// Images -> tokens: each square patch through one linear layer, plus its position's learned
/// vector; before them a class token where there is one (timm's `PatchEmbed`, `pos_embed`,
/// `cls_token`).
public struct PatchEmbedding: Sendable {
  public let classToken: Range<Int>?
  let positions: Range<Int>
  let weight: Range<Int>
  let bias: Range<Int>
  /// Tokens of an image, the class token included.
  public let tokens: Int
  private let input: Int
  private let channels: Int
  private let patch: Int
  private let width: Int

  public init(
    _ prefix: String, _ layout: inout ParameterLayout, input: Int, channels: Int, patch: Int,
    width: Int,
    classToken: Bool
  ) {
    precondition(input % patch == 0, "patches of \(patch) in \(input)")
    self.input = input
    self.channels = channels
    self.patch = patch
    self.width = width
    let patches = (input / patch) * (input / patch)
    tokens = patches + (classToken ? 1 : 0)
    self.classToken = classToken ? layout.add("\(prefix)cls_token", [1, 1, width]) : nil
    positions = layout.add("\(prefix)pos_embed", [1, tokens, width])
    weight = layout.add(
      "\(prefix)patch_embed.proj.weight", [width, channels, patch, patch], order: .convolution)
    bias = layout.add("\(prefix)patch_embed.proj.bias", [width])
  }

  /// Values of a patch.
  private var patchCount: Int { patch * patch * channels }
  /// The place of the first patch among an image's tokens.
  private var firstPatch: Int { classToken == nil ? 0 : 1 }

  /// Views (plain) -> tokens [images · tokens, width].
  public func forward(_ views: FeatureMap, _ parameters: ParameterVector, _ engine: Engine)
    -> Matrix
  {
    let y = Matrix(engine.pool, rows: views.images * tokens, columns: width)
    let packed = engine.packed(
      parameters[weight].baseAddress!, inner: patchCount, columns: width)
    for image in 0..<views.images {
      let own = y[image * tokens..<(image + 1) * tokens]
      own.pointer.update(from: parameters[positions].baseAddress!, count: own.floats.count)
      if let classToken {
        engine.kernels.add(width, parameters[classToken].baseAddress!, own.pointer)
      }
      let rows = own[firstPatch..<tokens]
      for row in 0..<rows.rows {
        engine.kernels.add(width, parameters[bias].baseAddress!, rows.pointer + row * width)
      }
      engine.product(
        patches(views, image, engine), packed, start: rows.pointer, startStride: width, into: rows)
    }
    return y
  }

  /// Adds the parameters' gradients.
  public func backward(
    _ dy: Matrix, _ views: FeatureMap, into gradient: ParameterVector, _ engine: Engine
  ) {
    for image in 0..<views.images {
      let own = dy[image * tokens..<(image + 1) * tokens]
      engine.kernels.add(
        own.floats.count, own.pointer, gradient[positions].baseAddress!)
      if let classToken {
        engine.kernels.add(width, own.pointer, gradient[classToken].baseAddress!)
      }
      let rows = own[firstPatch..<tokens]
      for row in 0..<rows.rows {
        engine.kernels.add(width, rows.pointer + row * width, gradient[bias].baseAddress!)
      }
      engine.product(
        rows: patchCount, columns: width, inner: rows.rows,
        patches(views, image, engine).pointer, aTransposed: true, rows.pointer,
        into: gradient[weight].baseAddress!, accumulate: true)
    }
  }

  /// An image's patches as rows: [patches][row][column][channel].
  private func patches(_ views: FeatureMap, _ image: Int, _ engine: Engine) -> Matrix {
    precondition(
      views.layout == .plain && views.height == input && views.width == input
        && views.channels == channels,
      "views of [\(views.height), \(views.width), \(views.channels)] for [\(input), \(input), \(channels)]"
    )
    let across = input / patch
    let result = Matrix(engine.pool, rows: across * across, columns: patchCount)
    let run = patch * channels
    for top in 0..<across {
      for left in 0..<across {
        let to = result.pointer + (top * across + left) * patchCount
        let from =
          views.pointer + image * views.imageCount + (top * patch * input + left * patch) * channels
        for row in 0..<patch {
          (to + row * run).update(from: from + row * input * channels, count: run)
        }
      }
    }
    return result
  }

  /// Floating-point operations of one image's forward pass.
  public var operations: Double {
    2 * Double((tokens - firstPatch) * patchCount * width)
  }
}
