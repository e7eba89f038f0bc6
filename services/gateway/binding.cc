#include "services/gateway/binding.h"

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "equity/common/v1/fields.pb.h"

namespace equity::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

// Sets a field, or adds to a repeated one.
#define EQUITY_SET(Type, value) \
  (field.is_repeated() ? reflection.Add##Type(&message, &field, value) : reflection.Set##Type(&message, &field, value))

class Binder {
 public:
  Binder(const Contract& contract, pb::Message& request) : contract_(contract), request_(request) {}

  // The value of a field by its path, such as session.name; false with a fault noted where that cannot be.
  void Set(const std::string& path, const std::string& value, bool in_query) {
    pb::Message* message = &request_;
    const FieldDescriptor* field = nullptr;
    for (const auto name : absl::StrSplit(path, '.')) {
      if (field != nullptr) {
        if (field->message_type() == nullptr || field->is_repeated()) return Fault(path, "is no field of this request");
        message = message->GetReflection()->MutableMessage(message, field);
      }
      field = FindField(*message->GetDescriptor(), std::string(name));
      if (field == nullptr) return Fault(path, "is no field of this request");
      if (in_query && field->options().GetExtension(common::v1::rules).personal()) {
        return Fault(path, "is about a person and has no place in an address: send it in a body");
      }
    }
    if (!field->is_repeated() && !seen_.insert(path).second) return Fault(path, "may be given once");
    if (!text::IsUtf8(value)) return Fault(path, "must be UTF-8");
    SetValue(*message, *field, path, value);
  }

  void Fault(const std::string& path, std::string description) { faults_.push_back({path, std::move(description)}); }
  absl::Status Finish() const { return faults_.empty() ? absl::OkStatus() : status::InvalidFields(faults_); }

 private:
  static const FieldDescriptor* FindField(const pb::Descriptor& type, const std::string& name) {
    const FieldDescriptor* field = type.FindFieldByName(name);
    return field != nullptr ? field : type.FindFieldByCamelcaseName(name);
  }

  void SetValue(pb::Message& message, const FieldDescriptor& field, const std::string& path, const std::string& value) {
    const pb::Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        EQUITY_SET(String, value);
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (value != "true" && value != "false") return Fault(path, "must be true or false");
        EQUITY_SET(Bool, value == "true");
        return;
      case FieldDescriptor::CPPTYPE_INT32: {
        int32_t number;
        if (!absl::SimpleAtoi(value, &number)) return Fault(path, "must be a number");
        EQUITY_SET(Int32, number);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        int64_t number;
        if (!absl::SimpleAtoi(value, &number)) return Fault(path, "must be a number");
        EQUITY_SET(Int64, number);
        return;
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        double number;
        if (!absl::SimpleAtod(value, &number)) return Fault(path, "must be a number");
        EQUITY_SET(Double, number);
        return;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* named = field.enum_type()->FindValueByName(value);
        if (named == nullptr) return Fault(path, "must be one of " + EnumNames(*field.enum_type()));
        EQUITY_SET(Enum, named);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return SetWellKnown(message, field, path, value);
      default:
        return Fault(path, "cannot be given in an address");
    }
  }

  // Times, durations and field masks are text in JSON, and so they are here.
  void SetWellKnown(pb::Message& message, const FieldDescriptor& field, const std::string& path,
                    const std::string& value) {
    const pb::Descriptor& type = *field.message_type();
    if (type.file()->package() != "google.protobuf" || field.is_repeated()) {
      return Fault(path, "cannot be given in an address");
    }
    const auto bytes = contract_.FromJson(type, nlohmann::json(value).dump(), Contract::Unknown::kRefuse);
    if (!bytes.ok() || !message.GetReflection()->MutableMessage(&message, &field)->ParseFromString(*bytes)) {
      Fault(path, absl::StrCat("is no ", type.name()));
    }
  }

  static std::string EnumNames(const pb::EnumDescriptor& type) {
    std::string names;
    for (int i = 1; i < type.value_count(); ++i) absl::StrAppend(&names, i == 1 ? "" : ", ", type.value(i)->name());
    return names;
  }

  const Contract& contract_;
  pb::Message& request_;
  std::set<std::string> seen_;
  std::vector<status::FieldFault> faults_;
};

#undef EQUITY_SET

absl::Status BindBody(const Contract& contract, const Binding& binding, const std::string& body, pb::Message& request) {
  if (binding.body.empty()) return absl::OkStatus();
  pb::Message* target = &request;
  if (binding.body != "*") {
    const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(binding.body);
    target = request.GetReflection()->MutableMessage(&request, field);
  }
  ASSIGN_OR_RETURN(const std::string bytes,
                   contract.FromJson(*target->GetDescriptor(), body, Contract::Unknown::kRefuse));
  if (target->ParseFromString(bytes)) return absl::OkStatus();
  return status::Error(absl::StatusCode::kInvalidArgument, "INVALID_JSON", "The texts of the JSON must be UTF-8.");
}

}  // namespace

std::unique_ptr<pb::Message> NewRequest(const Contract& contract, const Operation& operation) {
  return contract.New(*operation.method->input_type());
}

absl::StatusOr<std::unique_ptr<pb::Message>> BindRequest(const Contract& contract, const Binding& binding,
                                                         const Parts& parts) {
  auto request = NewRequest(contract, *binding.operation);
  RETURN_IF_ERROR(BindBody(contract, binding, parts.body, *request));
  Binder binder(contract, *request);
  for (const auto& [field, value] : parts.captures) binder.Set(field, value, false);
  for (const auto& [name, value] : parts.query) {
    if (binding.body == "*") {
      binder.Fault(name, "belongs into the body");
    } else {
      binder.Set(name, value, true);
    }
  }
  const FieldDescriptor* request_id = request->GetDescriptor()->FindFieldByName("request_id");
  if (!parts.idempotency_key.empty() && request_id != nullptr) {
    const std::string given = request->GetReflection()->GetString(*request, request_id);
    if (given.empty()) {
      binder.Set("request_id", parts.idempotency_key, false);
    } else if (!absl::EqualsIgnoreCase(given, parts.idempotency_key)) {
      binder.Fault("request_id", "is not what the header Idempotency-Key says: send one of them, or the same in both");
    }
  }
  RETURN_IF_ERROR(binder.Finish());
  return request;
}

}  // namespace equity::gateway
