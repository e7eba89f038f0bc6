#include "common/obs/json.h"

#include <utf8proc.h>

#include <algorithm>
#include <charconv>

#include "absl/time/time.h"

namespace equity::obs {
namespace {

constexpr size_t kMaxValueBytes = 1024;
constexpr std::string_view kReplacement = "\uFFFD";

bool IsPlain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

// The length of the UTF-8 character at the front, 0 when there is none.
size_t CharacterLength(std::string_view text) {
  utf8proc_int32_t ignored;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  return std::max<utf8proc_ssize_t>(0, utf8proc_iterate(bytes, text.size(), &ignored));
}

void AppendControl(std::string* out, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += "\\u00";
  *out += kHex[c >> 4];
  *out += kHex[c & 15];
}

// Appends the character at the front, which is not plain, and returns its length.
size_t AppendSpecial(std::string* out, std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c == '"' || c == '\\') {
    *out += '\\';
    *out += text.front();
    return 1;
  }
  if (c < 0x80) {
    AppendControl(out, c);
    return 1;
  }
  const size_t length = CharacterLength(text);
  out->append(length == 0 ? kReplacement : text.substr(0, length));
  return std::max<size_t>(1, length);
}

void AppendEscaped(std::string* out, std::string_view text) {
  while (!text.empty()) {
    const auto special = std::find_if_not(text.begin(), text.end(), IsPlain);
    const size_t plain = special - text.begin();
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(AppendSpecial(out, text));
  }
}

void AppendNumber(std::string* out, int64_t value) {
  char digits[20];
  out->append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr - digits);
}

// With leading zeros.
template <int kDigits>
void AppendFraction(std::string* out, int64_t value) {
  char digits[kDigits];
  for (int i = kDigits - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out->append(digits, kDigits);
}

// "2021-07-20T08:00:00", formatted once a second: calendars are slow.
const std::string& SecondText(int64_t second) {
  thread_local int64_t known = -1;
  thread_local std::string text;
  if (text.empty() || second != known) {
    text = absl::FormatTime("%Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(second), absl::UTCTimeZone());
    known = second;
  }
  return text;
}

}  // namespace

void JsonLine::Name(std::string_view name) {
  out_ += first_ ? "\"" : ",\"";
  out_ += name;
  out_ += "\":";
  first_ = false;
}

void JsonLine::Text(std::string_view name, std::string_view value) {
  Name(name);
  out_ += '"';
  AppendEscaped(&out_, value.substr(0, kMaxValueBytes));
  out_ += '"';
}

void JsonLine::Number(std::string_view name, int64_t value) {
  Name(name);
  AppendNumber(&out_, value);
}

void JsonLine::Milliseconds(std::string_view name, absl::Duration value) {
  Name(name);
  const int64_t micros = std::max<int64_t>(0, absl::ToInt64Microseconds(value));
  AppendNumber(&out_, micros / 1000);
  out_ += '.';
  AppendFraction<3>(&out_, micros % 1000);
}

void JsonLine::Time(std::string_view name, absl::Time value) {
  Name(name);
  // Years of four digits, as RFC 3339 has them.
  value = std::clamp(value, absl::UnixEpoch(), absl::FromUnixSeconds(253402300799));
  const int64_t micros = absl::ToUnixMicros(value);
  out_ += '"';
  out_ += SecondText(micros / 1'000'000);
  out_ += '.';
  AppendFraction<6>(&out_, micros % 1'000'000);
  out_ += "Z\"";
}

}  // namespace equity::obs
