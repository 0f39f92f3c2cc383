#include "kernels.h"

#include <stddef.h>
#include <string.h>

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)

#include "geometry.h"

// Without fused multiply-add: every x86-64 processor, and others.
#define ISA generic
#define VL 4
#define FUSED 0
#include "body/all.inc"
#undef ISA
#undef VL
#undef FUSED

#if defined(__x86_64__)
#define FUSED 1

#pragma clang attribute push(__attribute__((target("avx,fma"))), apply_to = function)
#define ISA fma128
#define VL 4
#include "body/all.inc"
#undef ISA
#undef VL
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ISA avx2
#define VL 8
#include "body/all.inc"
#undef ISA
#undef VL
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#define ISA avx512
#define VL 16
#include "body/all.inc"
#undef ISA
#undef VL
#pragma clang attribute pop
#undef FUSED
#endif

const MotetKernels *motet_kernels(int lanes) {
#if defined(__x86_64__)
  int fused = __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx");
  int avx2 = fused && __builtin_cpu_supports("avx2");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  if (lanes == 0) lanes = avx512 ? 16 : avx2 ? 8 : 4;
  if (lanes == 16) return avx512 ? &avx512_kernels : NULL;
  if (lanes == 8) return avx2 ? &avx2_kernels : NULL;
  if (lanes == 4) return fused ? &fma128_kernels : &generic_kernels;
  return NULL;
#else
  return lanes == 0 || lanes == 4 ? &generic_kernels : NULL;
#endif
}
