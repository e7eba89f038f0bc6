// The Connect protocol (connectrpc.com/docs/protocol): unary calls and streams of answers, in JSON and binary.
#pragma once

#include "services/gateway/contract.h"
#include "services/gateway/http.h"
#include "services/gateway/routes.h"
#include "services/gateway/upstream.h"
#include "services/gateway/url.h"

namespace equity::gateway {

class Connect {
 public:
  Connect(const Contract& contract, Upstream& upstream) : contract_(contract), upstream_(upstream) {}

  void Handle(const ExchangePtr& exchange, const Operation& operation, Query query) const;
  // The HTTP methods that an RPC takes.
  static std::string Allow(const Operation& operation);

 private:
  enum class Codec { kJson, kBinary };
  void Post(const ExchangePtr& exchange, const Operation& operation) const;
  void Get(const ExchangePtr& exchange, const Operation& operation, Query query) const;
  void Stream(const ExchangePtr& exchange, const Operation& operation, Codec codec) const;
  void Unary(const ExchangePtr& exchange, const Operation& operation, Codec codec, const std::string& message) const;

  absl::StatusOr<Outgoing> Prepare(const Request& request, const Operation& operation, Codec codec,
                                   const std::string& message) const;
  // The message as bytes, from the client's codec.
  absl::StatusOr<std::string> Decode(const Operation& operation, Codec codec, const std::string& message) const;
  absl::StatusOr<std::string> Encode(const Operation& operation, Codec codec, const std::string& bytes) const;

  const Contract& contract_;
  Upstream& upstream_;
};

}  // namespace equity::gateway
