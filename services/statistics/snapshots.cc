#include "services/statistics/snapshots.h"

#include <openssl/evp.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/statistics/feed_reader.h"
#include "services/statistics/model/iso_week.h"
#include "services/statistics/model/model.h"
#include "services/statistics/model/names.h"
#include "services/statistics/model/progress.h"
#include "services/statistics/summary.h"
#include "services/statistics/tables/tables.h"

namespace equity::statistics {
namespace {

// Who began to write before midnight may be committed a moment after it.
constexpr absl::Duration kGrace = absl::Seconds(20);

// Nothing is lost when it takes longer: the next look goes on from there. The service must be able to end.
constexpr absl::Duration kLongestRead = absl::Seconds(5);

const sql::Sql kFrozenUntil{"frozen.read", "SELECT week_end FROM local_frozen"};
const sql::Sql kSetFrozenUntil{"frozen.write",
                               "INSERT INTO local_frozen (one, week_end) VALUES (1, $1)"
                               " ON CONFLICT (one) DO UPDATE SET week_end = excluded.week_end"};
const sql::Sql kFrozenChallenges{"challenges.frozen",
                                 "SELECT id, name FROM local_challenges WHERE generation = $1"
                                 " ORDER BY name"};
const sql::Sql kAddSnapshot{"snapshots.add",
                            "INSERT INTO local_snapshots (challenge, week, snapshot, summary) VALUES ($1, $2, $3, $4)"
                            " RETURNING id"};
const sql::Sql kAddFrozenTable{"snapshots.add_table",
                               "INSERT INTO local_snapshot_tables (snapshot, measure, dimensions, content)"
                               " VALUES ($1, $2, $3, $4)"};
const sql::Sql kFindSnapshot{"snapshots.find",
                             "SELECT snapshot, summary FROM local_snapshots WHERE challenge = $1 AND week = $2"};
const sql::Sql kListSnapshots{"snapshots.list",
                              "SELECT id, snapshot FROM local_snapshots WHERE ($1 = '' OR challenge = $1)"
                              " AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3"};
const sql::Sql kFindFrozenTable{"snapshots.find_table",
                                "SELECT t.content FROM local_snapshot_tables t JOIN local_snapshots s"
                                " ON s.id = t.snapshot WHERE s.challenge = $1 AND s.week = $2 AND t.measure = $3"
                                " AND t.dimensions = $4"};
const sql::Sql kLateRecords{"late_records.of",
                            "SELECT coalesce(sum(l.number), 0) FROM local_late_records l JOIN local_challenges c"
                            " ON c.id = l.challenge WHERE l.generation = $1 AND c.name = $2 AND l.week <= $3"
                            " AND l.recorded > $3"};

// Monday 00:00 in London of the week of a time, and some weeks on: civil days, as the clocks change.
absl::Time WeekStart(absl::Time time, int weeks_on) {
  const absl::CivilDay day = absl::ToCivilDay(time, London());
  const absl::CivilDay monday = absl::PrevWeekday(day + 1, absl::Weekday::monday);
  return absl::FromCivil(monday + 7 * weeks_on, London());
}

// 2021-W30 of challenges/{id}/snapshots/2021-w30, and its challenge.
std::pair<std::string, std::string> ChallengeAndWeek(const std::string& name) {
  const size_t slash = name.rfind("/snapshots/");
  if (slash == name.npos) return {};
  return {name.substr(0, slash), absl::AsciiStrToUpper(name.substr(slash + std::string_view("/snapshots/").size()))};
}

void SetTime(absl::Time time, google::protobuf::Timestamp& to) {
  const int64_t micros = absl::ToUnixMicros(time);
  to.set_seconds(micros / 1000000);
  to.set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
}

std::string Sha256(const std::vector<std::string>& texts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (const std::string& text : texts) EVP_DigestUpdate(context.get(), text.data(), text.size());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context.get(), digest, &size);
  return absl::BytesToHexString({reinterpret_cast<char*>(digest), size});
}

template <class Dimensions>
std::string DimensionsKey(const Dimensions& dimensions) {
  std::string key;
  for (const int dimension : dimensions) absl::StrAppend(&key, dimension, ";");
  return key;
}

// One challenge of one week, ready to be stored.
struct Frozen {
  v1::Snapshot snapshot;
  v1::GetSummaryResponse summary;
  std::vector<v1::Table> tables;
};

absl::StatusOr<v1::Table> FreezeTable(sql::ReadTransaction& transaction, const Question& question,
                                      const Progress& progress, const std::string& snapshot) {
  ASSIGN_OR_RETURN(const auto cells, Tabulate(transaction, question));
  v1::Table table;
  table.set_challenge(question.challenge.name);
  table.set_measure(question.measure->id);
  for (const v1::Dimension dimension : question.dimensions) table.add_dimensions(dimension);
  table.set_tier(v1::TIER_PUBLISHABLE);
  table.mutable_cells()->Assign(cells.begin(), cells.end());
  table.set_hierarchy_as_of(absl::FormatTime("%Y-%m-%d", question.now, London()));
  table.set_snapshot(snapshot);
  DescribeProgress(progress, table);
  return table;
}

absl::StatusOr<Frozen> FreezeChallenge(sql::ReadTransaction& transaction, const Challenge& challenge, absl::Time end) {
  const absl::Time now = end - absl::Microseconds(1);
  const Progress progress = ReadProgress(transaction, kFrozenGeneration);
  Frozen frozen;
  frozen.snapshot.set_week(IsoWeek(now));
  frozen.snapshot.set_name(absl::StrCat(challenge.name, "/snapshots/", absl::AsciiStrToLower(frozen.snapshot.week())));
  SetTime(end, *frozen.snapshot.mutable_end_time());
  ASSIGN_OR_RETURN(frozen.summary,
                   Summarise(transaction, kFrozenGeneration, challenge.name, {v1::TIER_PUBLISHABLE, ""}, now));
  frozen.snapshot.set_feed_position(frozen.summary.feed_position());
  frozen.summary.set_snapshot(frozen.snapshot.name());
  std::vector<std::string> texts = {frozen.summary.SerializeAsString()};
  for (const Measure& measure : Measures()) {
    for (const auto& dimensions : measure.Publishable()) {
      auto table = FreezeTable(transaction,
                               {.generation = kFrozenGeneration,
                                .challenge = challenge,
                                .measure = &measure,
                                .dimensions = dimensions,
                                .tier = v1::TIER_PUBLISHABLE,
                                .now = now},
                               progress, frozen.snapshot.name());
      if (!table.ok()) continue;  // too large for anybody
      texts.push_back(table->SerializeAsString());
      frozen.tables.push_back(*std::move(table));
    }
  }
  frozen.snapshot.set_sha256(Sha256(texts));
  return frozen;
}

void Store(sql::Transaction& transaction, const Frozen& frozen) {
  const int64_t id =
      *transaction.One(kAddSnapshot,
                       {frozen.summary.challenge(), frozen.snapshot.week(),
                        sql::Blob{frozen.snapshot.SerializeAsString()}, sql::Blob{frozen.summary.SerializeAsString()}},
                       [](const sql::Row& row) { return row.Int64(0); });
  for (const v1::Table& table : frozen.tables) {
    transaction.Execute(kAddFrozenTable,
                        {id, table.measure(), DimensionsKey(table.dimensions()), sql::Blob{table.SerializeAsString()}});
  }
}

// The same table with its dimensions the other way round.
v1::Table Turned(const v1::Table& table) {
  int columns = 0;
  while (columns < table.cells_size() && table.cells(columns).category() == table.cells(0).category()) ++columns;
  v1::Table turned = table;
  turned.clear_cells();
  for (int column = 0; column < columns; ++column) {
    for (int i = column; i < table.cells_size(); i += columns) {
      v1::Cell& cell = *turned.add_cells();
      cell = table.cells(i);
      cell.mutable_category()->swap(*cell.mutable_category2());
    }
  }
  turned.mutable_dimensions()->SwapElements(0, 1);
  return turned;
}

void SetLateRecords(sql::ReadTransaction& transaction, v1::Snapshot& snapshot) {
  const std::string challenge = ChallengeAndWeek(snapshot.name()).first;
  snapshot.set_late_records(*transaction.One(kLateRecords, {InUse(transaction), challenge, snapshot.week()},
                                             [](const sql::Row& row) { return row.Int(0); }));
}

}  // namespace

void Freezer::Start() {
  if (every_ < absl::InfiniteDuration()) thread_ = std::thread(&Freezer::Loop, this);
}

void Freezer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Freezer::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    // What fails is due at the next look.
    FreezeDue().IgnoreError();
    lock.lock();
    wake_.wait_for(lock, absl::ToChronoMilliseconds(every_), [this] { return stopping_; });
  }
}

absl::Status Freezer::FreezeDue() {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<absl::Time> frozen, FrozenUntil());
    if (!frozen) return absl::OkStatus();
    const absl::Time end = WeekStart(*frozen, 1);
    if (runtime_.shared().clock.Now() < end + kGrace) return absl::OkStatus();
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return absl::OkStatus();
    }
    RETURN_IF_ERROR(CountUntil(end));
    RETURN_IF_ERROR(Freeze(end));
  }
}

absl::StatusOr<std::optional<absl::Time>> Freezer::FrozenUntil() {
  std::optional<absl::Time> until;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
    until = transaction.One(kFrozenUntil, {}, [](const sql::Row& row) { return row.Time(0); });
    return absl::OkStatus();
  }));
  if (until) return until;
  ASSIGN_OR_RETURN(const std::optional<absl::Time> first, FirstChange());
  if (!first) return first;
  return std::optional(WeekStart(*first, 0));
}

absl::StatusOr<std::optional<absl::Time>> Freezer::FirstChange() {
  std::optional<absl::Time> first;
  for (const Consumer::Source& source : consumer_.sources()) {
    RETURN_IF_ERROR(ReadFeed(
        source, "",
        [&](const auto& batch) -> absl::StatusOr<bool> {
          first = std::min(first.value_or(absl::InfiniteFuture()), TimeOf(batch.changes(0)));
          return false;
        },
        kLongestRead));
  }
  return first;
}

absl::Status Freezer::CountUntil(absl::Time end) {
  const auto sources = consumer_.sources();
  if (sources.empty()) return absl::CancelledError("the service is ending");
  for (const Consumer::Source& source : sources) {
    Place place;
    RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) {
      place = ReadPlace(transaction, kFrozenGeneration, source.service);
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(ReadFeed(
        source, place.resume_token,
        [&](const auto& batch) -> absl::StatusOr<bool> {
          const bool on = TimeOf(*batch.changes().rbegin()) < end;
          RETURN_IF_ERROR(runtime_.store()->Write([&](sql::Transaction& transaction) {
            ApplyBatch(transaction, key_, kFrozenGeneration, source.service, batch, kEverything, end);
            return absl::OkStatus();
          }));
          return on;
        },
        kLongestRead));
  }
  return absl::OkStatus();
}

absl::Status Freezer::Freeze(absl::Time end) {
  std::vector<Frozen> all;
  RETURN_IF_ERROR(runtime_.Read([&](sql::ReadTransaction& transaction) -> absl::Status {
    const auto challenges = transaction.All(kFrozenChallenges, {kFrozenGeneration}, [](const sql::Row& row) {
      return Challenge{row.Int64(0), row.Text(1)};
    });
    for (const Challenge& challenge : challenges) {
      ASSIGN_OR_RETURN(Frozen frozen, FreezeChallenge(transaction, challenge, end));
      SetTime(runtime_.shared().clock.Now(), *frozen.snapshot.mutable_freeze_time());
      all.push_back(std::move(frozen));
    }
    return absl::OkStatus();
  }));
  return runtime_.store()->Write([&](sql::Transaction& transaction) {
    for (const Frozen& frozen : all) Store(transaction, frozen);
    transaction.Execute(kSetFrozenUntil, {end});
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Table> FrozenTable(sql::ReadTransaction& transaction, const std::string& snapshot,
                                      const std::string& measure,
                                      const google::protobuf::RepeatedField<int>& dimensions) {
  const auto of = ChallengeAndWeek(snapshot);
  const auto find = [&](const std::string& key) {
    return transaction.One(kFindFrozenTable, {of.first, of.second, measure, key}, [](const sql::Row& row) {
      v1::Table table;
      table.ParseFromString(row.Text(0));
      return table;
    });
  };
  if (auto table = find(DimensionsKey(dimensions))) return *std::move(table);
  if (dimensions.size() == 2) {
    if (const auto table = find(DimensionsKey(std::vector<int>{dimensions[1], dimensions[0]}))) return Turned(*table);
  }
  return status::NotFound();
}

absl::StatusOr<v1::ListSnapshotsResponse> ListSnapshots(const rpc::Context&, sql::ReadTransaction& transaction,
                                                        const v1::ListSnapshotsRequest& request) {
  const std::string challenge = request.parent() == "challenges/-" ? "" : request.parent();
  const std::string binding = absl::StrCat("ListSnapshots|", challenge, "|");
  ASSIGN_OR_RETURN(const std::string key, page::Key(binding, request.page_token()));
  int64_t after = 0;
  if (!key.empty() && !absl::SimpleAtoi(key, &after)) return status::InvalidPageToken();
  const int size = page::Size(request.page_size());
  v1::ListSnapshotsResponse response;
  int64_t last = 0;
  bool more = false;
  transaction.Each(kListSnapshots, {challenge, after, size + 1}, [&](const sql::Row& row) {
    more = response.snapshots_size() == size;
    if (more) return;
    response.add_snapshots()->ParseFromString(row.Text(1));
    last = row.Int64(0);
  });
  for (v1::Snapshot& snapshot : *response.mutable_snapshots()) SetLateRecords(transaction, snapshot);
  if (more) response.set_next_page_token(page::Token(binding, absl::StrCat(last)));
  return response;
}

absl::StatusOr<v1::GetSnapshotResponse> GetSnapshot(const rpc::Context&, sql::ReadTransaction& transaction,
                                                    const v1::GetSnapshotRequest& request) {
  const auto [challenge, week] = ChallengeAndWeek(request.name());
  const auto found = transaction.One(kFindSnapshot, {challenge, week}, [](const sql::Row& row) {
    v1::GetSnapshotResponse response;
    response.mutable_snapshot()->ParseFromString(row.Text(0));
    response.mutable_summary()->ParseFromString(row.Text(1));
    return response;
  });
  if (!found) return status::NotFound();
  v1::GetSnapshotResponse response = *found;
  SetLateRecords(transaction, *response.mutable_snapshot());
  return response;
}

}  // namespace equity::statistics
