#pragma once
#include <mpg123.h>

/* A function in older versions, and the name of another one in newer ones, which Swift does not
   import. */
static inline int cmpg123_param(mpg123_handle *handle, int key, long value) {
  return mpg123_param(handle, key, value, 0);
}
