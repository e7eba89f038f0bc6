// The files of the page: read once at start, so that no request can name a path that was not meant.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/gateway/http.h"

namespace equity::gateway {

class WebFiles {
 public:
  // Everything below the folder but hidden files and symbolic links. Without a folder there are none.
  static absl::StatusOr<WebFiles> Load(const std::string& folder);

  // The path is decoded; / is /index.html.
  bool Has(std::string_view path) const { return Find(path) != nullptr; }
  // The file, which is there, or 304 where the client has it.
  Response Serve(std::string_view path, const Request& request) const;

 private:
  struct File {
    std::string content_type;
    std::string etag;
    std::string bytes;
  };
  const File* Find(std::string_view path) const;

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace equity::gateway
