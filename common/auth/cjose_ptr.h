// Owners of what libcjose hands out.
#pragma once

#include <cjose/cjose.h>

#include <cstdlib>
#include <memory>

namespace equity::auth {

struct CjoseDeleter {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
  void operator()(char* text) const { std::free(text); }
};

using JwkPtr = std::unique_ptr<cjose_jwk_t, CjoseDeleter>;
using JwsPtr = std::unique_ptr<cjose_jws_t, CjoseDeleter>;
using HeaderPtr = std::unique_ptr<cjose_header_t, CjoseDeleter>;
using CTextPtr = std::unique_ptr<char, CjoseDeleter>;

}  // namespace equity::auth
