// A server with an invented challenge in it: organisations, sessions, staff.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "equity/participants/v1/registrations.pb.h"
#include "equity/workshops/v1/sessions.pb.h"
#include "tests/bench/child.h"

namespace equity::bench {

using StaffRows = std::vector<participants::v1::RegistrationRow>;

// New staff. Each asks for a place: the first on `first_session`, the others on the `sessions` from there in turn. No
// two calls with numbers from different ranges make the same person.
StaffRows MakeStaff(int first_number, int count, int first_session, int sessions);

// The id of an organisation of a site.
std::string OrganisationId(int organisation);

// The sessions of a workshop, one a day.
workshops::v1::ImportSessionsRequest SessionsToImport(const std::string& workshop);

class Site {
 public:
  static constexpr int kOrganisations = 8;
  // More dates than a person books, each with more places than there are people.
  static constexpr int kSessions = 200;
  // The organisation's resource name.
  static std::string OrganisationName(int organisation);

  struct Registered {
    std::vector<std::string> participants;  // their names
    absl::Duration took;
  };

  static constexpr char kNow[] = "2021-07-20T09:00:00+01:00";

  // Starts equityd on this data folder, with its log beside it. A new folder's business clock begins at `now`.
  static absl::StatusOr<std::unique_ptr<Site>> Start(const std::string& folder, std::vector<std::string> flags = {},
                                                     const std::string& now = kNow);

  // Loads organisations and sessions; returns the names of the sessions, by date.
  absl::StatusOr<std::vector<std::string>> Load();
  // Registers the staff of an organisation as one stream. Everyone must get a place.
  absl::StatusOr<Registered> Register(int organisation, StaffRows staff);

  absl::Status Stop() { return server_->Stop(); }
  const Child& server() const { return *server_; }
  const std::string& central_team() const { return central_team_; }
  // The credential of a partner bound to this organisation.
  const std::string& partner(int organisation) const { return partners_.at(organisation); }

 private:
  explicit Site(std::unique_ptr<Child> server) : server_(std::move(server)) {}
  absl::Status MintTokens(const std::string& folder);

  std::unique_ptr<Child> server_;
  std::string central_team_;
  std::vector<std::string> partners_;
};

}  // namespace equity::bench
