#include "tests/faults/image_vfs.h"

#include <cstring>
#include <new>

namespace equity::faults {

struct ImageFile {
  sqlite3_file base{};  // first: SQLite knows the file by it
  std::string* content;
  static std::string& Of(sqlite3_file* file) { return *reinterpret_cast<ImageFile*>(file)->content; }
  static Image& Files(sqlite3_vfs* vfs) { return static_cast<ImageVfs*>(vfs->pAppData)->image_; }
};

namespace {

std::string NameOf(const char* path) {
  const std::string name = path;
  return name.substr(name.rfind('/') + 1);
}

int ReadImage(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  const std::string& content = ImageFile::Of(file);
  const auto size = static_cast<sqlite3_int64>(content.size());
  const auto wanted = static_cast<size_t>(count);
  const size_t there = offset >= size ? 0 : std::min(wanted, static_cast<size_t>(size - offset));
  if (there > 0) std::memcpy(bytes, content.data() + offset, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(bytes) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int WriteImage(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  std::string& content = ImageFile::Of(file);
  const auto end = static_cast<size_t>(offset) + static_cast<size_t>(count);
  if (content.size() < end) content.resize(end);
  std::memcpy(content.data() + offset, bytes, static_cast<size_t>(count));
  return SQLITE_OK;
}

const sqlite3_io_methods& ImageMethods() {
  static const sqlite3_io_methods methods = [] {
    sqlite3_io_methods m{};
    m.iVersion = 1;  // without shared memory: the log's index is on the heap of its one connection
    m.xClose = [](sqlite3_file*) { return SQLITE_OK; };
    m.xRead = ReadImage;
    m.xWrite = WriteImage;
    m.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
      ImageFile::Of(file).resize(static_cast<size_t>(size));
      return SQLITE_OK;
    };
    m.xSync = [](sqlite3_file*, int) { return SQLITE_OK; };
    m.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      *size = static_cast<sqlite3_int64>(ImageFile::Of(file).size());
      return SQLITE_OK;
    };
    m.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
    m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
    m.xCheckReservedLock = [](sqlite3_file*, int* out) {
      *out = 0;
      return SQLITE_OK;
    };
    m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
    m.xSectorSize = [](sqlite3_file*) { return 0; };
    m.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
    return m;
  }();
  return methods;
}

}  // namespace

ImageVfs::ImageVfs() {
  vfs_ = *sqlite3_vfs_find("unix");
  vfs_.pNext = nullptr;
  vfs_.zName = "image";
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(ImageFile));
  vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    Image& files = ImageFile::Files(vfs);
    auto* opened = new (file) ImageFile;
    if (path == nullptr) return SQLITE_CANTOPEN;
    if ((flags & SQLITE_OPEN_CREATE) == 0 && !files.contains(NameOf(path))) return SQLITE_CANTOPEN;
    opened->content = &files[NameOf(path)];
    opened->base.pMethods = &ImageMethods();
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  };
  vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int) {
    // Its handle may still be open: it is emptied, which for a journal is the same.
    Image& files = ImageFile::Files(vfs);
    if (const auto found = files.find(NameOf(path)); found != files.end()) found->second.clear();
    return SQLITE_OK;
  };
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int, int* out) {
    const Image& files = ImageFile::Files(vfs);
    const auto found = files.find(NameOf(path));
    *out = found != files.end() && !found->second.empty();
    return SQLITE_OK;
  };
  vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", path);
    return SQLITE_OK;
  };
  sqlite3_vfs_register(&vfs_, 0);
}

ImageVfs::~ImageVfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace equity::faults
