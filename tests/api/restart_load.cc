#include "tests/api/restart_load.h"

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/changes.h"
#include "clients/cpp/registration_stream.h"

namespace equity::api {
namespace {

using participants::v1::RegistrationOutcome;

constexpr int kBookers = 4;
constexpr int kPeopleOfABooker = 20;
constexpr int kRegistrars = 2;
constexpr int kRowsAtOnce = 20;
constexpr absl::Duration kPause = absl::Milliseconds(5);
constexpr char kDate[] = "2021-08-12";

}  // namespace

RestartLoad::RestartLoad(Environment& environment) : environment_(environment), central_(environment.CentralTeam()) {
  environment_.AddOrganisations({"rde"});
  sessions_.push_back(environment_.AddSession(kDate, "09:00", 100'000));
  sessions_.push_back(environment_.AddSession("2021-08-17", "09:00", 100'000));
  for (int i = 0; i < kBookers * kPeopleOfABooker; ++i) {
    people_.push_back(environment_.AddParticipant("rde", absl::StrCat("person-", i)));
  }
}

RestartLoad::~RestartLoad() { End(); }

void RestartLoad::Begin() {
  for (int i = 0; i < kBookers; ++i) threads_.emplace_back([this, i] { Book(i); });
  for (int i = 0; i < kRegistrars; ++i) threads_.emplace_back([this] { Register(); });
  threads_.emplace_back([this] { StreamRows(); });
  threads_.emplace_back([this] { Count(); });
  threads_.emplace_back([this] { Read(); });
}

LoadFigures RestartLoad::End() {
  ending_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return figures_;
}

bool RestartLoad::Call(const char* what, const std::function<absl::Status()>& call) {
  const absl::Time begun = absl::Now();
  const absl::Status status = call();
  const absl::Duration took = absl::Now() - begun;
  {
    std::lock_guard lock(mutex_);
    ++figures_.calls;
    figures_.slowest = std::max(figures_.slowest, took);
    if (!status.ok()) {
      ++figures_.failed;
      if (figures_.failures.size() < 20) {
        figures_.failures.push_back(absl::StrCat(what, " after ", absl::FormatDuration(took), ": ", status.ToString()));
      }
    }
  }
  absl::SleepFor(kPause);
  return status.ok();
}

void RestartLoad::Book(int booker) {
  std::mt19937 random(static_cast<unsigned>(booker));
  auto bookings = environment_.To<client::BookingsClient>(central_);
  std::map<std::string, std::string> standing;  // person and session -> booking
  while (!ending_) {
    const std::string& person = people_[static_cast<size_t>(booker) * kPeopleOfABooker + random() % kPeopleOfABooker];
    const std::string& session = sessions_[random() % sessions_.size()];
    const auto found = standing.find(person + session);
    if (found == standing.end()) {
      workshops::v1::BookPlaceRequest request;
      request.set_participant(person);
      request.set_session(session);
      absl::StatusOr<workshops::v1::BookPlaceResponse> answer;
      if (Call("BookPlace", [&] { return (answer = bookings.BookPlace(request)).status(); })) {
        standing[person + session] = answer->booking().name();
        ++seated_;
      }
      continue;
    }
    workshops::v1::CancelBookingRequest request;
    request.set_name(found->second);
    if (Call("CancelBooking", [&] { return bookings.CancelBooking(request).status(); })) --seated_;
    standing.erase(found);
  }
}

participants::v1::RegistrationRow RestartLoad::NewRow(int number) {
  const int person = ++next_row_;
  participants::v1::RegistrationRow row;
  row.set_row(number);
  row.set_organisation("rde");
  row.set_external_ref(absl::StrCat("row-", person));
  row.set_given_name("Amara");
  row.set_email(absl::StrCat("row-", person, "@example.org"));
  row.set_session_date(kDate);
  return row;
}

void RestartLoad::Register() {
  auto registrations = environment_.To<client::RegistrationsClient>(central_);
  while (!ending_) {
    participants::v1::SubmitRegistrationsRequest request;
    for (int i = 1; i <= kRowsAtOnce; ++i) *request.add_rows() = NewRow(i);
    Call("SubmitRegistrations", [&]() -> absl::Status {
      const auto answer = registrations.SubmitRegistrations(request);
      if (!answer.ok()) return answer.status();
      for (const RegistrationOutcome& outcome : answer->outcomes()) {
        if (outcome.kind() != RegistrationOutcome::KIND_SEATED) return absl::InternalError(outcome.ShortDebugString());
        ++seated_;
        ++registered_;
      }
      return absl::OkStatus();
    });
    absl::SleepFor(absl::Milliseconds(50));
  }
}

void RestartLoad::StreamRows() {
  absl::Status wrong;
  client::RegistrationStream stream(environment_.ChannelTo(client::RegistrationsClient::service_full_name()), central_,
                                    {}, [&](const RegistrationOutcome& outcome) {
                                      if (outcome.kind() != RegistrationOutcome::KIND_SEATED) {
                                        wrong = absl::InternalError(outcome.ShortDebugString());
                                        return;
                                      }
                                      ++seated_;
                                      ++registered_;
                                    });
  int number = 0;
  bool well = true;
  while (!ending_ && well) {
    well = Call("StreamRegistrations", [&] {
      absl::Status status;
      for (int i = 0; i < kRowsAtOnce && status.ok(); ++i) status = stream.Send(NewRow(++number));
      if (status.ok()) status = stream.Flush();
      return status.ok() ? wrong : status;
    });
    absl::SleepFor(absl::Milliseconds(50));
  }
  if (well) Call("end of StreamRegistrations", [&] { return stream.Finish(); });
}

void RestartLoad::Count() {
  client::ChangesClient changes(environment_.ChannelTo(client::BookingsClient::service_full_name()), central_);
  auto statistics = environment_.To<client::StatisticsClient>(central_);
  while (!ending_) {
    std::string position;
    const bool told = Call("GetFeedPosition", [&] {
      const auto answer = changes.GetFeedPosition({});
      if (answer.ok()) position = answer->position();
      return answer.status();
    });
    if (!told) continue;
    statistics::v1::GetSummaryRequest request;
    request.set_min_feed_position(position);
    Call("GetSummary", [&] { return statistics.GetSummary(request).status(); });
    absl::SleepFor(absl::Milliseconds(20));
  }
}

void RestartLoad::Read() {
  auto sessions = environment_.To<client::SessionsClient>(central_);
  auto participants = environment_.To<client::ParticipantsClient>(central_);
  auto statistics = environment_.To<client::StatisticsClient>(central_);
  std::mt19937 random(1);
  while (!ending_) {
    Call("ListPublicSessions", [&] { return sessions.ListPublicSessions({}).status(); });
    participants::v1::GetParticipantRequest request;
    request.set_name(people_[random() % people_.size()]);
    Call("GetParticipant", [&] { return participants.GetParticipant(request).status(); });
    Call("ListMeasures", [&] { return statistics.ListMeasures({}).status(); });
  }
}

std::vector<std::string> RestartLoad::Differences() {
  std::vector<std::string> differences;
  int taken = 0;
  workshops::v1::ListSessionsRequest sessions;
  sessions.set_parent("workshops/-");
  absl::Status status = environment_.To<client::SessionsClient>(central_).ForEachSession(
      sessions, [&](const workshops::v1::Session& session) {
        taken += session.places_taken();
        return absl::OkStatus();
      });
  if (!status.ok()) differences.push_back(status.ToString());
  if (taken != seated_) {
    differences.push_back(absl::StrCat(seated_.load(), " places were acknowledged and ", taken, " are taken"));
  }
  int people = -static_cast<int>(people_.size());
  participants::v1::ListParticipantsRequest participants;
  participants.set_parent("organisations/rde");
  status = environment_.To<client::ParticipantsClient>(central_).ForEachParticipant(
      participants, [&](const participants::v1::Participant&) {
        ++people;
        return absl::OkStatus();
      });
  if (!status.ok()) differences.push_back(status.ToString());
  if (people != registered_) {
    differences.push_back(
        absl::StrCat(registered_.load(), " people were acknowledged and ", people, " are registered"));
  }
  return differences;
}

}  // namespace equity::api
