#include "tests/faults/side_by_side.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/workshops.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tests/faults/ledger.h"

namespace equity::faults {

std::string Step::Text() const {
  constexpr const char* kNames[] = {"Book",          "Cancel", "Substitute", "SetCapacity",
                                    "CancelSession", "Leave",  "Register",   "Validate"};
  std::string text = absl::StrCat(kNames[kind], "(", a, ", ", b, ", ", c, ")");
  for (const ModelRow& row : rows) {
    absl::StrAppend(&text, " [person ", row.person, ", session ", row.session, ", on_full ",
                    static_cast<int>(row.on_full), "]");
  }
  return text;
}

class SideBySide::Both {
 public:
  Both(const Place& place, int number)
      : workshop_(absl::StrCat("model-", number)),
        calls_([&] {
          client::CallOptions calls = place.calls;
          calls.max_tries = 0;
          calls.deadline = absl::Seconds(10);
          return calls;
        }()),
        bookings_(place.channel, calls_),
        sessions_(place.channel, calls_),
        participants_(place.channel, calls_),
        registrations_(place.channel, calls_),
        beacon_session_(place.spare_session),
        model_({1, 2, 2}, kPersonsOfAModel),
        names_(kPersonsOfAModel) {}

  absl::Status Open() {
    places_v1::ImportSessionsRequest request;
    for (int i = 0; i < kSessionsOfAModel; ++i) {
      auto& row = *request.add_sessions();
      row.set_workshop(workshop_);
      row.set_date(Date(i));
      row.set_start("09:00");
      row.set_platform("Zoom");
      row.set_capacity(absl::StrCat(model_.sessions()[static_cast<size_t>(i)].capacity));
    }
    ASSIGN_OR_RETURN(const auto response, sessions_.ImportSessions(request));
    for (const auto& result : response.results()) session_names_.push_back(result.session());
    for (const std::string& name : session_names_) {
      ASSIGN_OR_RETURN(const auto session, GetSession(name));
      versions_.push_back(session.version());
    }
    return absl::OkStatus();
  }

  std::string Do(const Step& step) {
    switch (step.kind) {
      case Step::kBook:
        return names_[static_cast<size_t>(Person(step.a))].empty() ? "" : Book(step);
      case Step::kCancel:
        return model_.bookings().empty() ? "" : Cancel(step);
      case Step::kSubstitute:
        return model_.bookings().empty() || names_[static_cast<size_t>(Person(step.b))].empty() ? "" : Substitute(step);
      case Step::kSetCapacity:
        return SetCapacity(step);
      case Step::kCancelSession:
        return CancelSession(step);
      case Step::kLeave:
        return names_[static_cast<size_t>(Person(step.a))].empty() ? "" : Leave(step);
      case Step::kRegister:
        return Register(step);
      default:
        return Validate(step);
    }
  }

  std::string Compare() {
    for (int i = 0; i < kSessionsOfAModel; ++i) {
      const auto& model = model_.sessions()[static_cast<size_t>(i)];
      const auto said = GetSession(session_names_[static_cast<size_t>(i)]);
      if (!said.ok()) return said.status().ToString();
      if (said->capacity() != model.capacity || said->places_taken() != model_.Taken(i) ||
          said->waiting() != static_cast<int>(model.queue.size()) ||
          (said->state() == places_v1::Session::STATE_CANCELLED) != model.cancelled) {
        return absl::StrCat("session ", i, " has ", said->places_taken(), " of ", said->capacity(), " taken and ",
                            said->waiting(), " waiting in place of ", model_.Taken(i), " of ", model.capacity, " and ",
                            model.queue.size());
      }
      const int version = versions_[static_cast<size_t>(i)] + model.changes;
      if (said->version() != version) {
        return absl::StrCat("session ", i, " has version ", said->version(), " in place of ", version);
      }
      if (std::string wrong = CompareBookings(i); !wrong.empty()) return wrong;
    }
    return "";
  }

 private:
  static std::string Date(int session) { return absl::FormatCivilTime(absl::CivilDay(2021, 9, 1) + 7 * session); }
  int Person(int number) const { return number % kPersonsOfAModel; }
  int Session(int number) const { return number % kSessionsOfAModel; }
  int Booking(int number) const { return number % static_cast<int>(model_.bookings().size()); }

  absl::StatusOr<places_v1::Session> GetSession(const std::string& name) {
    places_v1::GetSessionRequest request;
    request.set_name(name);
    ASSIGN_OR_RETURN(auto response, sessions_.GetSession(request));
    return std::move(*response.mutable_session());
  }

  // Compares a refusal, or none, with what the model said.
  static std::string Differs(const ModelAnswer& expected, const absl::Status& status) {
    const std::string said = status.ok()                      ? ""
                             : status::Reason(status).empty() ? status.ToString()
                                                              : status::Reason(status);
    return said == expected.refusal ? "" : absl::StrCat("answered '", said, "' in place of '", expected.refusal, "'");
  }

  // Sends a request and sends it again: the same answer, and no more of an effect.
  template <class Client, class Request, class Response>
  absl::StatusOr<Response> Twice(Client& client,
                                 absl::StatusOr<Response> (Client::*method)(Request, const typename Client::Options&),
                                 Request request, std::string& wrong) {
    request.set_request_id(NewUuidV7(absl::Now()));
    const auto first = (client.*method)(request, std::nullopt);
    const auto again = (client.*method)(request, std::nullopt);
    if (first.status().code() != again.status().code() ||
        (first.ok() && first->SerializeAsString() != again->SerializeAsString())) {
      wrong = "sent again, it was answered otherwise";
    }
    return first;
  }

  // Gives a booking that was just made its name, and compares one that was named before.
  std::string Name(int booking, const std::string& name) {
    if (booking == static_cast<int>(booking_names_.size())) {
      booking_names_.push_back(name);
      return "";
    }
    return booking_names_[static_cast<size_t>(booking)] == name ? "" : "another booking than " + name;
  }

  std::string Book(const Step& step) {
    const int person = Person(step.a), session = Session(step.b);
    places_v1::BookPlaceRequest request;
    request.set_participant(names_[static_cast<size_t>(person)]);
    request.set_session(session_names_[static_cast<size_t>(session)]);
    const auto on_full = static_cast<ModelOnFull>(step.c % 3);
    request.set_on_full(OnFull(on_full));
    std::string wrong;
    const auto response = Twice(bookings_, &client::BookingsClient::BookPlace, request, wrong);
    const ModelAnswer expected = model_.Book(person, session, on_full);
    if (wrong.empty()) wrong = Differs(expected, response.status());
    if (!wrong.empty() || !response.ok()) return wrong;
    if (response->existed() != expected.existed) return "existed is wrong";
    return Name(expected.booking, response->booking().name());
  }

  std::string Cancel(const Step& step) {
    const int booking = Booking(step.a);
    places_v1::CancelBookingRequest request;
    request.set_name(booking_names_[static_cast<size_t>(booking)]);
    std::string wrong;
    const auto response = Twice(bookings_, &client::BookingsClient::CancelBooking, request, wrong);
    const ModelAnswer expected = model_.Cancel(booking);
    if (wrong.empty()) wrong = Differs(expected, response.status());
    if (wrong.empty() && response->promoted() != expected.promoted) wrong = "promoted is wrong";
    return wrong;
  }

  std::string Substitute(const Step& step) {
    const int booking = Booking(step.a), person = Person(step.b);
    places_v1::SubstituteBookingRequest request;
    request.set_name(booking_names_[static_cast<size_t>(booking)]);
    request.set_participant(names_[static_cast<size_t>(person)]);
    std::string wrong;
    const auto response = Twice(bookings_, &client::BookingsClient::SubstituteBooking, request, wrong);
    const ModelAnswer expected = model_.Substitute(booking, person);
    return wrong.empty() ? Differs(expected, response.status()) : wrong;
  }

  std::string SetCapacity(const Step& step) {
    const int session = Session(step.a);
    places_v1::UpdateSessionRequest request;
    request.mutable_session()->set_name(session_names_[static_cast<size_t>(session)]);
    request.mutable_session()->set_capacity(1 + step.b % 5);
    request.mutable_update_mask()->add_paths("capacity");
    std::string wrong;
    const auto response = Twice(sessions_, &client::SessionsClient::UpdateSession, request, wrong);
    const ModelAnswer expected = model_.SetCapacity(session, 1 + step.b % 5);
    if (wrong.empty()) wrong = Differs(expected, response.status());
    if (!wrong.empty() || !response.ok()) return wrong;
    return (response->promoted_bookings_size() > 0) == expected.promoted ? "" : "who was promoted is wrong";
  }

  std::string CancelSession(const Step& step) {
    places_v1::CancelSessionRequest request;
    request.set_name(session_names_[static_cast<size_t>(Session(step.a))]);
    std::string wrong;
    const auto response = Twice(sessions_, &client::SessionsClient::CancelSession, request, wrong);
    model_.CancelSession(Session(step.a));
    return wrong.empty() ? Differs({}, response.status()) : wrong;
  }

  std::string Leave(const Step& step) {
    people_v1::DeactivateParticipantRequest request;
    request.set_name(names_[static_cast<size_t>(Person(step.a))]);
    request.set_request_id(NewUuidV7(absl::Now()));
    const auto response = participants_.DeactivateParticipant(request);
    model_.Leave(Person(step.a));
    const std::string wrong = Differs({}, response.status());
    return wrong.empty() ? AwaitFeed() : wrong;
  }

  static places_v1::OnFull OnFull(ModelOnFull on_full) {
    return on_full == ModelOnFull::kReject ? places_v1::ON_FULL_REJECT
           : on_full == ModelOnFull::kWait ? places_v1::ON_FULL_WAITLIST
                                           : places_v1::ON_FULL_NEXT_DATE;
  }

  template <class Request>
  Request RowsOf(const Step& step) const {
    constexpr const char* kOnFull[] = {"REJECT", "WAITLIST", "NEXT_DATE"};
    Request request;
    request.set_workshop("workshops/" + workshop_);
    request.set_mode(step.a % 3 == 0 ? people_v1::SUBMISSION_MODE_ATOMIC : people_v1::SUBMISSION_MODE_BEST_EFFORT);
    for (const ModelRow& each : step.rows) {
      auto& row = *request.add_rows();
      row.set_row(request.rows_size());
      row.set_organisation("T0");
      row.set_external_ref(absl::StrCat(workshop_, "-", each.person));
      row.set_given_name("Given");
      row.set_email(row.external_ref() + "@example.org");
      if (each.session < 0) continue;
      row.set_session_date(Date(each.session));
      row.set_on_full(kOnFull[static_cast<int>(each.on_full)]);
    }
    return request;
  }

  template <class Outcomes>
  std::string CompareOutcomes(const std::vector<ModelOutcome>& expected, const BookingModel& model,
                              const Outcomes& outcomes) {
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto& outcome = outcomes[static_cast<int>(i)];
      const std::string kind = people_v1::RegistrationOutcome::Kind_Name(outcome.kind()).substr(5);
      if (kind != expected[i].kind || outcome.code() != expected[i].code) {
        return absl::StrCat("row ", i + 1, " is ", kind, " ", outcome.code(), " in place of ", expected[i].kind, " ",
                            expected[i].code);
      }
      if (expected[i].booking < 0) continue;
      const int session = model.bookings()[static_cast<size_t>(expected[i].booking)].session;
      if (outcome.session_date() != Date(session) ||
          outcome.waiting_position() != model.Position(expected[i].booking)) {
        // A later row of the list cannot change the place of an earlier one; only who waits may have moved up.
        return absl::StrCat("row ", i + 1, " has another place");
      }
    }
    return "";
  }

  std::string Register(const Step& step) {
    auto request = RowsOf<people_v1::SubmitRegistrationsRequest>(step);
    std::string wrong;
    const auto response =
        Twice(registrations_, &client::RegistrationsClient::SubmitRegistrations, std::move(request), wrong);
    const auto expected = model_.Register(step.rows, step.a % 3 == 0);
    if (wrong.empty()) wrong = Differs({}, response.status());
    if (wrong.empty()) wrong = CompareOutcomes(expected, model_, response->outcomes());
    for (size_t i = 0; wrong.empty() && i < expected.size(); ++i) {
      const auto& outcome = response->outcomes(static_cast<int>(i));
      if (expected[i].kind == "REJECTED") continue;
      names_[static_cast<size_t>(step.rows[i].person)] = outcome.participant();
      if (expected[i].booking >= 0) wrong = Name(expected[i].booking, outcome.booking());
    }
    return wrong.empty() ? AwaitFeed() : wrong;
  }

  // The dry run says what the real one would, and changes nothing.
  std::string Validate(const Step& step) {
    const auto response = registrations_.ValidateRegistrations(RowsOf<people_v1::ValidateRegistrationsRequest>(step));
    if (!response.ok()) return response.status().ToString();
    BookingModel tried = model_;
    const auto expected = tried.Register(step.rows, step.a % 3 == 0);
    return CompareOutcomes(expected, tried, response->outcomes());
  }

  // Workshops learns who is there from the change feed, in order: somebody registered now can book once it knows the
  // others.
  std::string AwaitFeed() {
    people_v1::SubmitRegistrationsRequest registration;
    registration.set_request_id(NewUuidV7(absl::Now()));
    auto& row = *registration.add_rows();
    row.set_row(1);
    row.set_organisation("T1");
    row.set_external_ref("beacon-" + registration.request_id());
    row.set_given_name("Beacon");
    row.set_email(registration.request_id() + "@example.org");
    const auto registered = registrations_.SubmitRegistrations(registration);
    if (!registered.ok()) return registered.status().ToString();
    places_v1::BookPlaceRequest request;
    request.set_participant(registered->outcomes(0).participant());
    request.set_session(beacon_session_);
    request.set_request_id(NewUuidV7(absl::Now()));
    client::CallOptions once = calls_;
    once.max_tries = 1;
    for (int i = 0; i < 6'000; ++i) {
      const auto response = bookings_.BookPlace(request, once);
      if (response.ok() || status::Reason(response.status()) == "SESSION_FULL") return "";
      if (!absl::IsUnavailable(response.status())) return response.status().ToString();
      absl::SleepFor(absl::Milliseconds(1));
    }
    return "the change feed is not followed";
  }

  std::string CompareBookings(int session) {
    places_v1::ListBookingsRequest list;
    list.set_parent("organisations/-");
    list.set_session(session_names_[static_cast<size_t>(session)]);
    list.set_show_cancelled(true);
    std::map<std::string, places_v1::Booking> said;
    const absl::Status listed = bookings_.ForEachBooking(list, [&](const places_v1::Booking& booking) {
      said[booking.name()] = booking;
      return absl::OkStatus();
    });
    if (!listed.ok()) return listed.ToString();
    size_t here = 0;
    for (size_t i = 0; i < model_.bookings().size(); ++i) {
      const ModelBooking& booking = model_.bookings()[i];
      if (booking.session != session) continue;
      ++here;
      const auto found = said.find(booking_names_[i]);
      if (found == said.end()) return absl::StrCat("booking ", i, " is not there");
      if (found->second.state() != booking.state ||
          found->second.participant() != names_[static_cast<size_t>(booking.person)] ||
          found->second.waiting_position() != model_.Position(static_cast<int>(i))) {
        return absl::StrCat("booking ", i, " has state ", found->second.state(), " in place of ", booking.state,
                            ", or another person or position");
      }
    }
    return here == said.size() ? "" : "a booking that nobody asked for";
  }

  const std::string workshop_;
  const client::CallOptions calls_;
  client::BookingsClient bookings_;
  client::SessionsClient sessions_;
  client::ParticipantsClient participants_;
  client::RegistrationsClient registrations_;
  const std::string beacon_session_;
  BookingModel model_;
  std::vector<std::string> names_;  // of people; empty before they are known
  std::vector<std::string> session_names_;
  std::vector<std::string> booking_names_;
  std::vector<int> versions_;  // of sessions, in the beginning
};

SideBySide::SideBySide(const Place& place, int number) : both_(std::make_unique<Both>(place, number)) {}
SideBySide::~SideBySide() = default;

absl::Status SideBySide::Open() { return both_->Open(); }
std::string SideBySide::Do(const Step& step) { return both_->Do(step); }
std::string SideBySide::Compare() { return both_->Compare(); }

}  // namespace equity::faults
