// Files in memory, for SQLite: an image of a disk is opened and looked into without a disk.
#pragma once

#include <sqlite3.h>

#include "tests/faults/disk_log.h"

namespace equity::faults {

// Registered with SQLite as "image" while it lives. One connection at a time, in exclusive locking mode.
class ImageVfs {
 public:
  ImageVfs();
  ~ImageVfs();
  ImageVfs(const ImageVfs&) = delete;
  ImageVfs& operator=(const ImageVfs&) = delete;

  // What is on the disk; connections change it.
  void Load(Image image) { image_ = std::move(image); }

 private:
  friend struct ImageFile;
  Image image_;
  sqlite3_vfs vfs_{};
};

}  // namespace equity::faults
