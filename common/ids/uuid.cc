#include "common/ids/uuid.h"

#include <openssl/sha.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/strings.h"

namespace equity {
namespace {

using Bytes = std::array<uint8_t, 16>;

// Where the hyphens stand in the 36-character form.
constexpr bool IsHyphenPosition(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

std::string Format(const Bytes& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (uint8_t byte : bytes) {
    if (IsHyphenPosition(text.size())) text.push_back('-');
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

void SetVersion7(Bytes& bytes) {
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;  // the variant of RFC 9562
}

int HexValue(char c) { return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 0x20) - 'a' + 10; }

// The first 48 bits of a UUID: the milliseconds of a UUIDv7.
uint64_t First48Bits(std::string_view uuid) {
  uint64_t value = 0;
  for (size_t i = 0; i < 13; ++i) {
    if (!IsHyphenPosition(i)) value = value << 4 | static_cast<uint64_t>(HexValue(uuid[i]));
  }
  return value;
}

void SetFirst48Bits(Bytes& bytes, uint64_t value) {
  for (int i = 5; i >= 0; --i, value >>= 8) bytes[i] = static_cast<uint8_t>(value);
}

// Random bytes of the kernel, fetched many at a time as each fetch is a system call. Not thread-safe.
class RandomBytes {
 public:
  uint64_t Next64() {
    if (used_ + sizeof(uint64_t) > buffer_.size()) Refill();
    uint64_t value;
    std::memcpy(&value, buffer_.data() + used_, sizeof(value));
    used_ += sizeof(value);
    return value;
  }

 private:
  void Refill() {
    // Up to 256 bytes come whole and without interruption (getrandom(2)); without randomness no id is safe to give.
    if (getrandom(buffer_.data(), buffer_.size(), 0) != static_cast<ssize_t>(buffer_.size())) std::abort();
    used_ = 0;
  }

  std::array<uint8_t, 256> buffer_;
  size_t used_ = sizeof(buffer_);
};

// Gives the 74 bits below the time: random for the first id of a millisecond, then rising by random steps, so that
// ids stay in order and hard to guess (RFC 9562, section 6.2, method 2).
class Generator {
 public:
  Bytes Next(uint64_t millisecond) {
    std::lock_guard lock(mutex_);
    if (millisecond == millisecond_) {
      const uint64_t former = low_;
      low_ = (low_ + 1 + (random_.Next64() >> 32)) & kLowMask;
      if (low_ < former) ++high_;
    } else {
      millisecond_ = millisecond;
      high_ = random_.Next64() & kHighMask;
      low_ = random_.Next64() & kLowMask;
    }
    return Pack();
  }

 private:
  static constexpr uint64_t kHighMask = (uint64_t{1} << 11) - 1;  // the top bit of 12 stays free for the carry
  static constexpr uint64_t kLowMask = (uint64_t{1} << 62) - 1;

  Bytes Pack() const {
    Bytes bytes;
    SetFirst48Bits(bytes, millisecond_);
    bytes[6] = static_cast<uint8_t>(high_ >> 8);
    bytes[7] = static_cast<uint8_t>(high_);
    for (int i = 0; i < 8; ++i) bytes[8 + i] = static_cast<uint8_t>(low_ >> (56 - 8 * i));
    SetVersion7(bytes);
    return bytes;
  }

  std::mutex mutex_;
  RandomBytes random_;
  uint64_t millisecond_ = ~uint64_t{0};
  uint64_t high_ = 0;
  uint64_t low_ = 0;
};

}  // namespace

std::string NewUuidV7(absl::Time now) {
  static Generator& generator = *new Generator;  // never destroyed: threads may outlive main
  return Format(generator.Next(static_cast<uint64_t>(std::max<int64_t>(absl::ToUnixMillis(now), 0))));
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsHyphenPosition(i) ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

std::optional<absl::Time> UuidV7Time(std::string_view text) {
  constexpr std::string_view kVariants = "89abAB";
  if (!IsUuid(text) || text[14] != '7' || kVariants.find(text[19]) == std::string_view::npos) return std::nullopt;
  return absl::FromUnixMillis(static_cast<int64_t>(First48Bits(text)));
}

std::string DerivedUuid(std::string_view operation, int row) {
  std::string source(operation);
  for (char& c : source) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  absl::StrAppend(&source, "/", row);
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const uint8_t*>(source.data()), source.size(), digest.data());

  Bytes bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  SetFirst48Bits(bytes, IsUuid(operation) ? First48Bits(operation) : 0);
  SetVersion7(bytes);
  return Format(bytes);
}

}  // namespace equity
