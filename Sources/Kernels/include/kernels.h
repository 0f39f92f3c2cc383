// The arithmetic of a training step, compiled once for each instruction set from one body.
//
// A table of kernels is chosen at start-up and passed down; nothing here is global. Every output
// element is summed in one order that does not depend on the number of lanes, so tables compiled
// with fused multiply-add give the same bits. One thread a call; scratch memory is the caller's.
//
// Features are blocked by lanes: [image][channel / B][row][column][channel % B], B = lanes.
// "Rows" are plain matrices, [row][column]. Weights of a convolution are
// [kernel row][kernel column][in][out], of a linear layer [in][out].
#pragma once
#include <stdint.h>

// A convolution with a square kernel. `in` and `out` are channels; `out` is a multiple of 2 lanes,
// `in` too unless `plain_input`: then the input is [image][row][column][in], any `in`, and there is
// no data gradient.
typedef struct {
  int images, height, width, in, out, kernel, stride, padding, plain_input;
} MotetConvolution;

// What becomes of a convolution's outputs as they are stored: + shift by channel, + residual (of the
// outputs' layout; may be where they go), each where not NULL, then ReLU where asked.
typedef struct {
  const float *shift, *residual;
  int relu;
} MotetEpilogue;

// Features of one group of images that share their BatchNorm statistics.
typedef struct {
  int images, channels, positions;
} MotetFeatures;

typedef struct {
  int height, width;
} MotetExtent;

// Attention within each image, over its tokens; `size` is a head's, a multiple of 16.
typedef struct {
  int images, tokens, heads, size;
} MotetAttention;

// Mel filters over spectra of `bins` values. Band b is the sum of filters[offsets[b] + i] times bin
// starts[b] + i, at least `floor`.
typedef struct {
  int bins, bands;
  const float *filters;
  const int32_t *starts, *offsets;
  float floor;
} MotetLogMel;

typedef struct {
  int lanes;
  int fused;         // 1: compiled with fused multiply-add
  const char *name;  // of the instruction set

  // c[m][n] = a[m][k] b[k][n] (+ c where accumulate), or with a or b transposed as stored:
  // a[k][m], b[n][k]. Row strides in floats.
  long (*product_scratch)(long m, long n, long k);
  void (*product)(long m, long n, long k, const float *a, long a_stride, int a_transposed,
                  const float *b, long b_stride, int b_transposed, float *c, long c_stride,
                  int accumulate, float *scratch);

  // The same with b packed once for many products: panels of b[k][n] (or b[n][k] where transposed);
  // then c = start + a panels, for n a multiple of 2 lanes. `start` may be NULL (zeros), c itself, or
  // one row for all (stride 0).
  long (*packed_size)(long n, long k);
  void (*pack)(long k, long n, const float *b, long b_stride, int transposed, float *panels);
  void (*product_packed)(long m, long n, long k, const float *a, long a_stride, const float *panels,
                         const float *start, long start_stride, float *c, long c_stride);

  // A convolution's weights, rearranged once for many images, or for its data gradient; in parts, so
  // that threads share the work.
  long (*convolution_weights_size)(MotetConvolution s);
  void (*convolution_weights)(MotetConvolution s, const float *w, int data_gradient, int part,
                              int parts, float *u);
  // y = x * w, by the epilogue; dx = dy * turned w, added to dx where `accumulate`; dw += what dy and x
  // give, for output channels from..<until, multiples of 2 lanes.
  long (*convolution_scratch)(MotetConvolution s);
  void (*convolution)(MotetConvolution s, const float *x, const float *u, MotetEpilogue e, float *y,
                      float *scratch);
  void (*convolution_data_gradient)(MotetConvolution s, const float *dy, const float *u, float *dx,
                                    int accumulate, float *scratch);
  long (*convolution_gradient_scratch)(MotetConvolution s);
  void (*convolution_weight_gradient)(MotetConvolution s, const float *x, const float *dy, int from,
                                      int until, float *dw, float *scratch);

  // Mean and biased variance of channels from..<until (multiples of the lanes), in Float64 over
  // images.
  void (*batch_statistics)(MotetFeatures s, const float *x, int from, int until, double *mean,
                           double *variance);
  // y = x scale + shift, then + residual where not NULL, then ReLU where asked.
  void (*scale_shift)(MotetFeatures s, const float *x, const float *scale, const float *shift,
                      const float *residual, int relu, float *y);
  // Sums over images and positions of g and of g (x - mean), where g is dy, masked by the ReLU:
  // by y > 0 where `y` is not NULL, else by x scale + shift > 0 where `relu`. Channels from..<until.
  void (*batch_norm_gradient_sums)(MotetFeatures s, const float *dy, const float *x, const float *y,
                                   int relu, const float *scale, const float *shift,
                                   const float *mean, int from, int until, double *sum_g,
                                   double *sum_gx);
  // dx = g scale + x slope + offset (all by channel), with g as above; g itself to `residual`
  // where not NULL (may be dy).
  void (*batch_norm_gradient)(MotetFeatures s, const float *dy, const float *x, const float *y,
                              int relu, const float *scale, const float *shift, const float *slope,
                              const float *offset, float *dx, float *residual);

  // y = 3x3 maximum, stride 2, padding 1, of relu(x scale + shift); `winner` keeps each maximum's place.
  void (*norm_pool)(int images, int channels, MotetExtent input, const float *x, const float *scale,
                    const float *shift, float *y, uint8_t *winner);
  // Sums over images and positions of g and of g (x - mean), where g is what dy gives to the ReLU's
  // input. Channels from..<until.
  void (*norm_pool_gradient_sums)(int images, int channels, MotetExtent input, const float *dy,
                                  const float *x, const uint8_t *winner, const float *mean, int from,
                                  int until, double *sum_g, double *sum_gx);
  // x = g scale + x slope + offset (all by channel): the gradient takes the input's place.
  void (*norm_pool_gradient)(int images, int channels, MotetExtent input, const float *dy,
                             const uint8_t *winner, const float *scale, const float *slope,
                             const float *offset, float *x);
  // Mean over positions, to plain rows [image][channel], and back.
  void (*average_pool)(MotetFeatures s, const float *x, float *y);
  void (*average_pool_gradient)(MotetFeatures s, const float *dy, float *dx);

  // Rows over their mean and deviation, times weight, plus bias; `columns` a multiple of 16.
  // `statistics` [rows][2] keeps mean and 1 / deviation. The gradients are added: the input's to dx,
  // those of weight and bias for columns from..<until.
  void (*layer_norm)(long rows, long columns, float epsilon, const float *x, const float *weight,
                     const float *bias, float *y, float *statistics);
  void (*layer_norm_gradient)(long rows, long columns, const float *dy, const float *x,
                              const float *weight, const float *statistics, float *dx);
  void (*layer_norm_parameter_gradient)(long rows, long columns, long from, long until,
                                        const float *dy, const float *x, const float *statistics,
                                        float *weight_gradient, float *bias_gradient);

  // y = x Phi(x), Phi the normal distribution function; backward: d, dy before and dx after, and y
  // again.
  void (*gelu)(long n, const float *x, float *y);
  void (*gelu_gradient)(long n, const float *x, float *d, float *y);

  // qkv [images][tokens][query, key, value][head][size] -> y [images][tokens][head][size].
  // `statistics` [images][heads][tokens][2] keeps each row's greatest score and 1 / sum.
  long (*attention_scratch)(MotetAttention s);
  void (*attention)(MotetAttention s, const float *qkv, float *y, float *statistics,
                    float *scratch);
  void (*attention_gradient)(MotetAttention s, const float *qkv, const float *y,
                             const float *statistics, const float *dy, float *dqkv, float *scratch);

  // line[i] = sum of weights[t] rows[t][i]: rows of bytes, `stride` apart.
  void (*weigh_rows)(long n, int taps, const float *weights, const uint8_t *rows, long stride,
                     float *line);
  // to = weights[0] lines[0] + sum of weights[t] (lines[2 t - 1] + lines[2 t]), t up to `reach`.
  void (*blur_line)(long n, int reach, const float *weights, const float *const *lines, float *to);
  // Turns the hue of colours between 0 and 1 by `turn` sixths of the colour circle, -3 to 3.
  void (*adjust_hue)(long n, float turn, float *red, float *green, float *blue);

  // Natural logarithms [bands][stride] of the bands of spectra [frames][step]. Both have room for a
  // multiple of 16: spectra of bins, bands of frames.
  long (*log_mel_scratch)(int bins);
  void (*log_mel)(MotetLogMel s, int frames, const float *spectra, long step, float *logarithms,
                  long stride, float *scratch);
  // values += deviation quantiles[i], where i are the low 12 bits of both halves of the words of
  // Philox4x32-10, from block `counter` on.
  void (*add_noise)(long n, float deviation, const float *quantiles, uint32_t key0, uint32_t key1,
                    uint64_t counter, float *values);

  // sums += x factor, each term rounded to a whole number (ties to even), at most 2^62. Returns the
  // largest size of x; NaN where there is one. And back: x = sums factor.
  float (*add_fixed_point)(long n, const float *x, double factor, int64_t *sums);
  void (*from_fixed_point)(long n, const int64_t *sums, double factor, float *x);

  // The places of values above the threshold, in order; returns how many. NaN is never above.
  long (*above)(long n, const float *x, float threshold, int32_t *places);

  // c = a + b factor, for n a multiple of 16: nothing but memory.
  void (*stream)(long n, const float *a, const float *b, float factor, float *c);
  // Nothing but multiply-adds, n times a few; returns how many floating-point operations they are.
  double (*multiply_adds)(long n, float x, float y, float *result);
  // y += x
  void (*add)(long n, const float *x, float *y);
  // y = max(x, 0); dx = dy where y > 0
  void (*relu)(long n, const float *x, float *y);
  void (*relu_gradient)(long n, const float *dy, const float *y, float *dx);
  // v = momentum v + (g + decay w); w -= rate v (PyTorch's SGD)
  void (*momentum_step)(long n, float *w, const float *g, float *v, float rate, float momentum,
                        float decay);
  // with d = g + decay w: v = momentum v + d; w -= rate (d + momentum v) (PyTorch's, Nesterov)
  void (*nesterov_step)(long n, float *w, const float *g, float *v, float rate, float momentum,
                        float decay);
} MotetKernels;

// The table for a number of lanes: 4, 8 (AVX2) or 16 (AVX-512); 0: the widest that this processor
// has. NULL where the processor lacks it. 4 lanes use fused multiply-add where there is one.
const MotetKernels *motet_kernels(int lanes);
