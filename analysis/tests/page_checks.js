// What is wrong with the page as it is shown, a line each; run in the page by page_checks.py.
(width => {
  const problems = [];
  const report = (element, what) => {
    const text = (element.textContent || element.getAttribute?.("aria-label") || "").trim();
    problems.push(`${element.tagName.toLowerCase()} "${text.slice(0, 40)}": ${what}`);
  };

  // A colour as [red, green, blue, alpha], 0 to 1.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = text => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map(value => value / 255);
  };
  const over = (top, bottom) =>
    [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
  // WCAG 2.1: relative luminance, and the contrast of two.
  const luminance = own => {
    const [r, g, b] = own.map(value =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  // What an element stands on: the colours of those around it, up to the page's own.
  const root = document.createElement("div");
  root.style.backgroundColor = "Canvas";
  document.body.append(root);
  const paper = colour(getComputedStyle(root).backgroundColor);
  root.remove();
  const background = element => {
    const layers = [];
    for (let own = element; own; own = own.parentElement) {
      const style = getComputedStyle(own);
      if (style.backgroundImage !== "none") report(element, "stands on a picture");
      layers.unshift(colour(style.backgroundColor));
    }
    return layers.reduce((below, layer) => over(layer, below), paper);
  };
  const opacity = element => {
    let product = 1;
    for (let own = element; own; own = own.parentElement) product *= getComputedStyle(own).opacity;
    return product;
  };
  const judge = (element, paint, alpha, least, what) => {
    const below = background(element);
    const own = colour(paint);
    own[3] *= alpha * opacity(element);
    const found = contrast(over(own, below), below);
    if (found < least) report(element, `${what} has a contrast of ${found.toFixed(2)}, not ${least}`);
  };
  const isShown = element => element.checkVisibility() && element.getClientRects().length > 0;

  document.querySelectorAll("details").forEach(own => { own.open = true; });

  // Every word.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = texts.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || !isShown(element)) continue;
    const style = getComputedStyle(element);
    const isDrawn = element instanceof SVGElement;
    judge(
      element, isDrawn ? style.fill : style.color, isDrawn ? style.fillOpacity : 1, 4.5, "its text");
    const matrix = isDrawn ? element.getScreenCTM() : { a: 1, b: 0 };
    const size = parseFloat(style.fontSize) * Math.hypot(matrix.a, matrix.b);
    if (size < 9) report(element, `its text is ${size.toFixed(1)} pixels high, not 9`);
  }

  // Every line and marker of a drawing; what is half transparent is a shade behind them.
  for (const shape of document.querySelectorAll("svg :is(path, use, line, rect, circle, polygon)")) {
    if (shape.closest("defs, clipPath") || !isShown(shape)) continue;
    const style = getComputedStyle(shape);
    const box = shape.getBBox();
    if (style.stroke !== "none" && parseFloat(style.strokeWidth) > 0) {
      judge(shape, style.stroke, style.strokeOpacity, 3, "its line");
    }
    if (style.fill !== "none" && style.fillOpacity >= 0.5 && box.width > 0 && box.height > 0) {
      judge(shape, style.fill, style.fillOpacity, 3, "its area");
    }
  }

  // Every picture.
  for (const picture of document.images) {
    if (!picture.complete || !picture.naturalWidth) report(picture, "was not loaded");
    if (!picture.alt.trim()) report(picture, "has no alternative text");
  }
  for (const drawing of document.querySelectorAll("svg:not(svg svg)")) {
    if (drawing.getAttribute("aria-hidden") === "true") continue;
    if (drawing.getAttribute("role") !== "img" || !drawing.getAttribute("aria-label")?.trim()) {
      report(drawing, "has no alternative text");
    }
  }

  // Links within the page lead somewhere, and to one place.
  const names = [...document.querySelectorAll("[id]")].map(own => own.id);
  for (const name of names.filter((own, i) => names.indexOf(own) !== i)) {
    problems.push(`the name "${name}" is there twice`);
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) report(link, "leads nowhere");
  }

  // Nothing sticks out.
  if (innerWidth !== width) problems.push(`the page is laid out ${innerWidth} pixels wide, not ${width}`);
  const wide = document.documentElement.scrollWidth;
  if (wide > width) problems.push(`the page is ${wide} pixels wide in a window of ${width}`);
  return problems;
})
