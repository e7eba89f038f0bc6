#include "services/gateway/csv_form.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace equity::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;
using pb::Message;

const FieldDescriptor& Field(const Message& message, const char* name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

const Message& Below(const Message& message, const char* name) {
  return message.GetReflection()->GetMessage(message, &Field(message, name));
}

// The name without the enumeration's prefix: SEATED for STATE_SEATED, nothing for the zero value.
std::string EnumText(const pb::EnumDescriptor& type, int number) {
  const pb::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);  // of a newer service
  if (number == 0) return "";
  const std::string& zero = type.value(0)->name();
  return value->name().substr(zero.size() - std::string("UNSPECIFIED").size());
}

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp";
}

std::string TimeText(const Message& dynamic) {
  pb::Timestamp time;
  time.ParseFromString(dynamic.SerializeAsString());
  return pb::util::TimeUtil::ToString(time);
}

std::string Text(const Message& message, const FieldDescriptor& field, int index);

// A message as one cell: its fields with colons between, such as ODS:RDE.
std::string MessageText(const Message& message) {
  std::vector<std::string> parts;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (!field.is_repeated()) parts.push_back(Text(message, field, -1));
  }
  return absl::StrJoin(parts, ":");
}

// One value of a field; `index` -1 for one that is not repeated.
std::string Text(const Message& message, const FieldDescriptor& field, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  if (one && field.has_presence() && !reflection.HasField(message, &field)) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? reflection.GetString(message, &field) : reflection.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*field.enum_type(), one ? reflection.GetEnumValue(message, &field)
                                              : reflection.GetRepeatedEnumValue(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& below =
          one ? reflection.GetMessage(message, &field) : reflection.GetRepeatedMessage(message, &field, index);
      return IsTime(field) ? TimeText(below) : MessageText(below);
    }
    default:
      return "";
  }
}

std::string Text(const Message& message, const char* field) { return Text(message, Field(message, field), -1); }

// A number is a number to a spreadsheet; everything else is text, and guarded.
void WriteValue(const Message& message, const FieldDescriptor& field, csv::Writer& writer) {
  const bool is_number = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 && !field.is_repeated();
  if (is_number && (!field.has_presence() || message.GetReflection()->HasField(message, &field))) {
    return writer.Number(message.GetReflection()->GetInt32(message, &field));
  }
  if (!field.is_repeated()) return writer.Text(Text(message, field, -1));
  std::vector<std::string> items;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    items.push_back(Text(message, field, i));
  }
  writer.Text(absl::StrJoin(items, ";"));
}

struct Column {
  const char* name;
  const char* field;
  // The part of a resource name after its first slash; a number that is empty for 0.
  enum { kValue, kFirstId, kPositive } kind = kValue;
};

// The columns that are promised.
const std::map<std::string, std::vector<Column>>& FixedColumns() {
  static const auto& columns =
      *new std::map<std::string, std::vector<Column>>{{"equity.workshops.v1.Session",
                                                       {{"session", "name"},
                                                        {"workshop", "name", Column::kFirstId},
                                                        {"date", "date"},
                                                        {"start", "start"},
                                                        {"end", "end"},
                                                        {"time_zone", "time_zone"},
                                                        {"platform", "platform"},
                                                        {"capacity", "capacity"},
                                                        {"places_taken", "places_taken"},
                                                        {"waiting", "waiting"},
                                                        {"state", "state"}}},
                                                      {"equity.workshops.v1.Booking",
                                                       {{"booking", "name"},
                                                        {"participant", "participant"},
                                                        {"organisation", "name", Column::kFirstId},
                                                        {"session_date", "session_date"},
                                                        {"state", "state"},
                                                        {"waiting_position", "waiting_position", Column::kPositive},
                                                        {"version", "version"}}}};
  return columns;
}

void WriteColumn(const Message& item, const Column& column, csv::Writer& writer) {
  const FieldDescriptor& field = Field(item, column.field);
  if (column.kind == Column::kFirstId) {
    const std::vector<std::string> parts = absl::StrSplit(Text(item, field, -1), '/');
    return writer.Text(parts.size() > 1 ? parts[1] : "");
  }
  if (column.kind == Column::kPositive && item.GetReflection()->GetInt32(item, &field) <= 0) return writer.Empty();
  WriteValue(item, field, writer);
}

// What a name is the name of, such as participant.
std::string ColumnName(const FieldDescriptor& field) {
  if (field.name() != "name") return field.name();
  std::string name;
  for (const char c : field.containing_type()->name()) {
    if (absl::ascii_isupper(c) && !name.empty()) name += '_';
    name += absl::ascii_tolower(c);
  }
  return name;
}

// The only list of messages in an answer, or null.
const FieldDescriptor* ListField(const pb::Descriptor& response) {
  const FieldDescriptor* list = nullptr;
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor* field = response.field(i);
    if (field->message_type() == nullptr || !field->is_repeated()) continue;
    if (list != nullptr) return nullptr;
    list = field;
  }
  return list;
}

using WriteItem = std::function<void(const Message& item, csv::Writer&)>;

auto EachItem(const FieldDescriptor* list, WriteItem write) {
  return [list, write = std::move(write)](const Message& response, csv::Writer& writer) {
    for (int i = 0; i < response.GetReflection()->FieldSize(response, list); ++i) {
      write(response.GetReflection()->GetRepeatedMessage(response, list, i), writer);
      writer.EndRecord();
    }
  };
}

const std::vector<std::string>& StatisticsColumns() {
  static const auto& columns = *new std::vector<std::string>{
      "challenge", "measure", "dimension",  "category",  "dimension2", "category2",   "tier",
      "value",     "status",  "data_as_of", "numerator", "eligible",   "not_yet_due", "snapshot"};
  return columns;
}

// A row of statistics: `cell` gives what it counts and its status; a hidden number is an empty cell, never 0.
struct StatisticsRow {
  std::string measure, dimension, category, dimension2, category2;
};

void WriteStatistics(const Message& of, const StatisticsRow& row, const Message& cell, csv::Writer& writer) {
  for (const std::string& text : {Text(of, "challenge"), row.measure, row.dimension, row.category, row.dimension2,
                                  row.category2, Text(of, "tier")}) {
    writer.Text(text);
  }
  const FieldDescriptor& number = Field(cell, "number");
  WriteValue(cell, cell.GetReflection()->HasField(cell, &number) ? number : Field(cell, "value"), writer);
  writer.Text(Text(cell, "status"));
  writer.Text(Text(of, "data_as_of"));
  for (const char* of_share : {"numerator", "eligible", "not_yet_due"}) WriteValue(cell, Field(cell, of_share), writer);
  writer.Text(Text(of, "snapshot"));
  writer.EndRecord();
}

void WriteTable(const Message& table, csv::Writer& writer) {
  const FieldDescriptor& dimensions = Field(table, "dimensions");
  const int count = table.GetReflection()->FieldSize(table, &dimensions);
  StatisticsRow row{Text(table, "measure"), count > 0 ? Text(table, dimensions, 0) : "", "",
                    count > 1 ? Text(table, dimensions, 1) : "", ""};
  const FieldDescriptor& cells = Field(table, "cells");
  for (int i = 0; i < table.GetReflection()->FieldSize(table, &cells); ++i) {
    const Message& cell = table.GetReflection()->GetRepeatedMessage(table, &cells, i);
    row.category = Text(cell, "category");
    row.category2 = Text(cell, "category2");
    WriteStatistics(table, row, cell, writer);
  }
}

// The funnel, then the places of each session as measures of their own.
void WriteSummary(const Message& summary, csv::Writer& writer) {
  const pb::Reflection& reflection = *summary.GetReflection();
  const FieldDescriptor& funnel = Field(summary, "funnel");
  for (int i = 0; i < reflection.FieldSize(summary, &funnel); ++i) {
    const Message& cell = reflection.GetRepeatedMessage(summary, &funnel, i);
    WriteStatistics(summary, {Text(cell, "category"), "", "", "", ""}, cell, writer);
  }
  const FieldDescriptor& sessions = Field(summary, "sessions");
  for (int i = 0; i < reflection.FieldSize(summary, &sessions); ++i) {
    const Message& session = reflection.GetRepeatedMessage(summary, &sessions, i);
    const Message& attended = Below(session, "attended");
    const std::unique_ptr<Message> exact(attended.New());
    const FieldDescriptor& status = Field(*exact, "status");
    exact->GetReflection()->SetEnum(exact.get(), &status, status.enum_type()->FindValueByName("STATUS_EXACT"));
    for (const char* number : {"capacity", "seated", "waiting"}) {
      exact->GetReflection()->SetInt32(exact.get(), &Field(*exact, "value"),
                                       session.GetReflection()->GetInt32(session, &Field(session, number)));
      WriteStatistics(summary, {absl::StrCat("session.", number), "SESSION", Text(session, "session"), "", ""}, *exact,
                      writer);
    }
    WriteStatistics(summary, {"session.attended", "SESSION", Text(session, "session"), "", ""}, attended, writer);
  }
}

}  // namespace

std::unique_ptr<CsvForm> CsvForm::Of(const pb::Descriptor& response) {
  const auto make = [](std::string name, std::vector<std::string> columns, WriteRowsFunction write) {
    return std::unique_ptr<CsvForm>(new CsvForm(std::move(name), std::move(columns), std::move(write)));
  };
  if (response.full_name() == "equity.statistics.v1.GetSummaryResponse") {
    return make("statistics", StatisticsColumns(), WriteSummary);
  }
  if (response.full_name() == "equity.statistics.v1.GetPublicSummaryResponse" ||
      response.full_name() == "equity.statistics.v1.GetSnapshotResponse") {
    return make("statistics", StatisticsColumns(), [](const Message& public_summary, csv::Writer& writer) {
      WriteSummary(Below(public_summary, "summary"), writer);
    });
  }
  const FieldDescriptor* table = response.FindFieldByName("table");
  if (table != nullptr && table->message_type() != nullptr &&
      table->message_type()->full_name() == "equity.statistics.v1.Table") {
    return make("statistics", StatisticsColumns(),
                [](const Message& answer, csv::Writer& writer) { WriteTable(Below(answer, "table"), writer); });
  }
  const FieldDescriptor* list = ListField(response);
  if (list == nullptr) return nullptr;
  std::vector<std::string> names;
  if (const auto fixed = FixedColumns().find(list->message_type()->full_name()); fixed != FixedColumns().end()) {
    for (const Column& column : fixed->second) names.push_back(column.name);
    return make(list->name(), names, EachItem(list, [&columns = fixed->second](const Message& item, csv::Writer& out) {
                  for (const Column& column : columns) WriteColumn(item, column, out);
                }));
  }
  for (int i = 0; i < list->message_type()->field_count(); ++i)
    names.push_back(ColumnName(*list->message_type()->field(i)));
  return make(list->name(), names, EachItem(list, [](const Message& item, csv::Writer& out) {
                for (int i = 0; i < item.GetDescriptor()->field_count(); ++i) {
                  WriteValue(item, *item.GetDescriptor()->field(i), out);
                }
              }));
}

}  // namespace equity::gateway
