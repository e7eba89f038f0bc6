#include "common/feed/feed.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace equity::feed {
namespace {

const sql::Sql kAppend{"feed.append", "INSERT INTO feed (time, organisation, event) VALUES ($1, $2, $3)"};
const sql::Sql kRead{
    "feed.read", "SELECT sequence, time, organisation, event FROM feed WHERE sequence > $1 ORDER BY sequence LIMIT $2"};
const sql::Sql kLast{"feed.last", "SELECT coalesce(max(sequence), 0) FROM feed"};

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp result;
  const int64_t micros = absl::ToUnixMicros(time);
  result.set_seconds(micros / 1000000);
  result.set_nanos(static_cast<int>(micros % 1000000) * 1000);
  return result;
}

// The number of the field that holds the event, without reading the event itself.
int EventOf(std::string_view bytes) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  while (const uint32_t tag = stream.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (field >= Change::kOrganisationEventFieldNumber) return field;
    if (!WireFormatLite::SkipField(&stream, tag)) break;
  }
  return 0;
}

}  // namespace

exec::Migration CommonTables() {
  return {1, "common tables",
          // A sequence is never given twice, as the newest row is never deleted.
          "CREATE TABLE feed ("
          "  sequence INTEGER PRIMARY KEY,"
          "  time INTEGER NOT NULL,"
          "  organisation TEXT NOT NULL,"
          "  event BLOB NOT NULL"
          ") STRICT;"
          "CREATE TABLE audit ("
          "  sequence INTEGER PRIMARY KEY,"
          "  time INTEGER NOT NULL,"
          "  actor TEXT NOT NULL,"
          "  organisation TEXT NOT NULL,"
          "  method TEXT NOT NULL,"
          "  resource TEXT NOT NULL,"
          "  request_id TEXT NOT NULL,"
          "  trace_id TEXT NOT NULL"
          ") STRICT;"};
}

void Append(sql::Transaction& transaction, absl::Time now, const Change& change) {
  // The columns hold what every change has, the blob the event alone.
  Change event = change;
  event.clear_organisation();
  const std::string bytes = event.SerializeAsString();
  transaction.Execute(kAppend, {now, change.organisation(), sql::Blob{bytes}});
}

std::vector<Change> ReadAfter(sql::ReadTransaction& transaction, const std::string& service, int64_t sequence,
                              const std::string& organisation, const std::set<int>& events, int limit, int64_t& last) {
  std::vector<Change> changes;
  transaction.Each(kRead, {sequence, limit}, [&](const sql::Row& row) {
    last = row.Int64(0);
    const std::string_view owner = row.Bytes(2);
    if (!organisation.empty() && !owner.empty() && owner != organisation) return;
    const std::string_view event = row.Bytes(3);
    if (!events.empty() && !events.contains(EventOf(event))) return;
    Change& change = changes.emplace_back();
    change.ParseFromArray(event.data(), static_cast<int>(event.size()));
    change.set_service(service);
    change.set_sequence(last);
    *change.mutable_time() = ToProto(row.Time(1));
    change.set_organisation(std::string(owner));
    if (!organisation.empty() && change.restricted()) changes.pop_back();
  });
  return changes;
}

int64_t LastSequence(sql::ReadTransaction& transaction) {
  return *transaction.One(kLast, {}, [](const sql::Row& row) { return row.Int64(0); });
}

}  // namespace equity::feed
