#include "services/gateway/routes.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/macros.h"
#include "equity/common/v1/access.pb.h"
#include "equity/common/v1/fields.pb.h"
#include "google/api/annotations.pb.h"

namespace equity::gateway {
namespace {

namespace pb = google::protobuf;
using google::api::HttpRule;

bool HasPersonalFields(const pb::Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (field.options().GetExtension(common::v1::rules).personal()) return true;
    // Types of ours do not contain themselves.
    const bool ours = field.message_type() != nullptr && field.message_type()->file()->package() != "google.protobuf";
    if (ours && HasPersonalFields(*field.message_type())) return true;
  }
  return false;
}

bool HasField(const pb::Descriptor& type, const std::string& path) {
  const pb::Descriptor* at = &type;
  const pb::FieldDescriptor* field = nullptr;
  for (const auto name : absl::StrSplit(path, '.')) {
    field = at == nullptr ? nullptr : at->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return false;
    at = field->message_type();
  }
  return at == nullptr;
}

std::pair<std::string, std::string> MethodAndPath(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    default:
      return {};
  }
}

std::vector<const HttpRule*> Rules(const pb::MethodDescriptor& method) {
  std::vector<const HttpRule*> rules;
  if (!method.options().HasExtension(google::api::http)) return rules;
  const HttpRule& first = method.options().GetExtension(google::api::http);
  rules.push_back(&first);
  for (const HttpRule& more : first.additional_bindings()) rules.push_back(&more);
  return rules;
}

// Streams of requests have no form over HTTP/1.1, and what is for services alone needs none.
bool HasForm(const pb::MethodDescriptor& method) {
  const auto& scopes = method.options().GetExtension(common::v1::access).scopes();
  for (const int scope : scopes) {
    if (scope != common::v1::SCOPE_SERVICE) return !method.client_streaming();
  }
  return false;
}

Operation Describe(const pb::MethodDescriptor& method) {
  const auto& scopes = method.options().GetExtension(common::v1::access).scopes();
  return {.method = &method,
          .path = absl::StrCat("/", method.service()->full_name(), "/", method.name()),
          .reads_only = method.options().idempotency_level() == pb::MethodOptions::NO_SIDE_EFFECTS,
          .is_public = std::find(scopes.begin(), scopes.end(), common::v1::SCOPE_PUBLIC) != scopes.end(),
          .personal = HasPersonalFields(*method.input_type()),
          .streams = method.server_streaming(),
          .sealed = method.options().GetExtension(common::v1::access).sealed()};
}

}  // namespace

absl::StatusOr<Routes> Routes::Build(const Contract& contract) {
  Routes routes;
  for (const pb::MethodDescriptor* method : contract.methods()) {
    if (!HasForm(*method)) continue;
    const Operation operation = Describe(*method);
    RETURN_IF_ERROR(routes.Add(routes.operations_.emplace(operation.path, operation).first->second));
  }
  return routes;
}

absl::Status Routes::Add(const Operation& operation) {
  const pb::Descriptor& request = *operation.method->input_type();
  const auto wrong = [&](const std::string& what) {
    return absl::FailedPreconditionError(absl::StrCat("the HTTP rule of ", operation.path, ": ", what));
  };
  for (const HttpRule* rule : Rules(*operation.method)) {
    auto [method, path] = MethodAndPath(*rule);
    ASSIGN_OR_RETURN(PathTemplate path_template, PathTemplate::Parse(path));
    for (const auto& variable : path_template.variables()) {
      if (!HasField(request, variable.field)) return wrong("no field " + variable.field);
    }
    if (!rule->body().empty() && rule->body() != "*") {
      const pb::FieldDescriptor* body = request.FindFieldByName(rule->body());
      if (body == nullptr || body->message_type() == nullptr || body->is_repeated()) return wrong("no such body");
    }
    if (!rule->response_body().empty()) return wrong("response_body is not supported");
    if (method == "GET" && !operation.reads_only) return wrong("a GET that writes");
    for (const Binding& other : bindings_) {
      if (other.method == method && other.path_template.Overlaps(path_template)) {
        return wrong("matches the same as " + other.path);
      }
    }
    bindings_.push_back({&operation, method, path, std::move(path_template), rule->body()});
  }
  return absl::OkStatus();
}

const Operation* Routes::FindOperation(std::string_view path) const {
  const auto found = operations_.find(path);
  return found == operations_.end() ? nullptr : &found->second;
}

std::optional<Routes::Match> Routes::Find(std::string_view method, std::string_view path) const {
  for (const Binding& binding : bindings_) {
    if (binding.method != method) continue;
    if (auto captures = binding.path_template.Match(path)) return Match{&binding, *std::move(captures)};
  }
  return std::nullopt;
}

std::set<std::string> Routes::MethodsOf(std::string_view path) const {
  std::set<std::string> methods;
  for (const Binding& binding : bindings_) {
    if (binding.path_template.Match(path)) methods.insert(binding.method);
  }
  if (methods.contains("GET")) methods.insert("HEAD");
  return methods;
}

}  // namespace equity::gateway
