#pragma once
#include <hdf5.h>

/* Predefined ids are macros over globals that H5open() fills, which Swift does not import. */
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t chdf5_f32le(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_f64le(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_f32be(void) { return H5T_IEEE_F32BE; }
static inline hid_t chdf5_f64be(void) { return H5T_IEEE_F64BE; }
static inline hid_t chdf5_i64le(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_i32le(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_i16le(void) { return H5T_STD_I16LE; }
static inline hid_t chdf5_u8le(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_c_s1(void) { return H5T_C_S1; }
static inline hid_t chdf5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t chdf5_group_create(void) { return H5P_GROUP_CREATE; }
static inline size_t chdf5_variable(void) { return H5T_VARIABLE; }
static inline hsize_t chdf5_unlimited(void) { return H5S_UNLIMITED; }
static inline hid_t chdf5_no_space(void) { return H5E_NOSPACE; }
static inline hid_t chdf5_cannot_allocate(void) { return H5E_CANTALLOC; }
static inline hid_t chdf5_pipeline(void) { return H5E_PLINE; }
static inline hid_t chdf5_read_error(void) { return H5E_READERROR; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_read_write(void) { return H5F_ACC_RDWR; }
static inline unsigned chdf5_exclusive(void) { return H5F_ACC_EXCL; }

/* H5Literate's own callback has another form in each version of the library. */
struct chdf5_visit { void (*visit)(const char *name, void *context); void *context; };
static inline herr_t chdf5_visit_link(hid_t group, const char *name, const H5L_info_t *info,
                                      void *visit) {
  (void)group, (void)info;
  ((struct chdf5_visit *)visit)->visit(name, ((struct chdf5_visit *)visit)->context);
  return 0;
}
/* Calls `visit` with the name of each link of a group, in no order. */
static inline herr_t chdf5_each_link(hid_t group, void (*visit)(const char *name, void *context),
                                     void *context) {
  struct chdf5_visit body = {visit, context};
  hsize_t first = 0;
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &first, chdf5_visit_link, &body);
}
