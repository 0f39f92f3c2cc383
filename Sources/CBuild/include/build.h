#pragma once

/* What was built, said by the build: a commit and the Swift that compiled it; empty where nobody said. */
const char *cbuild_source(void);
/* The C compiler, which comes with Swift's. */
const char *cbuild_compiler(void);
