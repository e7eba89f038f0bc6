#include "services/gateway/openapi.h"

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "equity/common/v1/access.pb.h"
#include "equity/common/v1/fields.pb.h"
#include "services/gateway/media.h"

namespace equity::gateway {
namespace {

namespace pb = google::protobuf;
using Json = nlohmann::ordered_json;
using common::v1::FieldRules;
using pb::FieldDescriptor;

constexpr char kSchemas[] = "#/components/schemas/";

Json Reference(const std::string& name) { return {{"$ref", kSchemas + name}}; }

// The text of one segment for each star: organisations/*/bookings/* becomes ^organisations/[^/]+/bookings/[^/]+$.
std::string ResourcePattern(const std::string& resource) {
  return absl::StrCat("^", absl::StrReplaceAll(resource, {{"*", "[^/]+"}}), "$");
}

void AddTextRules(const FieldRules& rules, Json& schema) {
  if (rules.max_length() > 0) schema["maxLength"] = rules.max_length();
  if (!rules.resource().empty()) schema["pattern"] = ResourcePattern(rules.resource());
  switch (rules.format()) {
    case common::v1::FORMAT_UUID:
      schema["format"] = "uuid";
      break;
    case common::v1::FORMAT_DATE:
      schema["format"] = "date";
      break;
    case common::v1::FORMAT_EMAIL:
      schema["format"] = "email";
      break;
    case common::v1::FORMAT_TIME_OF_DAY:
      schema["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
      break;
    case common::v1::FORMAT_RESOURCE_ID:
      schema["pattern"] = "^[a-z0-9-]{2,40}$";
      break;
    default:
      break;
  }
}

// Messages that JSON writes in a way of their own.
Json WellKnown(const pb::Descriptor& type) {
  if (type.name() == "Timestamp") return {{"type", "string"}, {"format", "date-time"}};
  if (type.name() == "Any") return {{"type", "object"}};
  return {{"type", "string"}};  // a duration, a field mask
}

Json OneValue(const FieldDescriptor& field) {
  const FieldRules& rules = field.options().GetExtension(common::v1::rules);
  Json schema;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      schema = {{"type", "string"}};
      AddTextRules(rules, schema);
      return schema;
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
      schema = {{"type", "integer"}, {"format", "int32"}};
      if (rules.has_min()) schema["minimum"] = rules.min();
      if (rules.has_max()) schema["maximum"] = rules.max();
      return schema;
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return {{"type", "string"}, {"format", "int64"}};
    case FieldDescriptor::CPPTYPE_ENUM:
      return Reference(field.enum_type()->full_name());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type()->file()->package() == "google.protobuf"
                 ? WellKnown(*field.message_type())
                 : Reference(field.message_type()->full_name());
    default:
      return {{"type", "number"}};
  }
}

Json FieldSchema(const FieldDescriptor& field) {
  Json schema = OneValue(field);
  if (field.is_repeated()) {
    schema = {{"type", "array"}, {"items", schema}};
    const FieldRules& rules = field.options().GetExtension(common::v1::rules);
    if (rules.max_items() > 0) schema["maxItems"] = rules.max_items();
  }
  if (std::string comment = Comment(field); !comment.empty()) schema["description"] = comment;
  return schema;
}

// The fields of a message but those that stand elsewhere.
Json MessageSchema(const pb::Descriptor& type, const std::set<std::string>& elsewhere = {}) {
  Json schema = {{"type", "object"}};
  if (std::string comment = Comment(type); !comment.empty()) schema["description"] = comment;
  schema["properties"] = Json::object();
  Json required = Json::array();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (elsewhere.contains(field.name())) continue;
    schema["properties"][field.json_name()] = FieldSchema(field);
    if (field.options().GetExtension(common::v1::rules).required()) required.push_back(field.json_name());
  }
  if (!required.empty()) schema["required"] = required;
  return schema;
}

Json EnumSchema(const pb::EnumDescriptor& type) {
  Json schema = {{"type", "string"}};
  std::vector<std::string> lines = {Comment(type)};
  for (int i = 0; i < type.value_count(); ++i) {
    schema["enum"].push_back(type.value(i)->name());
    lines.push_back(absl::StrCat("- `", type.value(i)->name(), "`: ", Comment(*type.value(i))));
  }
  schema["description"] = absl::StrJoin(lines, "\n");
  return schema;
}

// Collects the types that a message is made of.
void AddSchemas(const pb::Descriptor& type, Json& schemas) {
  if (type.file()->package() == "google.protobuf" || schemas.contains(type.full_name())) return;
  schemas[type.full_name()] = MessageSchema(type);
  for (int i = 0; i < type.field_count(); ++i) {
    if (const auto* below = type.field(i)->message_type()) AddSchemas(*below, schemas);
    if (const auto* values = type.field(i)->enum_type()) schemas[values->full_name()] = EnumSchema(*values);
  }
}

// An address with a parameter for each star, as OpenAPI knows no parameter with slashes:
// /v1/{name=workshops/*/sessions/*} becomes /v1/workshops/{workshop}/sessions/{session}.
struct Address {
  std::string path;
  Json parameters = Json::array();
  std::set<std::string> captured;  // top-level fields of the request
};

std::string ParameterName(const PathTemplate& path_template, size_t segment) {
  for (const auto& variable : path_template.variables()) {
    if (variable.begin == segment && variable.end == segment + 1) return variable.field;
  }
  std::string name = segment > 0 ? path_template.segments()[segment - 1] : "name";
  if (name.ends_with('s')) name.pop_back();
  return name;
}

Address MakeAddress(const Binding& binding) {
  Address address;
  const auto& segments = binding.path_template.segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i] != "*") {
      absl::StrAppend(&address.path, "/", segments[i]);
      continue;
    }
    const std::string name = ParameterName(binding.path_template, i);
    absl::StrAppend(&address.path, "/{", name, "}");
    address.parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  if (!binding.path_template.verb().empty()) absl::StrAppend(&address.path, ":", binding.path_template.verb());
  for (const auto& variable : binding.path_template.variables()) {
    address.captured.insert(variable.field.substr(0, variable.field.find('.')));
  }
  return address;
}

// What a query may hold: everything that is in neither path nor body, and about no person.
void AddQuery(const Binding& binding, const Address& address, Json& parameters) {
  if (binding.body == "*") return;
  const pb::Descriptor& request = *binding.operation->method->input_type();
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    const FieldRules& rules = field.options().GetExtension(common::v1::rules);
    const bool well_known =
        field.message_type() != nullptr && field.message_type()->file()->package() == "google.protobuf";
    if (address.captured.contains(field.name()) || field.name() == binding.body || rules.personal()) continue;
    if (field.message_type() != nullptr && !well_known) continue;
    Json schema = FieldSchema(field);
    Json parameter = {{"name", field.json_name()}, {"in", "query"}};
    if (schema.contains("description")) parameter["description"] = schema["description"];
    schema.erase("description");
    if (rules.required()) parameter["required"] = true;
    parameter["schema"] = schema;
    parameters.push_back(parameter);
  }
}

Json RequestBody(const Binding& binding, const Address& address) {
  const pb::Descriptor& request = *binding.operation->method->input_type();
  const Json schema = binding.body == "*"
                          ? MessageSchema(request, address.captured)
                          : Reference(request.FindFieldByName(binding.body)->message_type()->full_name());
  return {{"required", true}, {"content", {{kJson, {{"schema", schema}}}}}};
}

Json Answers(const Operation& operation, const CsvForm* csv) {
  Json content;
  if (operation.streams) {
    content[kEventStream] = {{"schema", {{"type", "string"}}}};
  } else {
    content[kJson] = {{"schema", Reference(operation.method->output_type()->full_name())}};
    if (csv != nullptr) {
      content[kCsv] = {{"schema", {{"type", "string"}}}, {"example", absl::StrJoin(csv->columns(), ",") + "\n"}};
    }
  }
  const std::string stream = absl::StrCat("Events, each with a `", operation.method->output_type()->full_name(),
                                          "` as JSON; the event `error` has a `google.rpc.Status` and ends it.");
  return {
      {"200",
       {{"description", operation.streams ? stream : Comment(*operation.method->output_type())}, {"content", content}}},
      {"default", {{"$ref", "#/components/responses/Error"}}}};
}

Json Scopes(const pb::MethodDescriptor& method) {
  Json scopes = Json::array();
  for (const int scope : method.options().GetExtension(common::v1::access).scopes()) {
    const std::string name = common::v1::Scope_Name(scope);
    scopes.push_back(absl::AsciiStrToLower(name.substr(std::string("SCOPE_").size())));
  }
  return scopes;
}

Json OperationObject(const Binding& binding, const Address& address, const CsvForm* csv, int number) {
  const pb::MethodDescriptor& method = *binding.operation->method;
  const std::string comment = Comment(method);
  Json object = {{"operationId", absl::StrCat(method.service()->name(), "_", method.name(),
                                              number > 1 ? absl::StrCat("_", number) : "")},
                 {"tags", Json::array({method.service()->name()})},
                 {"summary", comment.substr(0, comment.find_first_of(".\n"))},
                 {"description", comment}};
  Json parameters = address.parameters;
  AddQuery(binding, address, parameters);
  if (csv != nullptr && binding.method == "GET") {
    parameters.push_back({{"name", "format"},
                          {"in", "query"},
                          {"description",
                           "The form of the answer, as with Accept. In CSV a list is whole, unless a "
                           "page was asked for."},
                          {"schema", {{"type", "string"}, {"enum", {"json", "csv"}}}}});
  }
  if (!parameters.empty()) object["parameters"] = parameters;
  if (!binding.body.empty()) object["requestBody"] = RequestBody(binding, address);
  object["responses"] = Answers(*binding.operation, csv);
  if (binding.operation->is_public) object["security"] = Json::array();
  object["x-scopes"] = Scopes(method);
  return object;
}

Json Head() {
  return {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "100 Day Health Equity Challenge"},
        {"version", "1"},
        {"description",
         "Registration, workshops and statistics of a 100 Day Health Equity Challenge. The same contract as the gRPC "
         "services: send a new UUID in `requestId` of each write (or in the header `Idempotency-Key`), and the same "
         "one to send it again."},
        {"license", {{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", {{{"url", "/"}}}},
      {"security", {{{"bearer", Json::array()}}}}};
}

Json ErrorSchema() {
  return {{"type", "object"},
          {"description", "An error: `google.rpc.Status` in JSON."},
          {"properties",
           {{"code", {{"type", "integer"}, {"description", "The code of google.rpc.Code, such as 5 for NOT_FOUND."}}},
            {"message", {{"type", "string"}, {"description", "What is wrong and what to do, in plain English."}}},
            {"details",
             {{"type", "array"},
              {"description",
               "google.rpc.ErrorInfo with a reason in capitals; BadRequest with every wrong field; "
               "RetryInfo where trying again can help."},
              {"items", {{"type", "object"}, {"properties", {{"@type", {{"type", "string"}}}}}}}}}}}};
}

}  // namespace

std::string OpenApi(const Contract&, const Routes& routes, const Rest& rest) {
  Json document = Head();
  Json schemas = Json::object();
  std::set<const pb::ServiceDescriptor*> services;
  std::map<const Operation*, int> numbers;
  for (const Binding& binding : routes.bindings()) {
    const pb::MethodDescriptor& method = *binding.operation->method;
    if (services.insert(method.service()).second) {
      document["tags"].push_back({{"name", method.service()->name()}, {"description", Comment(*method.service())}});
    }
    const Address address = MakeAddress(binding);
    const CsvForm* csv = binding.method == "GET" ? rest.Csv(*binding.operation) : nullptr;
    document["paths"][address.path][absl::AsciiStrToLower(binding.method)] =
        OperationObject(binding, address, csv, ++numbers[binding.operation]);
    for (int i = 0; i < method.input_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method.input_type()->field(i);
      if (field.message_type() != nullptr) AddSchemas(*field.message_type(), schemas);
      if (field.enum_type() != nullptr) schemas[field.enum_type()->full_name()] = EnumSchema(*field.enum_type());
    }
    if (!binding.operation->streams) AddSchemas(*method.output_type(), schemas);
  }
  schemas["google.rpc.Status"] = ErrorSchema();
  document["components"] = {
      {"schemas", schemas},
      {"responses",
       {{"Error",
         {{"description", "An error; the HTTP status says of which kind."},
          {"content", {{kJson, {{"schema", Reference("google.rpc.Status")}}}}}}}}},
      {"securitySchemes", {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace equity::gateway
