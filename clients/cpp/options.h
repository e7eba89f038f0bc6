// What a caller says about a server and about a call.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace equity::client {

// PEM texts. Root certificates left empty are the system's; certificate and key are for mutual TLS.
struct Tls {
  std::string root_certificates;
  std::string certificate_chain;
  std::string private_key;
};

struct Target {
  std::string address = "127.0.0.1:8443";
  // Without it the connection is in clear text, which is for loopback only.
  std::optional<Tls> tls;
};

struct CallOptions {
  // For a whole call, its retries included. Of a stream it is the longest silence while an answer is due.
  absl::Duration deadline = absl::Seconds(10);
  // How often a call is tried at most; 0 means as often as the deadline allows.
  int max_tries = 0;
  // The credential, as in `authorization: Bearer ...`; empty sends none.
  std::string bearer_token;
  // Whom the call is for, where the caller is a service.
  std::string actor;
  // The caller's trace (W3C Trace Context); empty sends none.
  std::string traceparent;
};

}  // namespace equity::client
