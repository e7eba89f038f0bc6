#include "services/workshops/rules.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace equity::workshops {
namespace {

// The instant of a local time, or why there is none.
absl::Time Resolve(const std::string& date, const std::string& time, const absl::TimeZone& zone, std::string& fault) {
  absl::CivilMinute local;
  if (!absl::ParseCivilTime(date + "T" + time, &local)) {
    fault = "must be a time of day, as HH:MM on the 24-hour clock";
    return {};
  }
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(local));
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) {
    fault = "does not exist on that day: the clocks go forward over it";
  }
  return info.pre;
}

Decision Refuse(Refusal refusal, Offer& asked) {
  return {
      .kind = Decision::Kind::kRefuse, .refusal = refusal, .asked = &asked, .offer = &asked, .before = asked.places};
}

Decision Keep(int64_t session, Offer& asked) {
  return {.kind = Decision::Kind::kKeep, .asked = &asked, .offer = &asked, .held = session, .before = asked.places};
}

Decision Give(Decision::Kind kind, Rule rule, const Offer& asked, Offer& offer) {
  return {.kind = kind, .rule = rule, .asked = &asked, .offer = &offer, .before = offer.places};
}

bool Holds(absl::Span<const Held> held, int64_t session) {
  return std::any_of(held.begin(), held.end(), [&](const Held& each) { return each.session == session; });
}

Decision TakeNextDate(Offer& asked, absl::Span<const Held> held, absl::Time now, absl::Span<Offer* const> later) {
  for (Offer* offer : later) {
    if (offer->cancelled || offer->start <= asked.start || offer->start <= now) continue;
    if (!offer->places.HasFree()) continue;
    // Who has a place there already is served: nobody gets two places for one wish.
    if (Holds(held, offer->session)) return Keep(offer->session, asked);
    return Give(Decision::Kind::kSeat, Rule::kNextDate, asked, *offer);
  }
  return Give(Decision::Kind::kWait, Rule::kNoNextDate, asked, asked);
}

}  // namespace

int Promoted(const Places& places, int capacity) {
  return std::min(std::max(capacity - places.taken, 0), places.waiting);
}

SessionState StateOf(bool cancelled, absl::Time start, const Places& places, absl::Time now) {
  if (cancelled) return SessionState::kCancelled;
  if (start <= now) return SessionState::kPast;
  return places.taken >= places.capacity ? SessionState::kSoldOut : SessionState::kOpen;
}

std::string_view Code(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      break;
    case Refusal::kNoSuchSession:
      return "NO_SUCH_SESSION";
    case Refusal::kAmbiguousSession:
      return "AMBIGUOUS_SESSION";
    case Refusal::kSessionCancelled:
      return "SESSION_CANCELLED";
    case Refusal::kSessionInPast:
      return "SESSION_IN_PAST";
    case Refusal::kSessionFull:
      return "SESSION_FULL";
  }
  return "";
}

Decision Decide(Offer& asked, OnFull on_full, absl::Span<const Held> held, absl::Time now,
                absl::FunctionRef<absl::Span<Offer* const>()> later) {
  for (const Held& each : held) {
    if (each.requested == asked.session) return Keep(each.session, asked);
  }
  if (Holds(held, asked.session)) return Keep(asked.session, asked);
  if (asked.cancelled) return Refuse(Refusal::kSessionCancelled, asked);
  if (asked.start <= now) return Refuse(Refusal::kSessionInPast, asked);
  if (asked.places.HasFree()) return Give(Decision::Kind::kSeat, Rule::kPlaceFree, asked, asked);
  switch (on_full) {
    case OnFull::kReject:
      break;
    case OnFull::kWaitlist:
      return Give(Decision::Kind::kWait, Rule::kWaitlist, asked, asked);
    case OnFull::kNextDate:
      return TakeNextDate(asked, held, now, later());
  }
  return Refuse(Refusal::kSessionFull, asked);
}

OnDate ChooseOnDate(absl::Span<Offer* const> offers) {
  if (offers.empty()) return {nullptr, Refusal::kNoSuchSession};
  Offer* standing = nullptr;
  for (Offer* offer : offers) {
    if (offer->cancelled) continue;
    if (standing != nullptr) return {nullptr, Refusal::kAmbiguousSession};
    standing = offer;
  }
  // A cancelled one is answered as such by Decide.
  return {standing == nullptr ? offers.front() : standing, Refusal::kNone};
}

SessionTimes ResolveTimes(const std::string& date, const std::string& start, const std::string& end,
                          const std::string& time_zone, absl::Duration duration) {
  SessionTimes times;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(time_zone, &zone)) {
    times.field = "time_zone";
    times.fault = "must be an IANA time zone, such as Europe/London";
    return times;
  }
  times.start = Resolve(date, start, zone, times.fault);
  if (!times.fault.empty()) {
    times.field = "start";
    return times;
  }
  if (end.empty()) {
    times.end = times.start + duration;
    times.end_of_day = absl::FormatTime("%H:%M", times.end, zone);
    if (absl::FormatTime("%Y-%m-%d", times.end, zone) != date) {
      times.fault = "must be given: the session would end on another day";
    }
  } else {
    times.end = Resolve(date, end, zone, times.fault);
    times.end_of_day = end;
    if (times.fault.empty() && (end <= start || times.end <= times.start)) times.fault = "must be later than the start";
  }
  if (!times.fault.empty()) times.field = "end";
  return times;
}

std::string DateFault(const std::string& date, absl::Time now) {
  constexpr int kYears = 5;
  absl::CivilDay day;
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const auto years_on = [&](int years) { return absl::CivilDay(today.year() + years, today.month(), today.day()); };
  const bool near = absl::ParseCivilTime(date, &day) && day >= years_on(-kYears) && day <= years_on(kYears);
  return near ? "" : "must be within five years of today";
}

std::string SessionId(std::string_view date, std::string_view start, int copy) {
  std::string id(date);
  id.append("-").append(start.substr(0, 2)).append(start.substr(3, 2));
  if (copy > 1) id.append("-").append(std::to_string(copy));
  return id;
}

absl::Time FeedbackCloses(const std::string& date, absl::TimeZone zone) {
  absl::CivilDay day;
  absl::ParseCivilTime(date, &day);
  return absl::FromCivil(day + kFeedbackDays + 1, zone);
}

std::string FeedbackTakenFrom(absl::Time now, absl::TimeZone zone) {
  return absl::FormatCivilTime(absl::ToCivilDay(now, zone) - kFeedbackDays);
}

bool MayShowCounts(int answers, const std::vector<int>& counts) {
  const auto few = [](int count) { return count > 0 && count < kSmallestShown; };
  // Who did not choose an option is as few as who did.
  return answers >= kSmallestShown &&
         std::none_of(counts.begin(), counts.end(), [&](int count) { return few(count) || few(answers - count); });
}

std::string ChoicesFault(absl::Span<const int> choices, int options, bool several) {
  if (choices.size() > 1 && !several) return "must be one option: the question allows no more";
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] < 1 || choices[i] > options) {
      return "must be numbers of options, from 1 to " + std::to_string(options);
    }
    for (size_t j = 0; j < i; ++j) {
      if (choices[i] == choices[j]) return "must name each option once";
    }
  }
  return "";
}

std::string NameFromId(std::string_view id) {
  std::string name(id);
  std::replace(name.begin(), name.end(), '-', ' ');
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

}  // namespace equity::workshops
