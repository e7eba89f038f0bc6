#include "common/sql/scrub.h"

#include <cstring>

namespace equity::sql {
namespace {

size_t Number(const unsigned char* bytes) { return bytes[0] << 8 | bytes[1]; }

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

}  // namespace equity::sql
