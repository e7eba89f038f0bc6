#include "common/rpc/method.h"

#include "absl/strings/str_cat.h"

namespace equity::rpc {

using common::v1::Access;
using google::protobuf::MethodOptions;

Method::Method(const google::protobuf::MethodDescriptor* method)
    : descriptor(method),
      service(method->service()->full_name()),
      name(method->name()),
      full_name(method->full_name()),
      request(method->input_type()),
      response(method->output_type()),
      request_id(method->input_type()->FindFieldByName("request_id")) {
  const Access& access = method->options().GetExtension(common::v1::access);
  for (const int scope : access.scopes()) scopes |= 1u << scope;
  is_public = (scopes & (1u << common::v1::SCOPE_PUBLIC)) != 0;
  is_sealed = access.sealed();
  tenant = access.tenant();
  reads_only = method->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
}

absl::StatusOr<std::unique_ptr<Method>> Method::Of(const google::protobuf::MethodDescriptor* descriptor) {
  auto method = std::make_unique<Method>(descriptor);
  const auto incomplete = [&](const char* what) {
    return absl::FailedPreconditionError(absl::StrCat("the contract of ", method->full_name, " ", what));
  };
  if (method->scopes == 0 || (method->scopes & 1u) != 0) return incomplete("names no scope");
  if (method->tenant == common::v1::TENANT_RULE_UNSPECIFIED) return incomplete("names no tenant rule");
  if (descriptor->options().idempotency_level() == MethodOptions::IDEMPOTENCY_UNKNOWN) {
    return incomplete("names no idempotency level");
  }
  const bool rows_have_ids = descriptor->input_type()->FindFieldByName("rows") != nullptr;
  if (!method->reads_only && method->request_id == nullptr && !rows_have_ids) return incomplete("has no request_id");
  if (method->tenant == common::v1::TENANT_RULE_OWN && !method->request.HasTenant()) {
    return incomplete("has the tenant rule OWN but no field marked tenant");
  }
  return method;
}

}  // namespace equity::rpc
