extension ResNet18 {
  public func pytorchModule(channels: Int) -> [String] {
    var lines = [
      "import torch", "import torchvision", "", "encoder = torchvision.models.resnet18()",
    ]
    let isSmall = options.stem == .small
    if isSmall || channels != 3 {
      let geometry = isSmall ? "3, padding=1" : "7, stride=2, padding=3"
      lines.append("encoder.conv1 = torch.nn.Conv2d(\(channels), 64, \(geometry), bias=False)")
    }
    if isSmall { lines.append("encoder.maxpool = torch.nn.Identity()") }
    return lines + ["encoder.fc = torch.nn.Identity()"]
  }
}
