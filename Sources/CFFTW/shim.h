#pragma once
#include <fftw3.h>

/* Swift does not import an array whose declaration gives no size. */
static inline const char *cfftw_version(void) { return fftwf_version; }
