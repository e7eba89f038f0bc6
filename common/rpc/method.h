// What the contract says about an RPC, read from its descriptor when it is mounted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/obs/metrics.h"
#include "common/status/errors.h"
#include "equity/common/v1/access.pb.h"
#include "equity/common/v1/fields.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace equity::rpc {

// The rules of a message's fields, ready to be applied.
class MessageRules {
 public:
  explicit MessageRules(const google::protobuf::Descriptor* descriptor);

  // Every fault of the message, with the path of its field.
  std::vector<status::FieldFault> Check(const google::protobuf::Message& message) const;
  // The resource names in fields marked `tenant`, in messages below too.
  std::vector<std::string> TenantNames(const google::protobuf::Message& message) const;
  bool HasTenant() const { return has_tenant_; }
  // Whether a field here or below is marked `personal`, `sealed` or `free_text`.
  bool HasPersonal() const { return has_personal_; }
  // Whether one is marked `sealed`.
  bool HasSealed() const { return has_sealed_; }
  // Empties them all.
  void ClearPersonal(google::protobuf::Message& message) const;
  // Empties those marked `sealed`.
  void ClearSealed(google::protobuf::Message& message) const;

 private:
  struct Field {
    const google::protobuf::FieldDescriptor* descriptor;
    common::v1::FieldRules rules;
    std::unique_ptr<MessageRules> below;  // of a message of ours
  };
  void Check(const google::protobuf::Message& message, const std::string& prefix,
             std::vector<status::FieldFault>& faults) const;
  void Clear(google::protobuf::Message& message, bool (*concerned)(const common::v1::FieldRules&)) const;

  std::vector<Field> fields_;
  bool has_tenant_ = false;
  bool has_personal_ = false;
  bool has_sealed_ = false;
};

// What a text of this format must be, or empty where it is that; for handlers that judge rows themselves.
std::string FormatFault(common::v1::Format format, const std::string& text);
// The name's first segment after `organisations/`, or empty.
std::string_view OrganisationOf(std::string_view resource_name);
// Whether the name has the shape of the pattern, such as `organisations/*/bookings/*`.
bool MatchesPattern(std::string_view pattern, std::string_view name);

struct Method {
  // FAILED_PRECONDITION when the contract of the RPC is not whole: no scope, no tenant rule, no idempotency level, a
  // write without request_id, an OWN rule without a tenant field.
  static absl::StatusOr<std::unique_ptr<Method>> Of(const google::protobuf::MethodDescriptor* descriptor);

  const google::protobuf::MethodDescriptor* descriptor;
  std::string service;    // equity.workshops.v1.BookingService
  std::string name;       // BookPlace
  std::string full_name;  // both
  uint32_t scopes = 0;    // bit `1 << Scope`
  bool is_public = false;
  bool is_sealed = false;  // nobody learns afterwards who called
  bool reads_only = false;
  common::v1::TenantRule tenant;
  MessageRules request;
  MessageRules response;
  const google::protobuf::FieldDescriptor* request_id;  // null for reads and for writes whose rows carry ids
  obs::MethodMetrics* metrics = nullptr;

  explicit Method(const google::protobuf::MethodDescriptor* descriptor);
};

}  // namespace equity::rpc
