#include "services/gateway/contract.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/errors.h"
#include "common/text/text.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"

namespace equity::gateway {

namespace pb = google::protobuf;

// Made by the build from the contract's descriptors.
extern const char kContractDescriptors[];
extern const size_t kContractDescriptorsSize;

namespace {

constexpr char kTypePrefix[] = "type.googleapis.com";

std::string TypeUrl(const pb::Descriptor& type) { return absl::StrCat(kTypePrefix, "/", type.full_name()); }

}  // namespace

absl::StatusOr<std::unique_ptr<Contract>> Contract::Load() {
  pb::FileDescriptorSet files;
  if (!files.ParseFromArray(kContractDescriptors, static_cast<int>(kContractDescriptorsSize))) {
    return absl::InternalError("the contract that was compiled in cannot be read");
  }
  std::unique_ptr<Contract> contract(new Contract);
  for (const pb::FileDescriptorProto& proto : files.file()) {
    const pb::FileDescriptor* file = contract->pool_.BuildFile(proto);
    if (file == nullptr) return absl::InternalError(absl::StrCat("the contract does not hold: ", proto.name()));
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        contract->methods_.push_back(file->service(i)->method(j));
      }
    }
  }
  contract->resolver_.reset(pb::util::NewTypeResolverForDescriptorPool(kTypePrefix, &contract->pool_));
  return contract;
}

std::unique_ptr<pb::Message> Contract::New(const pb::Descriptor& type) const {
  return std::unique_ptr<pb::Message>(factory_.GetPrototype(&type)->New());
}

absl::StatusOr<std::string> Contract::ToJson(const pb::Descriptor& type, const std::string& bytes) const {
  pb::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = pb::util::BinaryToJsonString(resolver_.get(), TypeUrl(type), bytes, &json, options);
  if (!status.ok()) return absl::InternalError(status.ToString());
  return json;
}

absl::StatusOr<std::string> Contract::FromJson(const pb::Descriptor& type, const std::string& json,
                                               Unknown unknown) const {
  if (!text::IsUtf8(json)) {
    return status::Error(absl::StatusCode::kInvalidArgument, "INVALID_JSON", "The JSON must be UTF-8.");
  }
  pb::util::JsonParseOptions options;
  options.ignore_unknown_fields = unknown == Unknown::kIgnore;
  std::string bytes;
  const auto parsed =
      pb::util::JsonToBinaryString(resolver_.get(), TypeUrl(type), json.empty() ? "{}" : json, &bytes, options);
  if (parsed.ok()) return bytes;
  return status::Error(absl::StatusCode::kInvalidArgument, "INVALID_JSON",
                       absl::StrCat("The JSON is not what the contract says: ", parsed.message().ToString()));
}

template <class Descriptor>
std::string Comment(const Descriptor& descriptor) {
  pb::SourceLocation location;
  if (!descriptor.GetSourceLocation(&location)) return "";
  std::string text;
  for (const absl::string_view line : absl::StrSplit(location.leading_comments, '\n')) {
    const absl::string_view words = absl::StripAsciiWhitespace(line);
    if (words.empty()) {
      if (!text.empty() && text.back() != '\n') text += '\n';
      continue;
    }
    absl::StrAppend(&text, text.empty() || text.back() == '\n' ? "" : " ", words);
  }
  absl::StripTrailingAsciiWhitespace(&text);
  return text;
}

template std::string Comment(const pb::MethodDescriptor&);
template std::string Comment(const pb::ServiceDescriptor&);
template std::string Comment(const pb::Descriptor&);
template std::string Comment(const pb::FieldDescriptor&);
template std::string Comment(const pb::EnumDescriptor&);
template std::string Comment(const pb::EnumValueDescriptor&);

}  // namespace equity::gateway
