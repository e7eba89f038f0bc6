#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/ids/uuid.h"
#include "common/rpc/limits.h"
#include "common/rpc/method.h"
#include "common/strings.h"
#include "common/text/text.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/field_mask_util.h"

namespace equity::rpc {
namespace {

using common::v1::FieldRules;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::FieldMaskUtil;

bool IsIdCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

bool IsResourceId(std::string_view text) {
  return text.size() >= 2 && text.size() <= 40 && std::all_of(text.begin(), text.end(), IsIdCharacter);
}

bool IsDate(const std::string& text) {
  absl::CivilDay day;
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && absl::ParseCivilTime(text, &day) &&
         absl::FormatCivilTime(day) == text;
}

bool IsTimeOfDay(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return false;
  for (const size_t i : {0u, 1u, 3u, 4u}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return (text[0] - '0') * 10 + (text[1] - '0') < 24 && text[3] < '6';
}

bool IsTimeZone(const std::string& text) {
  absl::TimeZone zone;
  return !absl::StrContains(text, "..") && absl::LoadTimeZone(text, &zone);
}

}  // namespace

// What the text must be, or empty where it is that.
std::string FormatFault(common::v1::Format format, const std::string& text) {
  switch (format) {
    case common::v1::FORMAT_UUID:
      return IsUuid(text) ? "" : "must be a UUID, such as 01890a5d-ac96-774b-bcce-b302099a8057";
    case common::v1::FORMAT_DATE:
      return IsDate(text) ? "" : "must be a date that exists, as YYYY-MM-DD";
    case common::v1::FORMAT_TIME_OF_DAY:
      return IsTimeOfDay(text) ? "" : "must be a time of day, as HH:MM on the 24-hour clock";
    case common::v1::FORMAT_RESOURCE_ID:
      return IsResourceId(text) ? "" : "must be 2 to 40 of the characters a-z, 0-9 and hyphen";
    case common::v1::FORMAT_EMAIL:
      return text::IsEmail(text) ? "" : "must be an e-mail address, such as name@example.org";
    case common::v1::FORMAT_TIME_ZONE:
      return IsTimeZone(text) ? "" : "must be an IANA time zone, such as Europe/London";
    default:
      return "";
  }
}

namespace {

// What may not be in a text that others read, or is missing from it.
std::string SightFault(const FieldRules& rules, const std::string& text) {
  if (rules.personal() || rules.sealed() || text.empty()) return "";
  if (text::IsBlank(text)) return "must have text that can be seen, or be left out";
  if ((!rules.free_text() || rules.name()) && text::TurnsDirection(text)) {
    return "must not have marks that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069): delete them";
  }
  return "";
}

std::string TextFault(const FieldRules& rules, const std::string& text) {
  const int limit = rules.raw() ? kRawTextLength : rules.max_length() > 0 ? rules.max_length() : kDefaultTextLength;
  if (static_cast<int>(text.size()) > limit && text::CodePoints(text) > limit) {
    return absl::StrCat("must be at most ", limit, " characters long");
  }
  if (rules.raw()) return "";
  if (rules.free_text()) {
    return text::HasControl(absl::StrReplaceAll(text, {{"\n", ""}, {"\r", ""}, {"\t", ""}}))
               ? "must not contain control characters other than line breaks and tabs"
               : SightFault(rules, text);
  }
  if (text::HasControl(text)) return "must not contain control characters, such as line breaks or tabs";
  if (!rules.resource().empty()) {
    return MatchesPattern(rules.resource(), text) ? "" : absl::StrCat("must be a name such as ", rules.resource());
  }
  std::string fault = FormatFault(rules.format(), text);
  return fault.empty() ? SightFault(rules, text) : fault;
}

std::string NumberFault(const FieldRules& rules, int32_t number) {
  if (rules.has_min() && number < rules.min()) return absl::StrCat("must be at least ", rules.min());
  if (rules.has_max() && number > rules.max()) return absl::StrCat("must be at most ", rules.max());
  return "";
}

bool IsSet(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) return reflection->FieldSize(message, field) > 0;
  return reflection->HasField(message, field);
}

bool IsOurs(const google::protobuf::Descriptor* type) { return absl::StartsWith(type->full_name(), "equity."); }

// The paths of a mask are fields of a message beside it: handlers name those that cannot be changed, and must not
// repeat any text.
std::string MaskFault(const Message& parent, const FieldMask& mask) {
  const auto is_path = [&](const std::string& path) {
    for (int i = 0; i < parent.GetDescriptor()->field_count(); ++i) {
      const auto* type = parent.GetDescriptor()->field(i)->message_type();
      if (type != nullptr && IsOurs(type) && FieldMaskUtil::GetFieldDescriptors(type, path, nullptr)) return true;
    }
    return false;
  };
  return std::all_of(mask.paths().begin(), mask.paths().end(), is_path) ? "" : "must name fields that there are";
}

std::string ValueFault(const Message& message, const FieldDescriptor* field, const FieldRules& rules) {
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextFault(rules, reflection->GetStringReference(message, field, &scratch));
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberFault(rules, reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return field->enum_type()->FindValueByNumber(reflection->GetEnumValue(message, field)) != nullptr
                 ? ""
                 : "must be one of the values of the contract";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field->message_type() == FieldMask::descriptor()
                 ? MaskFault(message, static_cast<const FieldMask&>(reflection->GetMessage(message, field)))
                 : "";
    default:
      return "";
  }
}

std::string ItemFault(const Message& message, const FieldDescriptor* field, const FieldRules& rules, int i) {
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextFault(rules, reflection->GetRepeatedStringReference(message, field, i, &scratch));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int value = reflection->GetRepeatedEnumValue(message, field, i);
      return value != 0 && field->enum_type()->FindValueByNumber(value) != nullptr
                 ? ""
                 : "must be one of the values of the contract";
    }
    default:
      return "";
  }
}

bool IsPersonal(const FieldRules& rules) { return rules.personal() || rules.sealed() || rules.free_text(); }

}  // namespace

std::string_view OrganisationOf(std::string_view resource_name) {
  constexpr std::string_view kPrefix = "organisations/";
  if (!resource_name.starts_with(kPrefix)) return {};
  resource_name.remove_prefix(kPrefix.size());
  return resource_name.substr(0, resource_name.find('/'));
}

bool MatchesPattern(std::string_view pattern, std::string_view name) {
  while (true) {
    const std::string_view expected = pattern.substr(0, pattern.find('/'));
    const std::string_view segment = name.substr(0, name.find('/'));
    if (expected != "*" && expected != segment) return false;
    if (segment.empty() || segment.size() > 64 || !std::all_of(segment.begin(), segment.end(), IsIdCharacter)) {
      return false;
    }
    if (expected.size() == pattern.size() || segment.size() == name.size()) {
      return expected.size() == pattern.size() && segment.size() == name.size();
    }
    pattern.remove_prefix(expected.size() + 1);
    name.remove_prefix(segment.size() + 1);
  }
}

MessageRules::MessageRules(const google::protobuf::Descriptor* descriptor) {
  for (int i = 0; i < descriptor->field_count(); ++i) {
    Field field{descriptor->field(i), descriptor->field(i)->options().GetExtension(common::v1::rules), nullptr};
    has_tenant_ |= field.rules.tenant();
    has_personal_ |= IsPersonal(field.rules);
    has_sealed_ |= field.rules.sealed();
    const google::protobuf::Descriptor* type = field.descriptor->message_type();
    if (type != nullptr && IsOurs(type)) {
      field.below = std::make_unique<MessageRules>(type);
      has_tenant_ |= field.below->has_tenant_;
      has_personal_ |= field.below->has_personal_;
      has_sealed_ |= field.below->has_sealed_;
    }
    fields_.push_back(std::move(field));
  }
}

std::vector<status::FieldFault> MessageRules::Check(const Message& message) const {
  std::vector<status::FieldFault> faults;
  Check(message, "", faults);
  return faults;
}

void MessageRules::Check(const Message& message, const std::string& prefix,
                         std::vector<status::FieldFault>& faults) const {
  const Reflection* reflection = message.GetReflection();
  for (const Field& field : fields_) {
    const FieldDescriptor* descriptor = field.descriptor;
    const auto path = [&] { return prefix + descriptor->name(); };
    if (!IsSet(message, descriptor)) {
      if (field.rules.required()) faults.push_back({path(), "must be set"});
      continue;
    }
    if (!descriptor->is_repeated()) {
      if (field.below != nullptr) {
        field.below->Check(reflection->GetMessage(message, descriptor), path() + ".", faults);
      } else if (std::string fault = ValueFault(message, descriptor, field.rules); !fault.empty()) {
        faults.push_back({path(), std::move(fault)});
      }
      continue;
    }
    const int size = reflection->FieldSize(message, descriptor);
    if (field.rules.max_items() > 0 && size > field.rules.max_items()) {
      faults.push_back({path(), absl::StrCat("must have at most ", field.rules.max_items(), " items")});
      continue;
    }
    for (int i = 0; i < size; ++i) {
      if (field.below != nullptr) {
        field.below->Check(reflection->GetRepeatedMessage(message, descriptor, i), absl::StrCat(path(), "[", i, "]."),
                           faults);
      } else if (std::string fault = ItemFault(message, descriptor, field.rules, i); !fault.empty()) {
        faults.push_back({absl::StrCat(path(), "[", i, "]"), std::move(fault)});
      }
    }
  }
}

std::vector<std::string> MessageRules::TenantNames(const Message& message) const {
  std::vector<std::string> names;
  if (!has_tenant_) return names;
  const Reflection* reflection = message.GetReflection();
  for (const Field& field : fields_) {
    if (field.descriptor->is_repeated()) {
      if (field.below == nullptr || !field.below->has_tenant_) continue;
      for (int i = 0; i < reflection->FieldSize(message, field.descriptor); ++i) {
        for (auto& name : field.below->TenantNames(reflection->GetRepeatedMessage(message, field.descriptor, i))) {
          names.push_back(std::move(name));
        }
      }
    } else if (field.rules.tenant()) {
      names.push_back(reflection->GetString(message, field.descriptor));
    } else if (field.below != nullptr && reflection->HasField(message, field.descriptor)) {
      for (auto& name : field.below->TenantNames(reflection->GetMessage(message, field.descriptor))) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

void MessageRules::Clear(Message& message, bool (*concerned)(const FieldRules&)) const {
  const Reflection* reflection = message.GetReflection();
  for (const Field& field : fields_) {
    if (concerned(field.rules)) {
      reflection->ClearField(&message, field.descriptor);
    } else if (field.below != nullptr && field.below->has_personal_) {
      if (!field.descriptor->is_repeated()) {
        if (reflection->HasField(message, field.descriptor)) {
          field.below->Clear(*reflection->MutableMessage(&message, field.descriptor), concerned);
        }
      } else {
        for (int i = 0; i < reflection->FieldSize(message, field.descriptor); ++i) {
          field.below->Clear(*reflection->MutableRepeatedMessage(&message, field.descriptor, i), concerned);
        }
      }
    }
  }
}

void MessageRules::ClearPersonal(Message& message) const {
  if (has_personal_) Clear(message, IsPersonal);
}

void MessageRules::ClearSealed(Message& message) const {
  if (has_sealed_) Clear(message, [](const FieldRules& rules) { return rules.sealed(); });
}

}  // namespace equity::rpc
