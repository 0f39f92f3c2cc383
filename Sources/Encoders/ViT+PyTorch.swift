extension ViT {
  /// The last norm keeps its name where tokens are averaged: with timm's own choice (`fc_norm`) it
  /// would have another, and a loader that is not strict would leave it out.
  public func pytorchModule(channels: Int) -> [String] {
    [
      "from timm.models.vision_transformer import VisionTransformer", "",
      "encoder = VisionTransformer(",
      "    img_size=\(options.input), patch_size=\(options.patch), in_chans=\(channels), "
        + "embed_dim=\(options.width), depth=\(options.depth),",
      "    num_heads=\(options.heads), mlp_ratio=\(options.mlp) / \(options.width), num_classes=0, "
        + "class_token=\(options.classToken ? "True" : "False"),",
      "    global_pool=\"\(options.classToken ? "token" : "avg")\", fc_norm=False)",
    ]
  }
}
