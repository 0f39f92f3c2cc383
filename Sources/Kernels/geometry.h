// Sizes of pieces that stay in the caches. They change speed, never bits.
#pragma once

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static inline int motet_out(int side, MotetConvolution s) {
  return (side + 2 * s.padding - s.kernel) / s.stride + 1;
}
// Places of a picture, and of what comes out of it.
static inline long motet_inputs(MotetConvolution s) { return (long)s.height * s.width; }
static inline long motet_outputs(MotetConvolution s) {
  return (long)motet_out(s.height, s) * motet_out(s.width, s);
}
static inline long motet_round_up(long x, long unit) { return (x + unit - 1) / unit * unit; }

// The stride of rows of `columns` values: never a multiple of 512 bytes, at which rows would fall
// into the same few sets of the first-level cache.
static inline long motet_row_stride(long columns) { return columns % 128 ? columns : columns + 16; }

// Whether `count` floats are too many for the caches to hold until they are read again.
static inline int motet_is_far(long count) { return count > 2 * 1024 * 1024; }

// Rows of a product's left side that stay in the second-level cache: a quarter of a MiB.
static inline long motet_product_rows(long k) { return motet_round_up(MAX(64 * 1024 / k, 48), 12); }

// Tiles of 4 x 4 outputs, cut at the lower and right edges.
typedef struct {
  int rows, columns;  // an image
  long count;         // all images
} MotetTiles;

static inline MotetTiles motet_output_tiles(MotetConvolution s) {
  MotetTiles t = {(motet_out(s.height, s) + 3) / 4, (motet_out(s.width, s) + 3) / 4, 0};
  t.count = (long)s.images * t.rows * t.columns;
  return t;
}

// Along one side, the outputs that see an input through row (or column) `tap` of the kernel; others see
// the padding there.
static inline int motet_seen(int side, int tap, MotetConvolution s) {
  int outputs = 0;
  for (int p = 0; p < motet_out(side, s); p++) {
    const int place = p * s.stride - s.padding + tap;
    outputs += place >= 0 && place < side;
  }
  return outputs;
}
// Pairs of an output and an input that it sees, of a picture.
static inline long motet_pairs(MotetConvolution s) {
  int rows = 0, columns = 0;
  for (int tap = 0; tap < s.kernel; tap++) {
    rows += motet_seen(s.height, tap, s);
    columns += motet_seen(s.width, tap, s);
  }
  return (long)rows * columns;
}

typedef enum {
  MOTET_PLAIN,
  MOTET_STRIPS,
  MOTET_UNROLLED,
  MOTET_WINOGRAD,
  MOTET_PHASED,
  MOTET_SMALL
} MotetWay;

// How a convolution goes: by the fewest products of channels a picture. Tiles have 36 with stride 1
// (winograd.inc) and 81 with stride 2 (phases.inc) for 16 outputs, if they are full, and their
// transforms cost a quarter more. Small pictures see much padding, whose products small_pictures.inc
// leaves out.
static inline MotetWay motet_way(MotetConvolution s) {
  if (s.plain_input) return s.kernel == 7 && s.stride == 2 ? MOTET_STRIPS : MOTET_PLAIN;
  const long unrolled = s.kernel * s.kernel * motet_outputs(s);
  const long direct = motet_inputs(s) > 64 ? unrolled : motet_pairs(s);
  const MotetWay way = direct < unrolled ? MOTET_SMALL : MOTET_UNROLLED;
  if (s.kernel != 3 || s.padding != 1 || s.stride > 2) return way;
  const MotetTiles tiles = motet_output_tiles(s);
  const long tiled = (s.stride == 1 ? 36 : 81) * tiles.rows * tiles.columns;
  return 5 * tiled >= 4 * direct ? way : s.stride == 1 ? MOTET_WINOGRAD : MOTET_PHASED;
}

// Transformed tiles of a piece: about half a MiB where the weights are small, enough to pay for
// reading the weights where they are large.
static inline long motet_forward_tiles(MotetConvolution s) {
  int widest = MAX(s.in, s.out);
  long tiles = widest >= 512 ? 528 : widest >= 256 ? 132 : 512 * 1024 / (36 * 4 * widest);
  return motet_round_up(MIN(tiles, motet_output_tiles(s).count), 12);
}
static inline long motet_backward_tiles(MotetConvolution s) {
  long tiles = MAX(s.in, s.out) >= 256 ? 528 : 48;
  return motet_round_up(MIN(tiles, motet_output_tiles(s).count), 12);
}

static inline long motet_phased_tiles(MotetConvolution s) {
  int widest = MAX(s.in, s.out);
  long tiles = widest >= 512 ? 528 : widest >= 256 ? 48 : 12;
  return motet_round_up(MIN(tiles, motet_output_tiles(s).count), 12);
}
static inline long motet_phased_gradient_tiles(MotetConvolution s) {
  long tiles = MAX(s.in, s.out) >= 256 ? 132 : 24;
  return motet_round_up(MIN(tiles, motet_output_tiles(s).count), 12);
}

// Columns of the unrolled input ("im2col"): kernel row, kernel column, channel; padded so that the
// weight gradient's tiles of channels fit.
static inline long motet_columns(MotetConvolution s) {
  return motet_round_up((long)s.kernel * s.kernel * s.in, 8);
}
// Output positions of a piece.
static inline long motet_im2col_rows(MotetConvolution s) {
  long positions = s.images * motet_outputs(s);
  long rows = 96 * 1024 / motet_columns(s);
  return motet_round_up(MIN(MAX(rows, 48), positions), 12);
}
// Pictures of a piece whose inputs and outputs are half a MiB.
static inline long motet_small_images(MotetConvolution s) {
  const long images = 128 * 1024 / (motet_inputs(s) * s.in + motet_outputs(s) * s.out);
  return motet_round_up(MIN(MAX(images, 12), s.images), 12);
}
#define OUTER_ROWS 192
#define OUTER_COLUMNS 128

// What tiles of a strided convolution by phases are transformed from, by the side of a tile: 9 x 9
// inputs, gradients of 4 x 4 outputs, and the 5 x 5 gradients that weights are the slope of.
typedef enum { MOTET_INPUT = 9, MOTET_GRADIENT = 4, MOTET_SLOPE = 5 } MotetTransform;
// And what they are transformed back to.
typedef enum { MOTET_OUTPUT = 4, MOTET_INPUT_GRADIENT = 8 } MotetTransformBack;
