#pragma once
#include <cblas.h>
#include <stddef.h>

/* LAPACK, which OpenBLAS holds and Debian's headers of it do not declare. Fortran passes everything
   by reference, matrices column by column, and the lengths of texts after all other arguments. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info,
             size_t uplo_length);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda,
             double *b, const int *ldb, int *info, size_t uplo_length);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info,
             size_t jobz_length, size_t uplo_length);
