// Why a booking was decided as it was, in sentences: from what was stored with it, and not from how things are now.
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/clock/clock.h"
#include "common/status/errors.h"
#include "services/workshops/bookings/bookings.h"
#include "services/workshops/bookings/store.h"
#include "services/workshops/names.h"
#include "services/workshops/sessions/store.h"

namespace equity::workshops {
namespace {

std::string SpokenDay(const std::string& date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day)) return date;
  return absl::FormatTime("%A %-d %B %Y", absl::FromCivil(day, absl::UTCTimeZone()), absl::UTCTimeZone());
}

std::string PlacesText(const store::Reasons& seen) {
  const std::string places = seen.seen_capacity == 1 ? "1 place, " : absl::StrCat(seen.seen_capacity, " places, ");
  if (seen.seen_taken == 0) return places + "none was taken";
  if (seen.seen_taken >= seen.seen_capacity) {
    return places + (seen.seen_capacity == 1 ? "which was taken," : "all of them taken,");
  }
  return absl::StrCat(places, seen.seen_taken, seen.seen_taken == 1 ? " was taken" : " were taken");
}

std::string WaitingText(int waiting) {
  return waiting == 0 ? "nobody waited" : waiting == 1 ? "1 person waited" : absl::StrCat(waiting, " people waited");
}

std::string DecisionText(const store::Reasons& seen, const std::string& asked, const std::string& day) {
  const std::string looked = absl::StrCat(PlacesText(seen), " and ", WaitingText(seen.seen_waiting));
  const std::string queued = absl::StrCat(
      "so the person went on the waiting list, behind all who waited already, as number ", seen.seen_waiting + 1, ".");
  switch (seen.rule) {
    case Rule::kPlaceFree:
      return absl::StrCat("The session had ", looked, ": so the person got a place.");
    case Rule::kWaitlist:
      return absl::StrCat("The session had ", looked, ": ", queued);
    case Rule::kNextDate:
      return absl::StrCat("The session asked for, on ", asked, ", was full. The next one of the workshop with a free ",
                          "place was on ", day, ": it had ", looked, ", so the person got a place there.");
    case Rule::kNoNextDate:
      return absl::StrCat("The session asked for had ", looked,
                          ", and every later one of the workshop was full too: ", queued);
  }
  return "";
}

std::string SinceText(const v1::Booking& booking, const store::Reasons& seen) {
  const bool waited = seen.rule == Rule::kWaitlist || seen.rule == Rule::kNoNextDate;
  switch (booking.state()) {
    case v1::Booking::STATE_SEATED:
      return waited ? "A place became free since, and this booking was the first to wait: it has a place now."
                    : "It has that place.";
    case v1::Booking::STATE_WAITING:
      return absl::StrCat("It waits now at position ", booking.waiting_position(),
                          "; a place that becomes free goes to the first who waits.");
    case v1::Booking::STATE_CANCELLED:
      return "It was given up since.";
    case v1::Booking::STATE_CANCELLED_BY_ORGANISER:
      return "The session was cancelled since, and the booking with it.";
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<v1::ExplainDecisionResponse> ExplainDecision(const rpc::Context&, sql::ReadTransaction& transaction,
                                                            const v1::ExplainDecisionRequest& request) {
  auto booking = store::FindBooking(transaction, OrganisationId(request.name()), ChildId(request.name()));
  if (!booking) return status::NotFound();
  const store::Reasons seen = store::FindReasons(transaction, ChildId(request.name()));
  const v1::Booking& message = booking->message;
  const auto asked =
      store::FindOffer(transaction, Segment(message.requested_session(), 1), ChildId(message.requested_session()));
  v1::ExplainDecisionResponse response;
  response.set_rule(static_cast<v1::ExplainDecisionResponse::Rule>(seen.rule));
  response.set_policy_version(seen.policy);
  response.set_seen_capacity(seen.seen_capacity);
  response.set_seen_taken(seen.seen_taken);
  response.set_seen_waiting(seen.seen_waiting);
  const std::string day = SpokenDay(message.session_date());
  response.add_sentences(absl::StrCat(
      "Asked on ",
      absl::FormatTime("%A %-d %B %Y at %H:%M", absl::FromUnixSeconds(message.create_time().seconds()), London()),
      "; the booking is for the session on ", day, "."));
  response.add_sentences(DecisionText(seen, asked ? SpokenDay(asked->date) : day, day));
  if (seen.handed_over) response.add_sentences("It was handed over to a colleague since.");
  response.add_sentences(SinceText(message, seen));
  *response.mutable_booking() = std::move(booking->message);
  return response;
}

}  // namespace equity::workshops
