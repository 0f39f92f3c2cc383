#pragma once
#define MOTET_KERNELS 1
