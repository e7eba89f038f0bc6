#include "services/gateway/web_files.h"

#include <openssl/sha.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/strings.h"

namespace equity::gateway {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kLargestFile = 8 << 20;

// Own scripts and styles alone, and nobody may show the page in a frame.
constexpr char kPagePolicy[] =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

std::string ContentType(const fs::path& path) {
  static const std::map<std::string, std::string> types = {{".html", "text/html; charset=utf-8"},
                                                           {".js", "text/javascript; charset=utf-8"},
                                                           {".mjs", "text/javascript; charset=utf-8"},
                                                           {".css", "text/css; charset=utf-8"},
                                                           {".json", "application/json"},
                                                           {".map", "application/json"},
                                                           {".webmanifest", "application/manifest+json"},
                                                           {".svg", "image/svg+xml"},
                                                           {".png", "image/png"},
                                                           {".jpg", "image/jpeg"},
                                                           {".ico", "image/x-icon"},
                                                           {".woff2", "font/woff2"},
                                                           {".txt", "text/plain; charset=utf-8"}};
  const auto found = types.find(path.extension());
  return found == types.end() ? "application/octet-stream" : found->second;
}

std::string Etag(const std::string& bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return absl::StrCat("\"", absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), 16)), "\"");
}

}  // namespace

absl::StatusOr<WebFiles> WebFiles::Load(const std::string& folder) {
  WebFiles web;
  if (folder.empty()) return web;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden && entry->is_directory()) entry.disable_recursion_pending();
    if (hidden || entry->is_symlink() || !entry->is_regular_file()) continue;
    if (entry->file_size() > kLargestFile) {
      return absl::InvalidArgumentError(absl::StrCat(entry->path().string(), " is too large for a page"));
    }
    std::ostringstream bytes;
    bytes << std::ifstream(entry->path(), std::ios::binary).rdbuf();
    File file{ContentType(entry->path()), Etag(bytes.str()), bytes.str()};
    web.files_.emplace("/" + fs::relative(entry->path(), folder).string(), std::move(file));
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  return web;
}

const WebFiles::File* WebFiles::Find(std::string_view path) const {
  const auto found = files_.find(path == "/" ? "/index.html" : path);
  return found == files_.end() ? nullptr : &found->second;
}

Response WebFiles::Serve(std::string_view path, const Request& request) const {
  const File& file = *Find(path);
  Response response{.content_type = file.content_type};
  response.headers = {{"Content-Security-Policy", kPagePolicy}, {"ETag", file.etag}, {"Cache-Control", "no-cache"}};
  for (const absl::string_view tag : absl::StrSplit(ToAbsl(request.Header("if-none-match")), ',')) {
    absl::string_view known = absl::StripAsciiWhitespace(tag);
    absl::ConsumePrefix(&known, "W/");
    if (known == file.etag || known == "*") {
      response.status = 304;
      return response;
    }
  }
  response.body = file.bytes;
  return response;
}

}  // namespace equity::gateway
