// What is kept of registrations: operations, the outcome of each of their rows, and what rows that wait for their
// places need to be completed later. SQL only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/sql/sql.h"
#include "equity/participants/v1/registrations.pb.h"
#include "equity/workshops/v1/bookings.pb.h"
#include "services/participants/store.h"

namespace equity::participants::registrations {

using Kind = v1::RegistrationOutcome::Kind;

// One run over one file: whose it is, and what holds for all of its rows.
struct Operation {
  std::string id;  // a UUID in lower case
  std::string tenant;
  std::string subject;
  std::string workshop;
  bool atomic = false;

  bool operator==(const Operation&) const = default;
};

// What became of a row: everything but the person.
struct Entry {
  int row = 0;
  std::string hash;  // of the row as sent
  bool pending = true;
  std::string organisation;  // an id
  std::string participant;   // an id; empty where refused
  std::string session_date;  // asked for
  workshops::v1::OnFull on_full = workshops::v1::ON_FULL_REJECT;
  bool has_details = false;  // whether a known person's details wait to be changed
  // The outcome.
  Kind kind = v1::RegistrationOutcome::KIND_UNSPECIFIED;
  std::string code;
  std::string field;
  std::string message;
  std::string fix;
  std::string booking;
  std::string session;
  std::string booked_date;
  int waiting_position = 0;
};

// A range of rows that wait for their places.
struct Segment {
  std::string operation;
  int first = 0;
  int last = 0;
};

namespace ledger {

std::optional<Operation> FindOperation(sql::ReadTransaction& transaction, const std::string& id);
void InsertOperation(sql::Transaction& transaction, const Operation& operation, absl::Time system_now);

// The entries of rows `first` to `last`, by row.
std::map<int, Entry> Entries(sql::ReadTransaction& transaction, const Segment& segment);
// The rows among them that have no outcome yet.
std::set<int> Pending(sql::ReadTransaction& transaction, const Segment& segment);
void Insert(sql::Transaction& transaction, const std::string& operation, const Entry& entry);
// Stores the outcome.
void Decide(sql::Transaction& transaction, const std::string& operation, const Entry& entry);

// Whether a row of the operation that was accepted, or may be yet, concerns the person.
bool Concerns(sql::ReadTransaction& transaction, const std::string& operation, std::string_view participant);
// Whether a row of any operation that has no outcome yet does.
bool IsPending(sql::ReadTransaction& transaction, std::string_view participant);

// What a known person's details will be once the row stands. Taking them removes them.
void KeepDetails(sql::Transaction& transaction, const std::string& operation, int row, const Person& person);
std::optional<Person> TakeDetails(sql::Transaction& transaction, const std::string& operation, int row);
// Those of all rows about a person, who is being erased.
void DropDetailsOf(sql::Transaction& transaction, std::string_view participant);

// Frees an address that a person no longer has, unless a row that has no outcome yet will give it to the person.
void ReleaseEmail(sql::Transaction& transaction, const std::string& organisation, const std::string& participant,
                  const std::string& email_key);
// Deletes a person whose registration is pending, unless another row that has no outcome yet concerns the person.
void DropPending(sql::Transaction& transaction, const std::string& organisation, const std::string& participant);

void OpenSegment(sql::Transaction& transaction, const Segment& segment, absl::Time system_now);
void CloseSegment(sql::Transaction& transaction, const Segment& segment);
// Up to `limit` that were begun before a time, oldest first.
std::vector<Segment> OpenSegments(sql::ReadTransaction& transaction, absl::Time begun_before, int limit);

// Deletes up to `limit` rows of one operation that was begun before a time, and the operation with the last of them.
// Whether there was one.
bool Forget(sql::Transaction& transaction, absl::Time begun_before, int limit);

// Every statement, for the test that none scans a table.
std::vector<const sql::Sql*> Statements();

}  // namespace ledger
}  // namespace equity::participants::registrations
