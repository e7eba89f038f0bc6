// Random operations, one after the other, on the services and on a model: both must say the same and come to the same.
// What differs is made as short as it still differs.
#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/workshops.h"
#include "common/ids/uuid.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tests/faults/booking_model.h"
#include "tests/faults/drills.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

constexpr int kSessionsOfAModel = 3;
constexpr int kPersonsOfAModel = 6;
constexpr int kStepsOfASequence = 40;
constexpr int kShrinkingTries = 150;

// One operation; which numbers mean what depends on its kind. Any is possible in any state, so that a sequence stays
// one when others are left out.
struct Step {
  enum Kind { kBook, kCancel, kSubstitute, kSetCapacity, kCancelSession, kLeave, kRegister, kValidate, kKinds };
  Kind kind = kBook;
  int a = 0, b = 0, c = 0;
  std::vector<ModelRow> rows;

  std::string Text() const {
    constexpr const char* kNames[] = {"Book",          "Cancel", "Substitute", "SetCapacity",
                                      "CancelSession", "Leave",  "Register",   "Validate"};
    std::string text = absl::StrCat(kNames[kind], "(", a, ", ", b, ", ", c, ")");
    for (const ModelRow& row : rows) {
      absl::StrAppend(&text, " [person ", row.person, ", session ", row.session, ", on_full ",
                      static_cast<int>(row.on_full), "]");
    }
    return text;
  }
};

Step RandomStep(Random& random) {
  // Mostly what changes places; a session is rarely cancelled, or nothing is left to do.
  constexpr Step::Kind kLots[] = {Step::kBook,     Step::kBook,        Step::kBook,        Step::kBook,
                                  Step::kCancel,   Step::kCancel,      Step::kCancel,      Step::kSubstitute,
                                  Step::kRegister, Step::kRegister,    Step::kRegister,    Step::kValidate,
                                  Step::kLeave,    Step::kSetCapacity, Step::kSetCapacity, Step::kSetCapacity};
  Step step{.kind = OneIn(random, 60) ? Step::kCancelSession : kLots[Below(random, std::size(kLots))]};
  step.a = static_cast<int>(Below(random, 1'000));
  step.b = static_cast<int>(Below(random, 1'000));
  step.c = static_cast<int>(Below(random, 1'000));
  if (step.kind != Step::kRegister && step.kind != Step::kValidate) return step;
  std::vector<int> people(kPersonsOfAModel);
  for (int i = 0; i < kPersonsOfAModel; ++i) people[static_cast<size_t>(i)] = i;
  std::shuffle(people.begin(), people.end(), random);
  people.resize(1 + Below(random, 4));
  for (const int person : people) {
    step.rows.push_back({.person = person,
                         .session = static_cast<int>(Below(random, kSessionsOfAModel + 1)) - 1,
                         .on_full = static_cast<ModelOnFull>(Below(random, 3))});
  }
  return step;
}

// The services and the model side by side, from nothing, in a workshop of their own.
class SideBySide {
 public:
  SideBySide(Stage& stage, int number)
      : workshop_(absl::StrCat("model-", number)),
        calls_([&] {
          client::CallOptions calls = stage.calls();
          calls.max_tries = 0;
          calls.deadline = absl::Seconds(10);
          return calls;
        }()),
        bookings_(Connect(stage.port()), calls_),
        sessions_(Connect(stage.port()), calls_),
        participants_(Connect(stage.port()), calls_),
        registrations_(Connect(stage.port()), calls_),
        beacon_session_(stage.scene().sessions.back()),
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

  // What differs, or empty.
  std::string Take(const Step& step) {
    std::string wrong = Do(step);
    return wrong.empty() ? Compare() : wrong;
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
    for (int i = 0; i < 2'000; ++i) {
      const auto response = bookings_.BookPlace(request, once);
      if (response.ok() || status::Reason(response.status()) == "SESSION_FULL") return "";
      if (!absl::IsUnavailable(response.status())) return response.status().ToString();
      absl::SleepFor(absl::Milliseconds(3));
    }
    return "the change feed is not followed";
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

class Sequences {
 public:
  explicit Sequences(Stage& stage) : stage_(stage) {}

  // What differs, or empty.
  absl::StatusOr<std::string> Play(const std::vector<Step>& steps) {
    SideBySide both(stage_, ++number_);
    RETURN_IF_ERROR(both.Open());
    for (const Step& step : steps) {
      if (std::string wrong = both.Take(step); !wrong.empty()) return absl::StrCat(step.Text(), ": ", wrong);
    }
    return std::string();
  }

  // Leaves out what can be left out so that something still differs, large pieces first.
  absl::StatusOr<std::string> Shrink(std::vector<Step>& steps, std::string wrong) {
    int tries = 0;
    for (size_t piece = steps.size() / 2; piece > 0; piece /= 2) {
      for (size_t from = 0; from + piece <= steps.size() && tries < kShrinkingTries;) {
        std::vector<Step> fewer = steps;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(from),
                    fewer.begin() + static_cast<std::ptrdiff_t>(from + piece));
        ++tries;
        ASSIGN_OR_RETURN(std::string still, Play(fewer));
        if (still.empty()) {
          from += piece;
        } else {
          steps = std::move(fewer);
          wrong = std::move(still);
        }
      }
    }
    return wrong;
  }

 private:
  Stage& stage_;
  int number_ = 0;
};

}  // namespace

absl::StatusOr<ModelResult> ModelDrill(const DrillOptions& options) {
  ModelResult result;
  ServerProcess* server = nullptr;
  Stage stage(options, options.serves_itself ? StartSelf(options, server) : StartProcess(options, server));
  RETURN_IF_ERROR(stage.Open());
  Sequences sequences(stage);
  Random random(options.seed);
  for (; result.sequences < options.count && result.verdict.ok(); ++result.sequences) {
    // Everybody is known in most of them, so that the first step can already matter.
    std::vector<Step> steps;
    for (int i = 0; i < kStepsOfASequence; ++i) steps.push_back(RandomStep(random));
    result.steps += kStepsOfASequence;
    ASSIGN_OR_RETURN(std::string wrong, sequences.Play(steps));
    if (wrong.empty()) continue;
    ASSIGN_OR_RETURN(wrong, sequences.Shrink(steps, std::move(wrong)));
    for (const Step& step : steps) result.verdict.broken.push_back(step.Text());
    result.verdict.broken.push_back("and then " + wrong);
  }
  return result;
}

}  // namespace equity::faults
