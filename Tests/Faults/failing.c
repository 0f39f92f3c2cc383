/* Preloaded into a program, lets one of its calls fail: MOTET_FAILING="KIND N FOLDER MARK".
 *
 * KIND is write, fsync, rename or allocation; "full" is the N-th write and all after it, as on a
 * disk that is full. Writes, fsyncs and renames count where they are of files below FOLDER.
 * Allocations count where a library asks for them that can answer (HDF5, libsndfile, FFTW and their
 * like) or the program maps or aligns memory of its own: Swift's runtime ends the process where it
 * gets none. The file MARK is made when the call fails, and MARK.calls, with their number, at the
 * end.
 * With MOTET_FAILING_RANK only that rank of an MPI program has calls that fail. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { NONE, WRITE, FULL, FSYNC, RENAME, ALLOCATION };
static const char *const names[] = {"", "write", "full", "fsync", "rename", "allocation"};

static enum kind chosen = NONE;
static long target;
static char folder[1024], mark[1024];
static atomic_long calls;

/* Where the code of libraries lies that answer a refused allocation. */
static struct { uintptr_t start, end; } answering[64];
static int answering_count;
static const char *const libraries[] = {"libhdf5", "libsndfile", "libmpg123", "libsoxr", "libspng",
                                        "libturbojpeg", "libfftw3f", "libz.", "libcrypto"};

static int look(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    if (!strstr(info->dlpi_name, libraries[i])) continue;
    for (int p = 0; p < info->dlpi_phnum && answering_count < 64; p++) {
      const ElfW(Phdr) *part = &info->dlpi_phdr[p];
      if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
      uintptr_t start = info->dlpi_addr + part->p_vaddr;
      answering[answering_count].start = start;
      answering[answering_count++].end = start + part->p_memsz;
    }
  }
  return 0;
}

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("MOTET_FAILING");
  const char *rank = getenv("MOTET_FAILING_RANK"), *own = getenv("OMPI_COMM_WORLD_RANK");
  char kind[32];
  if (!text || (rank && (!own || strcmp(rank, own)))) return;
  if (sscanf(text, "%31s %ld %1023s %1023s", kind, &target, folder, mark) != 4) return;
  dl_iterate_phdr(look, NULL);
  for (enum kind k = WRITE; k <= ALLOCATION; k++)
    if (!strcmp(kind, names[k])) chosen = k;
}

/* Whether this call, of a kind that counts, is the one. */
static int fails(int error) {
  long n = atomic_fetch_add(&calls, 1) + 1;
  if (chosen == FULL ? n < target : n != target) return 0;
  int file = (int)syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600);
  if (file >= 0) syscall(SYS_close, file);
  errno = error;
  return 1;
}

__attribute__((destructor)) static void end(void) {
  char path[1100], text[32];
  if (chosen == NONE) return;
  snprintf(path, sizeof path, "%s.calls", mark);
  int length = snprintf(text, sizeof text, "%ld", atomic_load(&calls));
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file < 0) return;
  syscall(SYS_write, file, text, (size_t)length);
  syscall(SYS_close, file);
}

static int is_below(int file) {
  char link[64], path[1024];
  struct stat status;
  if (fstat(file, &status) || !S_ISREG(status.st_mode)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  return length > 0 && !strncmp(path, folder, strlen(folder));
}

static int is_write(void) { return chosen == WRITE || chosen == FULL; }

static int refuses(const void *caller) {
  if (chosen != ALLOCATION) return 0;
  for (int i = 0; i < answering_count; i++)
    if ((uintptr_t)caller >= answering[i].start && (uintptr_t)caller < answering[i].end)
      return fails(ENOMEM);
  return 0;
}

#define NEXT(type, name, ...) \
  static type (*next)(__VA_ARGS__); \
  if (!next) next = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int file, const void *bytes, size_t count) {
  NEXT(ssize_t, "write", int, const void *, size_t);
  return is_write() && is_below(file) && fails(ENOSPC) ? -1 : next(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t);
  return is_write() && is_below(file) && fails(ENOSPC) ? -1 : next(file, bytes, count, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  return is_write() && is_below(file) && fails(ENOSPC) ? -1 : next(file, bytes, count, place);
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
  NEXT(size_t, "fwrite", const void *, size_t, size_t, FILE *);
  return is_write() && is_below(fileno(file)) && fails(ENOSPC) ? 0 : next(bytes, size, count, file);
}

int ftruncate(int file, off_t length) {
  NEXT(int, "ftruncate", int, off_t);
  return is_write() && is_below(file) && fails(ENOSPC) ? -1 : next(file, length);
}

int ftruncate64(int file, off64_t length) {
  NEXT(int, "ftruncate64", int, off64_t);
  return is_write() && is_below(file) && fails(ENOSPC) ? -1 : next(file, length);
}

int fsync(int file) {
  NEXT(int, "fsync", int);
  return chosen == FSYNC && fails(EIO) ? -1 : next(file);
}

int rename(const char *from, const char *to) {
  NEXT(int, "rename", const char *, const char *);
  return chosen == RENAME && fails(EACCES) ? -1 : next(from, to);
}

void *malloc(size_t size) {
  NEXT(void *, "malloc", size_t);
  return refuses(__builtin_return_address(0)) ? NULL : next(size);
}

void *calloc(size_t count, size_t size) {
  /* dlsym may call it before it has found the real one. */
  extern void *__libc_calloc(size_t, size_t);
  return refuses(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  NEXT(void *, "realloc", void *, size_t);
  return refuses(__builtin_return_address(0)) ? NULL : next(old, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  NEXT(int, "posix_memalign", void **, size_t, size_t);
  /* The program's own are the large ones; Swift's runtime aligns to less. */
  int is_own = chosen == ALLOCATION && alignment >= 64;
  return is_own && fails(ENOMEM) ? ENOMEM : next(block, alignment, size);
}
