// What the files of a server's stores hold, read without any of the server's own code, from copies, while it is down.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "equity/changes/v1/changes.pb.h"

namespace equity::faults {

struct StoredBooking {
  std::string participant;
  std::string session;
  std::string requested_session;
  int state = 0;  // the contract's: 1 seated, 2 waiting, 3 and 4 cancelled
  int64_t ticket = 0;
  bool of_registration = false;  // or of BookPlace
};

struct StoredSession {
  int capacity = 0;
  int taken = 0;
  int waiting = 0;
  int version = 0;
  int sizes = 0;  // how often the change feed tells of its capacity
};

struct StoredPerson {
  int state = 0;  // 0 pending, 1 active
  std::string external_ref;
};

struct Stored {
  std::vector<std::string> damage;                        // what SQLite says, and gaps in feeds and audit trails
  std::map<std::string, StoredBooking> bookings;          // by name
  std::map<std::string, StoredSession> sessions;          // by name
  std::vector<changes::v1::BookingEvent> booking_events;  // in the order of the feed
  std::map<std::string, StoredPerson> people;             // by name
  std::map<std::string, int> registrations;               // of people: how often the change feed tells of it
  std::map<std::string, int> projected;                   // people as workshops knows them: state, 1 is active
  std::map<std::string, int64_t> feeds;                   // the last change of each store
  int open_segments = 0;                                  // registrations that are not decided yet
  // By request_id, over all stores: answers that are kept, and how many rows of the audit trail name it.
  std::map<std::string, std::vector<std::string>> answers;
  std::map<std::string, int> audited;
};

// Copies the stores of `folder` into `scratch` and reads them. The server must be down.
absl::StatusOr<Stored> ReadStores(const std::string& folder, const std::string& scratch);

// The same of an image of a disk that was loaded, which is changed by it.
absl::StatusOr<Stored> ReadImage();

}  // namespace equity::faults
