#include "build.h"

#ifndef MOTET_BUILD
#define MOTET_BUILD ""
#endif

const char *cbuild_source(void) { return MOTET_BUILD; }
const char *cbuild_compiler(void) { return __VERSION__; }
