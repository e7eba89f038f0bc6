#include "tests/fuzz/request_maker.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "equity/common/v1/fields.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "tests/fuzz/server.h"

namespace equity::fuzz {
namespace {

using common::v1::FieldRules;
using google::protobuf::Reflection;

const FieldRules& RulesOf(const FieldDescriptor& field) { return field.options().GetExtension(common::v1::rules); }

uint32_t HashOf(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

// organisations/rde/plans/1 -> organisations/*/plans/*; empty where it is no name.
std::string PatternOf(const std::string& text) {
  std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() < 2 || parts.size() % 2 != 0 || text.size() > 300) return "";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) return "";
    if (i % 2 == 1) parts[i] = "*";
  }
  return absl::StrJoin(parts, "/");
}

// `$12` -> 12; negative where it is not that.
int64_t Placeholder(const std::string& text) {
  int64_t number = -1;
  if (text.size() < 2 || text.size() > 8 || text[0] != '$' || !absl::SimpleAtoi(text.substr(1), &number)) return -1;
  return number;
}

// A page token of the same list as this one, with a key that the list did not make.
std::string WithOtherKey(const std::string& token, uint64_t number) {
  constexpr size_t kMarkBytes = 8;  // see common/page/page.cc
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= kMarkBytes) return token;
  const size_t at = kMarkBytes + number % (bytes.size() - kMarkBytes);
  if (number % 3 == 0) bytes.resize(at + 1);
  bytes[at] = static_cast<char>(bytes[at] + 1 + number % 5);
  return absl::WebSafeBase64Escape(bytes);
}

// Calls `visit` with every message here and below.
void ForEachMessage(Message& message, const std::function<void(Message&)>& visit) {
  visit(message);
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      ForEachMessage(*reflection->MutableMessage(&message, field), visit);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      ForEachMessage(*reflection->MutableRepeatedMessage(&message, field, i), visit);
    }
  }
}

}  // namespace

const std::vector<const MethodDescriptor*>& AllMethods() {
  static const auto* const all = [] {
    auto* methods = new std::vector<const MethodDescriptor*>;
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    std::vector<std::string> files;
    google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
    std::sort(files.begin(), files.end());
    for (const std::string& name : files) {
      if (name.rfind("equity/", 0) != 0) continue;
      const auto* file = pool->FindFileByName(name);
      for (int i = 0; i < file->service_count(); ++i) {
        for (int j = 0; j < file->service(i)->method_count(); ++j) methods->push_back(file->service(i)->method(j));
      }
    }
    return methods;
  }();
  return *all;
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// Four bytes by which the RPC is known, so that inputs stay what they are when others are added; one for who calls; two
// for the length of the request.
std::vector<Call> Decode(std::string_view input) {
  static const auto* const by_hash = [] {
    auto* methods = new std::map<uint32_t, const MethodDescriptor*>;
    for (const MethodDescriptor* method : AllMethods()) (*methods)[HashOf(method->full_name())] = method;
    return methods;
  }();
  std::vector<Call> calls;
  while (input.size() >= 7 && calls.size() < kMostCalls) {
    const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(input[i])); };
    const auto found = by_hash->find(byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24);
    const size_t size = std::min<size_t>(byte(5) | byte(6) << 8, input.size() - 7);
    Call call{.method = found == by_hash->end() ? AllMethods()[byte(0) % AllMethods().size()] : found->second,
              .role = static_cast<uint8_t>(byte(4)),
              .request = std::string(input.substr(7, size))};
    calls.push_back(std::move(call));
    input.remove_prefix(7 + size);
  }
  return calls;
}

std::string Encode(const std::vector<Call>& calls) {
  std::string bytes;
  for (const Call& call : calls) {
    const uint32_t hash = HashOf(call.method->full_name());
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(hash >> (8 * i)));
    const size_t size = std::min<size_t>(call.request.size(), 65'535);
    bytes.push_back(static_cast<char>(call.role));
    bytes.push_back(static_cast<char>(size));
    bytes.push_back(static_cast<char>(size >> 8));
    bytes.append(call.request, 0, size);
  }
  return bytes;
}

void Memory::Learn(const Message& answer) {
  const Reflection* reflection = answer.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(answer, &fields);
  const auto learn = [this](const FieldDescriptor& field, const std::string& text) {
    if (text.empty() || text.size() > 1'000) return;
    std::string key = PatternOf(text);
    if (key.empty()) key = field.name() == "next_page_token" ? "page_token" : field.name();
    std::vector<std::string>& known = texts_[key];
    if (known.size() < 64 && std::find(known.begin(), known.end(), text) == known.end()) known.push_back(text);
  };
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(answer, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        learn(*field, field->is_repeated() ? reflection->GetRepeatedString(answer, field, i)
                                           : reflection->GetString(answer, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Learn(field->is_repeated() ? reflection->GetRepeatedMessage(answer, field, i)
                                   : reflection->GetMessage(answer, field));
      }
    }
  }
}

std::string Memory::Known(const FieldDescriptor& field, uint64_t number, uint64_t salt) const {
  const FieldRules& rules = RulesOf(field);
  if (rules.format() == common::v1::FORMAT_UUID || field.name() == "operation") {
    return absl::StrFormat("01890a5d-ac96-774b-%04x-%012x", 0x8000 | (number & 0x3fff), salt & 0xffffffffffff);
  }
  const auto known = texts_.find(rules.resource().empty() ? field.name() : rules.resource());
  if (known != texts_.end()) {
    const std::string& text = known->second[number % known->second.size()];
    return number >= 8 && field.name() == "page_token" ? WithOtherKey(text, number) : text;
  }
  if (rules.resource().empty()) return absl::StrCat(kMark, number);
  return absl::StrJoin(absl::StrSplit(rules.resource(), '*'), absl::StrCat("missing-", number));
}

void Memory::Resolve(Message& request, uint64_t salt) const {
  ForEachMessage(request, [&](Message& message) {
    const Reflection* reflection = message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
      if (!field->is_repeated()) {
        const int64_t number = Placeholder(reflection->GetString(message, field));
        if (number >= 0) reflection->SetString(&message, field, Known(*field, static_cast<uint64_t>(number), salt));
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        const int64_t number = Placeholder(reflection->GetRepeatedString(message, field, i));
        if (number < 0) continue;
        reflection->SetRepeatedString(&message, field, i, Known(*field, static_cast<uint64_t>(number), salt));
      }
    }
  });
}

Call RequestMaker::NewCall(const MethodDescriptor& method) {
  const auto request = NewMessage(method.input_type());
  Fill(*request, !OneIn(3));
  // Mostly who may do most.
  return {.method = &method,
          .role = static_cast<uint8_t>(OneIn(2) ? 0 : Below(16)),
          .request = request->SerializePartialAsString()};
}

void RequestMaker::Fill(Message& message, bool only_required) {
  const auto* descriptor = message.GetDescriptor();
  if (descriptor == google::protobuf::Timestamp::descriptor()) return FillTime(message);
  for (int i = 0; i < descriptor->field_count(); ++i) FillField(message, *descriptor->field(i), only_required);
}

void RequestMaker::FillField(Message& message, const FieldDescriptor& field, bool only_required) {
  const FieldRules& rules = RulesOf(field);
  if (rules.required() ? OneIn(60) : !OneIn(only_required ? 4 : 2)) return;
  if (field.real_containing_oneof() != nullptr && !OneIn(2)) return;
  if (!field.is_repeated()) return SetValue(message, field, false, only_required);
  const uint32_t most = rules.max_items() > 0 && OneIn(40) ? static_cast<uint32_t>(rules.max_items()) + 1 : 3;
  for (uint32_t items = OneIn(3) ? 1 + Below(most) : 1; items > 0 && message.ByteSizeLong() < 3'000; --items) {
    SetValue(message, field, true, only_required);
  }
}

void RequestMaker::SetValue(Message& message, const FieldDescriptor& field, bool add, bool only_required) {
  const Reflection* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.message_type() == google::protobuf::FieldMask::descriptor()) return FillMask(message, field);
      return Fill(add ? *reflection->AddMessage(&message, &field) : *reflection->MutableMessage(&message, &field),
                  only_required);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = Text(message, field, only_required);
      return add ? reflection->AddString(&message, &field, std::move(text))
                 : reflection->SetString(&message, &field, std::move(text));
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* type = field.enum_type();
      const int value =
          !only_required && OneIn(20)
              ? static_cast<int>(random_() % 40)
              : type->value(static_cast<int>(1 + Below(static_cast<uint32_t>(type->value_count() - 1))))->number();
      return add ? reflection->AddEnumValue(&message, &field, value)
                 : reflection->SetEnumValue(&message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return add ? reflection->AddInt32(&message, &field, Number(field, only_required))
                 : reflection->SetInt32(&message, &field, Number(field, only_required));
    case FieldDescriptor::CPPTYPE_INT64:
      return add ? reflection->AddInt64(&message, &field, Number(field, only_required))
                 : reflection->SetInt64(&message, &field, OneIn(10) ? INT64_MAX : Number(field, only_required));
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      constexpr double kValues[] = {0,      1,        -1,        12.5, 1e300, -1e300,
                                    1e-300, HUGE_VAL, -HUGE_VAL, NAN,  0.1,   9'007'199'254'740'993.0};
      const double value = kValues[Below(only_required ? 4 : std::size(kValues))];
      return add ? reflection->AddDouble(&message, &field, value) : reflection->SetDouble(&message, &field, value);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return add ? reflection->AddBool(&message, &field, OneIn(2)) : reflection->SetBool(&message, &field, OneIn(2));
    default:
      return;
  }
}

// Small numbers make the same things meet.
std::string RequestMaker::Text(const Message& message, const FieldDescriptor& field, bool only_required) {
  const FieldRules& rules = RulesOf(field);
  if (!only_required && OneIn(12)) return OddText(rules.max_length());
  const auto pick = [this](std::initializer_list<const char*> texts) {
    return std::string(texts.begin()[Below(static_cast<uint32_t>(texts.size()))]);
  };
  const std::string& name = field.name();
  if (!rules.resource().empty()) {
    if (rules.resource() == "organisations/*" && OneIn(8)) return "organisations/-";
    return absl::StrCat("$", Below(OneIn(4) ? 64 : 4));
  }
  switch (rules.format()) {
    case common::v1::FORMAT_UUID:
      return absl::StrCat("$", Below(1'000));
    case common::v1::FORMAT_DATE:
      return pick({"2021-07-27", "2021-08-12", "2021-08-17", "2021-09-01", "2021-07-20", "2022-02-28", "2021-01-01"});
    case common::v1::FORMAT_TIME_OF_DAY:
      return pick({"09:00", "11:30", "00:00", "23:59", "01:30"});
    case common::v1::FORMAT_EMAIL:
      return absl::StrCat(kMark, Below(30), "@example.org");
    case common::v1::FORMAT_RESOURCE_ID:
      return pick({"rde", "id-1", "id-2", "id-3", "t-0"});
    case common::v1::FORMAT_TIME_ZONE:
      return pick({"Europe/London", "UTC", "America/New_York"});
    default:
      break;
  }
  if (name == "scheme") return "LOCAL";
  if (name == "value") return pick({"RDE", "RGR", "T0", "T1"});
  if (name == "external_ref") return absl::StrCat(kMark, "-", Below(30));
  if (name == "email") return absl::StrCat(kMark, Below(30), "@example.org");
  if (name == "organisation") return pick({"rde", "RDE", "LOCAL:RGR", "rgr"});
  if (name == "session_date" || name == "date") return pick({"2021-08-12", "2021-08-17", "2021-09-01", ""});
  if (name == "start") return pick({"09:00", "13:00"});
  if (name == "end") return pick({"11:30", "15:00", ""});
  if (name == "capacity") return pick({"1", "2", "12", "0", "100000"});
  if (name == "workshop") return pick({"health-equity-challenge", "other-workshop"});
  if (name == "on_full") return pick({"REJECT", "WAITLIST", "NEXT_DATE", ""});
  if (name == "access_needs") return absl::StrCat("CAPTIONS;OTHER:", kMark);
  if (name == "page_token") return absl::StrCat("$", Below(64));
  if (name.ends_with("_token") || name == "etag" || name == "measure" || name == "secret" || name == "code" ||
      name == "snapshot" || name.ends_with("position") || OneIn(10)) {
    return absl::StrCat("$", Below(8));
  }
  (void)message;
  return absl::StrCat(kMark, " ", Below(100));
}

std::string RequestMaker::OddText(int32_t limit) {
  const auto repeat = [](std::string_view unit, size_t times) {
    std::string text = kMark;
    for (size_t i = 0; i < times; ++i) text += unit;
    return text;
  };
  const auto most = static_cast<size_t>(limit > 0 ? limit : 1'000);
  switch (Below(14)) {
    case 0:
      return repeat("a", most - 3);
    case 1:
      return repeat("a", most - 2);
    case 2:
      return repeat("\xf0\x9f\x98\x80", std::min<size_t>(most, 300));
    case 3:
      return repeat("\xe2\x80\xae", 2);  // turns the direction
    case 4:
      return std::string(kMark) + '\0';
    case 5:
      return repeat("\n\r\t", 2);
    case 6:
      return " ";
    case 7:
      return "\xe2\x80\x8b";  // cannot be seen
    case 8:
      return repeat("e\xcc\x81", 20);  // not composed
    case 9:
      return "=1+1|'\"\\;--" + std::string(kMark);
    case 10:
      return "organisations/../" + std::string(kMark);
    case 11:
      return "\" OR zqx NEAR(*) -";
    case 12:
      return "9999-12-31";
    default:
      return absl::StrCat("$", Below(64));
  }
}

int32_t RequestMaker::Number(const FieldDescriptor& field, bool only_required) {
  const FieldRules& rules = RulesOf(field);
  if (!only_required && OneIn(6)) {
    const int32_t edges[] = {INT32_MAX,   INT32_MIN,
                             -1,          0,
                             rules.min(), rules.min() - (rules.min() > INT32_MIN ? 1 : 0),
                             rules.max(), rules.max() + (rules.max() < INT32_MAX ? 1 : 0),
                             1'000'000};
    return edges[Below(std::size(edges))];
  }
  const int32_t least = rules.has_min() ? rules.min() : 0;
  return least + static_cast<int32_t>(Below(5));
}

// Fields of the message beside it.
void RequestMaker::FillMask(Message& parent, const FieldDescriptor& field) {
  auto& mask = static_cast<google::protobuf::FieldMask&>(*parent.GetReflection()->MutableMessage(&parent, &field));
  for (int i = 0; i < parent.GetDescriptor()->field_count(); ++i) {
    const auto* type = parent.GetDescriptor()->field(i)->message_type();
    if (type == nullptr || type->file()->package().rfind("equity.", 0) != 0) continue;
    for (uint32_t paths = 1 + Below(3); paths > 0; --paths) {
      mask.add_paths(type->field(static_cast<int>(Below(static_cast<uint32_t>(type->field_count()))))->name());
    }
  }
  if (OneIn(20)) mask.add_paths(OneIn(2) ? "*" : kMark);
}

void RequestMaker::FillTime(Message& time) {
  auto& stamp = static_cast<google::protobuf::Timestamp&>(time);
  constexpr int64_t kNow = 1'626'768'000;  // 20 July 2021
  constexpr int64_t kEdges[] = {0, -1, INT64_MAX, INT64_MIN, 253'402'300'799, 253'402'300'800, -62'135'596'801};
  stamp.set_seconds(OneIn(12) ? kEdges[Below(std::size(kEdges))]
                              : kNow + static_cast<int64_t>(Below(864'000)) - 86'400);
  if (OneIn(12)) stamp.set_nanos(static_cast<int32_t>(random_()));
}

void RequestMaker::Change(Message& message) {
  // Any message here or below, and any of its fields.
  std::vector<Message*> messages;
  ForEachMessage(message, [&](Message& each) { messages.push_back(&each); });
  Message& chosen = *messages[Below(static_cast<uint32_t>(messages.size()))];
  const int fields = chosen.GetDescriptor()->field_count();
  if (fields > 0)
    ChangeField(chosen, *chosen.GetDescriptor()->field(static_cast<int>(Below(static_cast<uint32_t>(fields)))));
}

void RequestMaker::ChangeField(Message& message, const FieldDescriptor& field) {
  const Reflection* reflection = message.GetReflection();
  const int size = field.is_repeated() ? reflection->FieldSize(message, &field) : 0;
  if (field.is_repeated() && size > 0 && OneIn(2)) {
    if (OneIn(2)) return reflection->RemoveLast(&message, &field);
    return reflection->SwapElements(&message, &field, static_cast<int>(Below(static_cast<uint32_t>(size))), size - 1);
  }
  const bool is_set = field.is_repeated() ? size > 0 : !field.has_presence() || reflection->HasField(message, &field);
  if (is_set && OneIn(5)) return reflection->ClearField(&message, &field);
  if (is_set && !field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && OneIn(2)) {
    std::string text = reflection->GetString(message, &field);
    const size_t before = text.size();
    text.resize(before + 64);
    text.resize(bend_(reinterpret_cast<uint8_t*>(text.data()), before, text.size()));
    return reflection->SetString(&message, &field, std::move(text));
  }
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) return FillTime(message);
  if (is_set && !field.is_repeated() && field.message_type() != nullptr) reflection->ClearField(&message, &field);
  SetValue(message, field, field.is_repeated(), OneIn(2));
}

void RequestMaker::Change(std::vector<Call>& calls) {
  const auto any_method = [this]() -> const MethodDescriptor& {
    return *AllMethods()[Below(static_cast<uint32_t>(AllMethods().size()))];
  };
  if (calls.empty()) return calls.push_back(NewCall(any_method()));
  const size_t at = Below(static_cast<uint32_t>(calls.size()));
  Call& call = calls[at];
  switch (Below(12)) {
    case 0:
    case 1:
      if (calls.size() < kMostCalls)
        calls.insert(calls.begin() + static_cast<std::ptrdiff_t>(at), NewCall(any_method()));
      return;
    case 2:
      if (calls.size() > 1) calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    case 3:
      if (calls.size() < kMostCalls) calls.push_back(Call(call));
      return;
    case 4:
      call.role = static_cast<uint8_t>(Below(16));
      return;
    case 5: {
      // Another RPC of the same service, which is about the same things.
      const auto* service = call.method->service();
      call = NewCall(*service->method(static_cast<int>(Below(static_cast<uint32_t>(service->method_count())))));
      return;
    }
    case 6:
      if (OneIn(4)) {
        const size_t before = call.request.size();
        call.request.resize(before + 64);
        call.request.resize(bend_(reinterpret_cast<uint8_t*>(call.request.data()), before, call.request.size()));
        return;
      }
      [[fallthrough]];
    default:
      break;
  }
  const auto request = NewMessage(call.method->input_type());
  request->ParsePartialFromString(call.request);
  for (uint32_t changes = 1 + Below(3); changes > 0; --changes) Change(*request);
  call.request = request->SerializePartialAsString();
}

}  // namespace equity::fuzz
