// stream-cuts: registers a long file through a connection that is cut at random points, and checks that every row has
// exactly one outcome and that the server agrees. Usage: stream-cuts TARGET_PORT TOKEN_FILE ROWS CUTS SEED
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/registration_stream.h"
#include "clients/cpp/workshops.h"
#include "tests/api/cutting_proxy.h"

namespace equity {
namespace {

using participants::v1::RegistrationOutcome;
using participants::v1::RegistrationRow;

// Every 50th row is wrong, every 60th is somebody again, every 70th asks for no place.
RegistrationRow Row(int number) {
  const int person = number % 60 == 0 ? number - 1 : number;
  RegistrationRow row;
  row.set_row(number);
  row.set_organisation("QJG");
  row.set_external_ref(absl::StrCat("cut-", person));
  row.set_given_name(absl::StrCat("Given ", person));
  row.set_family_name(absl::StrCat("Family ", person));
  row.set_email(number % 50 == 0 ? "nobody" : absl::StrCat("cut-", person, "@example.org"));
  if (number % 70 != 0) row.set_session_date("2021-09-01");
  row.set_on_full("REJECT");
  return row;
}

struct Tally {
  std::map<int, int> outcomes_of_row;
  std::map<std::string, int> by_kind;
  std::set<std::string> people;  // who are registered now, as the outcomes say
};

int Fail(const std::string& why) {
  std::fprintf(stderr, "stream-cuts: %s\n", why.c_str());
  return 1;
}

int CountPeople(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options) {
  participants::v1::ListParticipantsRequest request;
  request.set_parent("organisations/qjg");
  int count = 0;
  const absl::Status status = client::ParticipantsClient(channel, options)
                                  .ForEachParticipant(request, [&](const participants::v1::Participant&) {
                                    ++count;
                                    return absl::OkStatus();
                                  });
  return status.ok() ? count : -1;
}

int PlacesTaken(const std::shared_ptr<grpc::Channel>& channel, const client::CallOptions& options) {
  workshops::v1::ListSessionsRequest request;
  request.set_parent("workshops/-");
  int taken = -1;
  client::SessionsClient(channel, options)
      .ForEachSession(request,
                      [&](const workshops::v1::Session& session) {
                        if (session.date() == "2021-09-01") taken = session.places_taken();
                        return absl::OkStatus();
                      })
      .IgnoreError();
  return taken;
}

int Main(int argc, char** argv) {
  if (argc != 6) return Fail("usage: stream-cuts TARGET_PORT TOKEN_FILE ROWS CUTS SEED");
  const int port = std::atoi(argv[1]);
  const int rows = std::atoi(argv[3]);
  const int cuts = std::atoi(argv[4]);
  std::mt19937 random(static_cast<unsigned>(std::atoi(argv[5])));
  client::CallOptions options;
  std::ifstream(argv[2]) >> options.bearer_token;

  std::set<int> cut_after;
  while (static_cast<int>(cut_after.size()) < cuts)
    cut_after.insert(static_cast<int>(random() % static_cast<unsigned>(rows)));
  api::CuttingProxy proxy(port);
  Tally tally;
  client::RegistrationStream stream(client::Connect({.address = absl::StrCat("127.0.0.1:", proxy.port())}), options, {},
                                    [&](const RegistrationOutcome& outcome) {
                                      ++tally.outcomes_of_row[outcome.row()];
                                      ++tally.by_kind[RegistrationOutcome::Kind_Name(outcome.kind())];
                                      if (!outcome.participant().empty()) tally.people.insert(outcome.participant());
                                    });
  for (int row = 1; row <= rows; ++row) {
    if (const absl::Status status = stream.Send(Row(row)); !status.ok()) return Fail(status.ToString());
    if (cut_after.contains(row)) proxy.Cut();
  }
  if (const absl::Status status = stream.Finish(); !status.ok()) return Fail(status.ToString());

  if (static_cast<int>(tally.outcomes_of_row.size()) != rows) return Fail("rows without an outcome");
  for (const auto& [row, count] : tally.outcomes_of_row) {
    if (count != 1) return Fail(absl::StrCat("row ", row, " has ", count, " outcomes"));
  }
  // The server itself, not through the proxy: nothing was done twice, nothing is missing.
  const auto direct = client::Connect({.address = absl::StrCat("127.0.0.1:", port)});
  const int people = CountPeople(direct, options);
  const int taken = PlacesTaken(direct, options);
  const int seated = tally.by_kind["KIND_SEATED"];
  if (people != static_cast<int>(tally.people.size())) {
    return Fail(absl::StrCat("the outcomes name ", tally.people.size(), " people and the server has ", people));
  }
  if (taken != seated) return Fail(absl::StrCat(seated, " rows were seated and ", taken, " places are taken"));
  std::printf("%d rows, %d cuts, %d seated, %d refused, each row one outcome", rows, cuts, seated,
              tally.by_kind["KIND_REJECTED"]);
  return 0;
}

}  // namespace
}  // namespace equity

int main(int argc, char** argv) { return equity::Main(argc, argv); }
