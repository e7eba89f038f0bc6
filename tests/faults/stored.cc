#include "tests/faults/stored.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace equity::faults {
namespace {

namespace fs = std::filesystem;

// 16 bytes as a UUID.
std::string Uuid(const std::string& bytes) {
  const std::string hex = absl::BytesToHexString(bytes);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

// Where stores are: a folder, and SQLite's file system that it belongs to.
struct Place {
  std::string folder;
  std::string vfs;
};

class Reader {
 public:
  Reader(const Place& place, std::string store, Stored& stored)
      : store_(std::move(store)),
        database_(place.folder + "/" + store_ + ".db", SQLite::OPEN_READWRITE, 0, place.vfs),
        stored_(stored) {
    // An image in memory has no other users, and no memory to share with them.
    if (!place.vfs.empty()) database_.exec("PRAGMA locking_mode=EXCLUSIVE");
  }

  template <class F>
  void Each(const std::string& sql, F&& row) {
    SQLite::Statement statement(database_, sql);
    while (statement.executeStep()) row(statement);
  }

  // Every change of its feed, in order.
  template <class F>
  void Changes(F&& see) {
    Each("SELECT event FROM feed ORDER BY sequence", [&](auto& row) {
      changes::v1::Change change;
      if (!change.ParseFromString(row.getColumn(0).getString())) Damage("not a change");
      see(change);
    });
  }

  // What holds for every store.
  void Common() {
    Each("PRAGMA integrity_check", [&](auto& row) {
      if (row.getColumn(0).getString() != "ok") Damage(row.getColumn(0).getString());
    });
    Each("PRAGMA foreign_key_check", [&](auto& row) { Damage("a dangling key in " + row.getColumn(0).getString()); });
    for (const std::string table : {"feed", "audit"}) {
      Each("SELECT count(*), coalesce(min(sequence), 1), coalesce(max(sequence), 0) FROM " + table, [&](auto& row) {
        const int64_t count = row.getColumn(0), least = row.getColumn(1), most = row.getColumn(2);
        if (least != 1 || most != count) Damage(table + " has gaps");
        if (table == "feed") stored_.feeds[store_] = most;
      });
    }
    Each("SELECT request_id, count(*) FROM audit WHERE request_id <> '' GROUP BY request_id",
         [&](auto& row) { stored_.audited[row.getColumn(0).getString()] += row.getColumn(1).getInt(); });
    std::vector<std::string> days;
    Each("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'request_day_*'",
         [&](auto& row) { days.push_back(row.getColumn(0).getString()); });
    for (const std::string& day : days) {
      Each("SELECT request_id, answer FROM " + day, [&](auto& row) {
        stored_.answers[Uuid(row.getColumn(0).getString())].push_back(row.getColumn(1).getString());
      });
    }
  }

  // Nobody has followed a feed to a change that is not there. `positions` selects service and sequence.
  void Followed(const std::string& positions) {
    Each(positions, [&](auto& row) {
      const std::string service = row.getColumn(0).getString();
      const auto end = stored_.feeds.find(service);
      if (end != stored_.feeds.end() && row.getColumn(1).getInt64() > end->second) {
        Damage("has followed the feed of " + service + " beyond its end");
      }
    });
  }

 private:
  void Damage(const std::string& what) { stored_.damage.push_back(absl::StrCat(store_, ": ", what)); }

  const std::string store_;
  SQLite::Database database_;
  Stored& stored_;
};

void ReadWorkshops(const Place& place, Stored& stored) {
  Reader reader(place, "workshops", stored);
  reader.Common();
  std::map<int64_t, std::string> names;
  reader.Each(
      "SELECT s.number, s.workshop, s.id, p.capacity, p.taken, p.waiting, p.version FROM sessions s "
      "JOIN session_places p ON p.session = s.number",
      [&](auto& row) {
        std::string& name = names[row.getColumn(0).getInt64()];
        name = absl::StrCat("workshops/", row.getColumn(1).getString(), "/sessions/", row.getColumn(2).getString());
        stored.sessions[name] = {.capacity = row.getColumn(3),
                                 .taken = row.getColumn(4),
                                 .waiting = row.getColumn(5),
                                 .version = row.getColumn(6)};
      });
  reader.Each(
      "SELECT organisation, id, participant, session, requested_session, state, ticket, request_id IS NOT NULL "
      "FROM bookings",
      [&](auto& row) {
        const std::string organisation = "organisations/" + row.getColumn(0).getString();
        stored.bookings[organisation + "/bookings/" + row.getColumn(1).getString()] = {
            .participant = organisation + "/participants/" + row.getColumn(2).getString(),
            .session = names[row.getColumn(3).getInt64()],
            .requested_session = names[row.getColumn(4).getInt64()],
            .state = row.getColumn(5),
            .ticket = row.getColumn(6),
            .of_registration = row.getColumn(7).getInt() != 0};
      });
  reader.Changes([&](changes::v1::Change& change) {
    if (change.has_session_event()) ++stored.sessions[change.session_event().session()].sizes;
    if (change.has_booking_event()) stored.booking_events.push_back(std::move(*change.mutable_booking_event()));
  });
  reader.Each("SELECT organisation, participant, state FROM local_people", [&](auto& row) {
    stored.projected[absl::StrCat("organisations/", row.getColumn(0).getString(), "/participants/",
                                  row.getColumn(1).getString())] = row.getColumn(2);
  });
}

void ReadParticipants(const Place& place, Stored& stored) {
  Reader reader(place, "participants", stored);
  reader.Common();
  reader.Each("SELECT organisation, id, state, external_ref FROM participants", [&](auto& row) {
    stored.people[absl::StrCat("organisations/", row.getColumn(0).getString(), "/participants/",
                               row.getColumn(1).getString())] = {.state = row.getColumn(2),
                                                                 .external_ref = row.getColumn(3).getString()};
  });
  reader.Changes([&](const changes::v1::Change& change) {
    const auto& event = change.participant_event();
    if (event.kind() == changes::v1::ParticipantEvent::KIND_REGISTERED) ++stored.registrations[event.participant()];
  });
  reader.Each("SELECT count(*) FROM local_open_segments", [&](auto& row) { stored.open_segments = row.getColumn(0); });
}

void ReadAll(const Place& place, bool has_statistics, Stored& stored) {
  ReadParticipants(place, stored);
  ReadWorkshops(place, stored);
  if (!has_statistics) return;
  Reader statistics(place, "statistics", stored);
  statistics.Common();
  statistics.Followed("SELECT service, sequence FROM local_progress");
}

}  // namespace

absl::StatusOr<Stored> ReadStores(const std::string& folder, const std::string& scratch) {
  try {
    fs::remove_all(scratch);
    fs::create_directories(scratch);
    for (const auto& entry : fs::directory_iterator(folder)) {
      // Not the shared memory of the log: it is made anew from the log, as after a crash of the machine.
      const std::string extension = entry.path().extension();
      if (extension == ".db" || extension == ".db-wal") fs::copy(entry.path(), scratch / entry.path().filename());
    }
    Stored stored;
    ReadAll({scratch, ""}, fs::exists(scratch + "/statistics.db"), stored);
    fs::remove_all(scratch);
    return stored;
  } catch (const std::exception& error) {
    return absl::DataLossError(absl::StrCat("the stores cannot be read: ", error.what()));
  }
}

absl::StatusOr<Stored> ReadImage() {
  try {
    Stored stored;
    ReadAll({"", "image"}, true, stored);
    return stored;
  } catch (const std::exception& error) {
    return absl::DataLossError(absl::StrCat("the stores cannot be read: ", error.what()));
  }
}

}  // namespace equity::faults
