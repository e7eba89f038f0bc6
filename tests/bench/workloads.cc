#include "tests/bench/workloads.h"

#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/status/macros.h"

namespace equity::bench {
namespace {

constexpr int kPeoplePerOrganisation = 500;

// Pairs of person and session, none twice: the people in turn, each time on the next session.
class Pairs {
 public:
  Pairs(std::vector<std::string> people, std::vector<std::string> sessions)
      : people_(std::move(people)), sessions_(std::move(sessions)) {}

  void Next() { ++next_; }
  size_t organisation() const { return next_ % people_.size() % Site::kOrganisations; }
  const std::string& person() const { return people_[next_ % people_.size()]; }
  // The first session is the one that the people were registered with.
  const std::string& session() const {
    return sessions_[1 + (next_ / people_.size() + next_ % people_.size()) % (sessions_.size() - 1)];
  }

 private:
  std::vector<std::string> people_;
  std::vector<std::string> sessions_;
  size_t next_ = 0;
};

void SignIn(grpc::ClientContext& context, const std::string& token) {
  context.AddMetadata("authorization", "Bearer " + token);
}

// The people of all organisations, by turns.
absl::StatusOr<std::vector<std::string>> RegisterPeople(Site& site) {
  std::vector<std::string> people(kPeoplePerOrganisation * Site::kOrganisations);
  for (int organisation = 0; organisation < Site::kOrganisations; ++organisation) {
    ASSIGN_OR_RETURN(Site::Registered registered,
                     site.Register(organisation, MakeStaff(0, kPeoplePerOrganisation, /*first_session=*/0, 1)));
    for (int i = 0; i < kPeoplePerOrganisation; ++i) {
      people[i * Site::kOrganisations + organisation] = std::move(registered.participants[i]);
    }
  }
  return people;
}

}  // namespace

EchoWorkload MakeEcho() {
  return {.fill = [](v1::EchoRequest&, grpc::ClientContext&) {},
          .check = [](const v1::EchoResponse&) { return absl::OkStatus(); }};
}

GetWorkload MakeGet(const Site& site, std::vector<std::string> sessions) {
  return {.fill =
              [&site, sessions = std::move(sessions), next = size_t{0}](workshops::v1::GetSessionRequest& request,
                                                                        grpc::ClientContext& context) mutable {
                request.set_name(sessions[next++ % sessions.size()]);
                SignIn(context, site.partner(0));
              },
          .check =
              [](const workshops::v1::GetSessionResponse& response) {
                return response.session().capacity() > 0 ? absl::OkStatus() : absl::InternalError("not the session");
              }};
}

absl::StatusOr<BookWorkload> MakeBook(Site& site, std::vector<std::string> sessions) {
  ASSIGN_OR_RETURN(std::vector<std::string> people, RegisterPeople(site));
  return BookWorkload{.fill =
                          [&site, pairs = Pairs(std::move(people), std::move(sessions))](
                              workshops::v1::BookPlaceRequest& request, grpc::ClientContext& context) mutable {
                            request.set_participant(pairs.person());
                            request.set_session(pairs.session());
                            request.set_request_id(NewUuidV7(absl::Now()));
                            SignIn(context, site.partner(static_cast<int>(pairs.organisation())));
                            pairs.Next();
                          },
                      .check =
                          [](const workshops::v1::BookPlaceResponse& response) {
                            const bool seated = response.booking().state() == workshops::v1::Booking::STATE_SEATED &&
                                                !response.existed();
                            return seated ? absl::OkStatus()
                                          : absl::InternalError("not a new place: " + response.ShortDebugString());
                          }};
}

}  // namespace equity::bench
