#pragma once
#define OMPI_SKIP_MPICXX 1
#define OMPI_OMIT_MPI1_COMPAT_DECLS 1
#include <mpi.h>

/* MPI's handles are pointers in Open MPI and integers in MPICH, and its constants are macros that Swift does not
   import. Here handles are structs, and constants enumerations: the same Swift compiles with either. */
typedef struct { MPI_Comm handle; } CMPIComm;
typedef struct { MPI_Request handle; } CMPIRequest;
typedef enum { CMPI_FLOAT, CMPI_DOUBLE, CMPI_INT32, CMPI_INT64, CMPI_BYTE } CMPIType;
typedef enum { CMPI_SUM, CMPI_MAX, CMPI_MIN } CMPIOperation;

static inline MPI_Datatype cmpi_type(CMPIType type) {
  switch (type) {
  case CMPI_FLOAT: return MPI_FLOAT;
  case CMPI_DOUBLE: return MPI_DOUBLE;
  case CMPI_INT32: return MPI_INT32_T;
  case CMPI_INT64: return MPI_INT64_T;
  case CMPI_BYTE: return MPI_BYTE;
  }
  return MPI_DATATYPE_NULL;
}

static inline MPI_Op cmpi_operation(CMPIOperation operation) {
  switch (operation) {
  case CMPI_SUM: return MPI_SUM;
  case CMPI_MAX: return MPI_MAX;
  case CMPI_MIN: return MPI_MIN;
  }
  return MPI_OP_NULL;
}

/* Whether this is Open MPI, whose launcher has options of its own. */
static inline int cmpi_is_open_mpi(void) {
#ifdef OPEN_MPI
  return 1;
#else
  return 0;
#endif
}

static inline CMPIComm cmpi_world(void) {
  CMPIComm world = {MPI_COMM_WORLD};
  return world;
}

static inline CMPIRequest cmpi_request_null(void) {
  CMPIRequest request = {MPI_REQUEST_NULL};
  return request;
}

static inline int cmpi_rank(CMPIComm comm, int *rank) { return MPI_Comm_rank(comm.handle, rank); }
static inline int cmpi_size(CMPIComm comm, int *size) { return MPI_Comm_size(comm.handle, size); }
static inline int cmpi_abort(CMPIComm comm, int code) { return MPI_Abort(comm.handle, code); }

/* The ranks that can share memory: those of a node. */
static inline int cmpi_split_node(CMPIComm comm, int key, CMPIComm *node) {
  return MPI_Comm_split_type(comm.handle, MPI_COMM_TYPE_SHARED, key, MPI_INFO_NULL, &node->handle);
}

/* The ranks that give the same colour, in the order of their keys. */
static inline int cmpi_split(CMPIComm comm, int colour, int key, CMPIComm *part) {
  return MPI_Comm_split(comm.handle, colour, key, &part->handle);
}

/* Failures come back as codes. */
static inline int cmpi_return_errors(CMPIComm comm) {
  return MPI_Comm_set_errhandler(comm.handle, MPI_ERRORS_RETURN);
}

static inline int cmpi_test(CMPIRequest *request, int *done) {
  return MPI_Test(&request->handle, done, MPI_STATUS_IGNORE);
}

static inline int cmpi_ibarrier(CMPIComm comm, CMPIRequest *request) {
  return MPI_Ibarrier(comm.handle, &request->handle);
}

static inline int cmpi_ibcast(
    void *values, int count, CMPIType type, int root, CMPIComm comm, CMPIRequest *request) {
  return MPI_Ibcast(values, count, cmpi_type(type), root, comm.handle, &request->handle);
}

/* In place: `values` of the root are its own part, and become the result. */
static inline int cmpi_reduce(
    void *values, int count, CMPIType type, CMPIOperation operation, int root, int is_root, CMPIComm comm) {
  return MPI_Reduce(
      is_root ? MPI_IN_PLACE : values, values, count, cmpi_type(type), cmpi_operation(operation), root, comm.handle);
}

/* In place. */
static inline int cmpi_iallreduce(
    void *values, int count, CMPIType type, CMPIOperation operation, CMPIComm comm, CMPIRequest *request) {
  return MPI_Iallreduce(
      MPI_IN_PLACE, values, count, cmpi_type(type), cmpi_operation(operation), comm.handle, &request->handle);
}

static inline int cmpi_igather(
    const void *values, int count, CMPIType type, void *all, int root, CMPIComm comm, CMPIRequest *request) {
  return MPI_Igather(
      values, count, cmpi_type(type), all, count, cmpi_type(type), root, comm.handle, &request->handle);
}

static inline int cmpi_igatherv(
    const void *values, int count, CMPIType type, void *all, const int *counts, const int *offsets, int root,
    CMPIComm comm, CMPIRequest *request) {
  return MPI_Igatherv(
      values, count, cmpi_type(type), all, counts, offsets, cmpi_type(type), root, comm.handle, &request->handle);
}
