// Which request goes to which RPC: the table is made from the contract's descriptors at start.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "services/gateway/contract.h"
#include "services/gateway/path_template.h"

namespace equity::gateway {

// An RPC that has a form over HTTP.
struct Operation {
  const google::protobuf::MethodDescriptor* method;
  std::string path;  // /equity.workshops.v1.SessionService/GetSession
  bool reads_only;   // changes nothing: may be a GET
  bool is_public;    // needs no credential
  bool personal;     // the request has fields about a person, which have no place in an address
  bool streams;      // answers more than once
  bool sealed;       // who calls is not to be known
};

// One google.api.http rule of an RPC.
struct Binding {
  const Operation* operation;
  std::string method;  // GET
  std::string path;    // as in the contract
  PathTemplate path_template;
  std::string body;  // `*`, a field, or empty for none
};

class Routes {
 public:
  // FAILED_PRECONDITION when a rule names a field that is not there, or two rules match the same path.
  static absl::StatusOr<Routes> Build(const Contract& contract);

  // The RPC at a path of the Connect protocol, or null.
  const Operation* FindOperation(std::string_view path) const;

  struct Match {
    const Binding* binding;
    PathTemplate::Captures captures;
  };
  std::optional<Match> Find(std::string_view method, std::string_view path) const;
  // The HTTP methods that the path takes; empty where it is nothing.
  std::set<std::string> MethodsOf(std::string_view path) const;

  const std::vector<Binding>& bindings() const { return bindings_; }

 private:
  absl::Status Add(const Operation& operation);

  std::map<std::string, Operation, std::less<>> operations_;  // by path; nodes stay where they are
  std::vector<Binding> bindings_;
};

}  // namespace equity::gateway
