#include "common/sql/scrub.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace equity::sql {
namespace {

// Pages of other kinds begin with the number of a page. Below this many pages (64 GiB) none of those is mistaken for
// one of a b-tree; larger files are not scrubbed.
constexpr sqlite3_int64 kMostPages = 1 << 24;

size_t Number(const unsigned char* bytes) { return bytes[0] << 8 | bytes[1]; }

// What SQLite sees as the file; the one of the VFS below lies behind it.
struct File {
  sqlite3_file base;
  bool scrub;
  std::vector<unsigned char>* page;
};
File* Own(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Below(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(Own(file) + 1); }
sqlite3_vfs* Below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int Write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  File* own = Own(file);
  const auto* methods = Below(file)->pMethods;
  const bool is_page = amount >= 512 && (amount & (amount - 1)) == 0 && offset % amount == 0;
  if (!own->scrub || !is_page) return methods->xWrite(Below(file), bytes, amount, offset);
  if (offset / amount >= kMostPages) own->scrub = false;
  const auto* begin = static_cast<const unsigned char*>(bytes);
  own->page->assign(begin, begin + amount);
  if (own->scrub) ScrubPage(own->page->data(), own->page->size(), offset == 0);
  return methods->xWrite(Below(file), own->page->data(), amount, offset);
}

int Close(sqlite3_file* file) {
  delete Own(file)->page;
  return Below(file)->pMethods->xClose(Below(file));
}

// Version 2: memory-mapped reading is not used.
const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = Close,
    .xRead = [](sqlite3_file* f, void* to, int n,
                sqlite3_int64 at) { return Below(f)->pMethods->xRead(Below(f), to, n, at); },
    .xWrite = Write,
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return Below(f)->pMethods->xTruncate(Below(f), size); },
    .xSync = [](sqlite3_file* f, int flags) { return Below(f)->pMethods->xSync(Below(f), flags); },
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return Below(f)->pMethods->xFileSize(Below(f), size); },
    .xLock = [](sqlite3_file* f, int lock) { return Below(f)->pMethods->xLock(Below(f), lock); },
    .xUnlock = [](sqlite3_file* f, int lock) { return Below(f)->pMethods->xUnlock(Below(f), lock); },
    .xCheckReservedLock = [](sqlite3_file* f,
                             int* out) { return Below(f)->pMethods->xCheckReservedLock(Below(f), out); },
    .xFileControl = [](sqlite3_file* f, int op,
                       void* arg) { return Below(f)->pMethods->xFileControl(Below(f), op, arg); },
    .xSectorSize = [](sqlite3_file* f) { return Below(f)->pMethods->xSectorSize(Below(f)); },
    .xDeviceCharacteristics = [](sqlite3_file* f) { return Below(f)->pMethods->xDeviceCharacteristics(Below(f)); },
    .xShmMap = [](sqlite3_file* f, int page, int size, int extend,
                  void volatile** out) { return Below(f)->pMethods->xShmMap(Below(f), page, size, extend, out); },
    .xShmLock = [](sqlite3_file* f, int at, int n,
                   int flags) { return Below(f)->pMethods->xShmLock(Below(f), at, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { Below(f)->pMethods->xShmBarrier(Below(f)); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return Below(f)->pMethods->xShmUnmap(Below(f), remove); },
};

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* below = Below(vfs);
  // Only the database itself is looked into; of all others the VFS below makes the file, as if this were not here.
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return below->xOpen(below, name, file, flags, out_flags);
  File* own = Own(file);
  *own = {};
  const int code = below->xOpen(below, name, Below(file), flags, out_flags);
  if (Below(file)->pMethods == nullptr) return code;
  sqlite3_int64 size = 0;
  own->scrub = Below(file)->pMethods->xFileSize(Below(file), &size) == SQLITE_OK && size < kMostPages * 4096;
  own->page = new std::vector<unsigned char>;
  own->base.pMethods = &kMethods;
  return code;
}

struct Vfs {
  std::string name;
  sqlite3_vfs vfs = {};
};

void FillIn(sqlite3_vfs& vfs, sqlite3_vfs* below, const char* name) {
  vfs.iVersion = std::min(below->iVersion, 2);
  vfs.szOsFile = static_cast<int>(sizeof(File)) + below->szOsFile;
  vfs.mxPathname = below->mxPathname;
  vfs.zName = name;
  vfs.pAppData = below;
  vfs.xOpen = Open;
  vfs.xDelete = [](sqlite3_vfs* v, const char* file, int sync) { return Below(v)->xDelete(Below(v), file, sync); };
  vfs.xAccess = [](sqlite3_vfs* v, const char* file, int flags, int* out) {
    return Below(v)->xAccess(Below(v), file, flags, out);
  };
  vfs.xFullPathname = [](sqlite3_vfs* v, const char* file, int n, char* out) {
    return Below(v)->xFullPathname(Below(v), file, n, out);
  };
  vfs.xDlOpen = [](sqlite3_vfs* v, const char* file) { return Below(v)->xDlOpen(Below(v), file); };
  vfs.xDlError = [](sqlite3_vfs* v, int n, char* out) { Below(v)->xDlError(Below(v), n, out); };
  vfs.xDlSym = [](sqlite3_vfs* v, void* library, const char* name) {
    return Below(v)->xDlSym(Below(v), library, name);
  };
  vfs.xDlClose = [](sqlite3_vfs* v, void* library) { Below(v)->xDlClose(Below(v), library); };
  vfs.xRandomness = [](sqlite3_vfs* v, int n, char* out) { return Below(v)->xRandomness(Below(v), n, out); };
  vfs.xSleep = [](sqlite3_vfs* v, int microseconds) { return Below(v)->xSleep(Below(v), microseconds); };
  vfs.xCurrentTime = [](sqlite3_vfs* v, double* out) { return Below(v)->xCurrentTime(Below(v), out); };
  vfs.xGetLastError = [](sqlite3_vfs* v, int n, char* out) { return Below(v)->xGetLastError(Below(v), n, out); };
  if (vfs.iVersion < 2) return;
  vfs.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* out) { return Below(v)->xCurrentTimeInt64(Below(v), out); };
}

}  // namespace

void ScrubPage(unsigned char* page, size_t size, bool first) {
  const size_t header = first ? 100 : 0;
  const unsigned char kind = page[header];
  if (kind != 2 && kind != 5 && kind != 10 && kind != 13) return;
  const size_t cells = Number(page + header + 3);
  const size_t pointers = header + (kind < 10 ? 12 : 8);
  size_t content = Number(page + header + 5);
  if (content == 0) content = 65536;
  const size_t gap = pointers + 2 * cells;
  if (gap > content || content > size) return;
  for (size_t at = pointers; at < gap; at += 2) {
    if (Number(page + at) < content || Number(page + at) >= size) return;
  }
  std::memset(page + gap, 0, content - gap);
  // Free blocks grow in address; the first four bytes of each say where the next one is and how long this one.
  size_t block = Number(page + header + 1);
  while (block >= content && block + 4 <= size) {
    const size_t length = Number(page + block + 2);
    const size_t next = Number(page + block);
    if (length < 4 || block + length > size) return;
    std::memset(page + block + 4, 0, length - 4);
    if (next <= block) return;
    block = next;
  }
}

std::string ScrubbingVfs(const std::string& base) {
  static std::mutex mutex;
  // Never taken back, as connections use them; another VFS may later have the address of one that is gone.
  static auto& known = *new std::map<std::pair<sqlite3_vfs*, std::string>, Vfs>;
  std::lock_guard lock(mutex);
  sqlite3_vfs* below = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (below == nullptr) return base;
  const auto [entry, is_new] = known.try_emplace({below, below->zName});
  Vfs& made = entry->second;
  if (is_new) {
    made.name = absl::StrCat("scrubbing-", below->zName, "-", absl::Hex(reinterpret_cast<uintptr_t>(below)));
    FillIn(made.vfs, below, made.name.c_str());
    sqlite3_vfs_register(&made.vfs, 0);
  }
  return made.name;
}

}  // namespace equity::sql
