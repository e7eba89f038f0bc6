#include "common/rpc/call.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/obs/log.h"
#include "common/rpc/limits.h"
#include "common/rpc/shared.h"
#include "common/rpc/tls.h"
#include "common/status/errors.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "common/strings.h"

namespace equity::rpc {
namespace {

// Without data where there is none.
std::string_view Metadata(const grpc::ServerContextBase& server, const char* key) {
  const auto& metadata = server.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

bool IsRepeated(const grpc::ServerContextBase& server, const char* key) {
  const auto& metadata = server.client_metadata();
  const auto found = metadata.find(key);
  return found != metadata.end() && std::next(found) != metadata.end() && std::next(found)->first == found->first;
}

bool IsLowerHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

std::string RandomHex(int words) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string hex;
  for (int i = 0; i < words; ++i) absl::StrAppend(&hex, absl::Hex(random(), absl::kZeroPad16));
  return hex;
}

// What the audit trail calls a caller who is not to be known.
constexpr char kSealedActor[] = "anonymous";

const auth::PrincipalPtr& Nobody() {
  // Never destroyed: calls may still come in when the process ends.
  static const auto* const nobody = new auth::PrincipalPtr(std::make_shared<auth::Principal>());
  return *nobody;
}

}  // namespace

Trace TraceFrom(std::string_view traceparent) {
  // version "-" trace-id "-" parent-id "-" flags
  Trace trace{"", RandomHex(1)};
  if (traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-' &&
      traceparent.substr(0, 2) != "ff" && IsLowerHex(traceparent.substr(0, 2)) &&
      (traceparent.substr(0, 2) != "00" || traceparent.size() == 55)) {
    const std::string_view id = traceparent.substr(3, 32);
    const std::string_view parent = traceparent.substr(36, 16);
    if (IsLowerHex(id) && IsLowerHex(parent) && id.find_first_not_of('0') != id.npos &&
        parent.find_first_not_of('0') != parent.npos) {
      trace.trace_id = id;
    }
  }
  if (trace.trace_id.empty()) trace.trace_id = RandomHex(2);
  return trace;
}

std::string WriteContext::NewId() const { return NewUuidV7(absl::Now()); }

Call::Call(Shared& shared, const Method& method, const grpc::ServerContextBase& server)
    : shared_(shared),
      method_(method),
      server_(server),
      // A trace that went through other calls would tell who makes this one.
      trace_(TraceFrom(method.is_sealed ? std::string_view() : Metadata(server, "traceparent"))) {
  method_.metrics->Started();
  steady_start_ = std::chrono::steady_clock::now();
  start_ = absl::Now();
  deadline_ = absl::FromChrono(server.deadline());
  if (!method.descriptor->client_streaming() && !method.descriptor->server_streaming()) {
    deadline_ = std::min(deadline_, start_ + kLongestCall);
  }
  context_.deadline_ = deadline_;
}

const std::string& Call::tenant() const {
  static const std::string none;
  return method_.is_sealed ? none : context_.caller_->organisation;
}

absl::Status Call::Authenticate() {
  context_.caller_ = Nobody();
  // Whoever stands in front may have looked at another one.
  if (IsRepeated(server_, "authorization")) {
    return status::Error(absl::StatusCode::kUnauthenticated, "CREDENTIAL_INVALID",
                         "There is more than one authorization.");
  }
  const std::string_view credential = Metadata(server_, "authorization");
  if (credential.empty()) return absl::OkStatus();
  constexpr std::string_view kBearer = "Bearer ";
  if (!credential.starts_with(kBearer)) {
    return status::Error(absl::StatusCode::kUnauthenticated, "CREDENTIAL_INVALID",
                         "The authorization must be `Bearer` and a token.");
  }
  auto principal = shared_.authenticator->Authenticate(credential.substr(kBearer.size()), start_);
  if (!principal.ok()) {
    return status::Error(absl::StatusCode::kUnauthenticated, "CREDENTIAL_INVALID",
                         std::string(principal.status().message()));
  }
  // A service may act for anybody, so its token alone does not do where there are certificates.
  if (shared_.certificates && (*principal)->Has(auth::Scope::SCOPE_SERVICE) && !(*principal)->is_this_process &&
      !CertificateNames(server_, (*principal)->subject)) {
    return status::Error(absl::StatusCode::kUnauthenticated, "CREDENTIAL_INVALID",
                         "The token is a service's, and the certificate of the connection is not that service's.");
  }
  context_.caller_ = *std::move(principal);
  context_.authorization_ = credential;
  return absl::OkStatus();
}

absl::Status Call::Authorise() {
  RETURN_IF_ERROR(Authenticate());
  const auth::Principal& caller = *context_.caller_;
  context_.now_ = shared_.clock.Now();
  context_.trace_id_ = trace_.trace_id;
  context_.actor_ = method_.is_sealed ? kSealedActor : caller.subject;
  organisation_ = caller.organisation;
  if (caller.Has(auth::Scope::SCOPE_SERVICE)) {
    const std::string_view organisation = Metadata(server_, "equity-organisation");
    work_ = organisation.data() == nullptr ? exec::Work::kOwn : exec::Work::kFlow;
    organisation_ = organisation;
  }
  if (caller.Has(auth::Scope::SCOPE_SERVICE) && !method_.is_sealed) {
    const std::string_view actor = Metadata(server_, "equity-actor");
    if (!actor.empty()) context_.actor_ = std::string(actor);
  }
  if (method_.is_public) return absl::OkStatus();
  if (caller.scopes == 0) {
    return status::Error(absl::StatusCode::kUnauthenticated, "CREDENTIAL_MISSING",
                         "This needs a credential: send `authorization: Bearer` and a token.");
  }
  if ((caller.scopes & method_.scopes) == 0) {
    return status::Error(absl::StatusCode::kPermissionDenied, "SCOPE_MISSING",
                         "This credential does not allow that. Ask the central team for one that does.");
  }
  return absl::OkStatus();
}

absl::Status Call::CheckRequest(const google::protobuf::Message& request) const {
  if (method_.tenant == common::v1::TENANT_RULE_OWN && context_.caller_->IsBound()) {
    for (const std::string& name : method_.request.TenantNames(request)) {
      // A name without an organisation is refused below, for everybody alike.
      const std::string_view organisation = OrganisationOf(name);
      if (!organisation.empty() && organisation != context_.caller_->organisation) return status::NotFound();
    }
  }
  const auto faults = method_.request.Check(request);
  if (!faults.empty()) return status::InvalidFields(faults);
  return absl::OkStatus();
}

absl::Status Call::Admit(const google::protobuf::Message& request) {
  request_bytes_ = request.ByteSizeLong();
  if (deadline_ <= start_) {
    return status::Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                         "The deadline had passed when the request arrived. Nothing was changed.");
  }
  RETURN_IF_ERROR(Authorise());
  RETURN_IF_ERROR(CheckRequest(request));
  if (method_.request_id != nullptr) {
    request_id_ = request.GetReflection()->GetString(request, method_.request_id);
  }
  return absl::OkStatus();
}

absl::Status Call::StartOn(exec::Workers& workers, std::function<void()> task) const {
  switch (workers.Start(std::move(task), organisation_)) {
    case exec::Workers::Started::kYes:
      return absl::OkStatus();
    case exec::Workers::Started::kNoThread:
      break;
    case exec::Workers::Started::kNoMoreForOne:
      return status::TooManyStreams(absl::Seconds(1));
  }
  return status::Overloaded(absl::Seconds(1));
}

grpc::Status Call::Answer(absl::Status status) {
  if (status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown) {
    shared_.log->Event(
        obs::Severity::kError, "internal error",
        {{"method", method_.full_name}, {"trace_id", trace_.trace_id}, {"cause", ToStd(status.message())}});
    status = status::Internal();
  }
  answer_ = std::move(status);
  return status::ToGrpc(answer_);
}

void Call::Record(const google::protobuf::Message* response) {
  const auto code = static_cast<grpc::StatusCode>(answer_.code());
  const absl::Duration latency = absl::FromChrono(std::chrono::steady_clock::now() - steady_start_);
  const std::string reason = answer_.ok() ? "" : status::Reason(answer_);
  const bool named = context_.caller_ != nullptr && !method_.is_sealed;
  method_.metrics->Handled(code, latency);
  shared_.log->Call({
      .service = method_.service,
      .method = method_.name,
      .code = obs::CodeName(code),
      .reason = reason,
      .subject = named ? context_.caller_->subject : std::string_view(),
      .organisation = named ? context_.caller_->organisation : std::string_view(),
      .request_id = method_.is_sealed ? std::string_view() : request_id_,
      .trace_id = trace_.trace_id,
      .span_id = trace_.span_id,
      .start = start_,
      .latency = latency,
      // The size of a request tells how long a name in it is.
      .request_bytes = method_.is_sealed ? 0 : static_cast<int64_t>(request_bytes_),
      .response_bytes = answer_.ok() && response != nullptr && !method_.is_sealed
                            ? static_cast<int64_t>(response->ByteSizeLong())
                            : 0,
  });
}

grpc::Status Call::Finish(absl::Status status, const google::protobuf::Message* response) {
  grpc::Status answer = Answer(std::move(status));
  Record(response);
  return answer;
}

}  // namespace equity::rpc
