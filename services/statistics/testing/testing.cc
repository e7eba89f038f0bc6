#include "services/statistics/testing/testing.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/clock/clock.h"
#include "common/feed/position.h"
#include "common/status/macros.h"
#include "common/strings.h"
#include "services/statistics/model/digest.h"
#include "services/statistics/model/model.h"
#include "services/statistics/model/progress.h"
#include "services/statistics/service.h"
#include "services/statistics/tables/tables.h"

namespace equity::statistics::testing {
namespace {

std::string Uuid(int number) { return absl::StrFormat("01900000-0000-7000-8000-%012x", number); }

// One for all, so that models can be compared.
const PersonKey& SharedKey() {
  static const PersonKey key = *PersonKey::OpenOrCreate(TemporaryFolder().path());
  return key;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "statistics-XXXXXX";
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string Person(const std::string& organisation, int number) {
  return absl::StrCat("organisations/", organisation, "/participants/", Uuid(number));
}

std::string Booking(const std::string& organisation, int number) {
  return absl::StrCat("organisations/", organisation, "/bookings/", Uuid(number));
}

Change OrganisationIs(const std::string& id, const std::string& sector, const std::string& place) {
  Change change;
  change.mutable_organisation_event()->set_organisation("organisations/" + id);
  change.mutable_organisation_event()->set_sector(sector);
  change.mutable_organisation_event()->set_place(place);
  return change;
}

Change Participant(ParticipantEvent::Kind kind, const std::string& name, const std::string& moved_from) {
  Change change;
  change.mutable_participant_event()->set_kind(kind);
  change.mutable_participant_event()->set_participant(name);
  change.mutable_participant_event()->set_moved_from(moved_from);
  return change;
}

Change WorkshopOf(const std::string& challenge) {
  Change change;
  change.mutable_workshop_event()->set_workshop("workshops/equity");
  change.mutable_workshop_event()->set_challenge(challenge);
  return change;
}

Change SessionIs(const std::string& session, const std::string& challenge, const std::string& date, int capacity,
                 bool cancelled) {
  Change change;
  auto* event = change.mutable_session_event();
  event->set_session(session);
  event->set_challenge(challenge);
  event->set_date(date);
  event->set_capacity(capacity);
  event->set_cancelled(cancelled);
  return change;
}

Change Books(const std::string& booking, const std::string& person, const std::string& session,
             BookingEvent::State state) {
  Change change;
  auto* event = change.mutable_booking_event();
  event->set_booking(booking);
  event->set_participant(person);
  event->set_session(session);
  event->set_state(state);
  return change;
}

Change Attends(const std::string& booking, const std::string& person, const std::string& session, bool attended) {
  Change change;
  auto* event = change.mutable_attendance_event();
  event->set_booking(booking);
  event->set_participant(person);
  event->set_session(session);
  event->set_attended(attended);
  return change;
}

Change FeedbackIs(const std::string& session, const std::vector<int>& rating_counts) {
  Change change;
  change.set_restricted(true);
  auto* event = change.mutable_feedback_event();
  event->set_session(session);
  const int answers = std::accumulate(rating_counts.begin(), rating_counts.end(), 0);
  event->set_hidden(answers < 8);
  if (event->hidden()) return change;
  event->set_answers(answers);
  event->mutable_rating_counts()->Add(rating_counts.begin(), rating_counts.end());
  return change;
}

std::string PlanOf(const std::string& organisation, int number) {
  return absl::StrCat("organisations/", organisation, "/plans/", Uuid(number));
}

Change PlanIs(const std::string& plan, PlanEvent::State state, const std::string& start_date,
              const std::string& last_date) {
  Change change;
  auto* event = change.mutable_plan_event();
  event->set_plan(plan);
  event->set_challenge(kSummer);
  event->set_state(state);
  event->set_start_date(start_date);
  event->set_last_date(last_date);
  return change;
}

Change BenefitIs(const std::string& plan, int number, BenefitEvent::State state, bool unwanted) {
  Change change;
  auto* event = change.mutable_benefit_event();
  event->set_benefit(absl::StrCat(plan, "/benefits/", number));
  event->set_state(state);
  event->set_is_disbenefit(unwanted);
  return change;
}

Change Joins(const std::string& plan, const std::string& person, const std::string& role) {
  Change change;
  auto* event = change.mutable_plan_member_event();
  event->set_plan(plan);
  event->set_participant(person);
  event->set_role(role);
  return change;
}

Change QuestionIs(int number, AdviceEvent::State state, int waiting_minutes, bool waiting, bool answered) {
  Change change;
  auto* event = change.mutable_advice_event();
  event->set_request("advice/" + Uuid(number));
  event->set_state(state);
  event->set_waiting_minutes(waiting_minutes);
  event->set_waiting(waiting);
  event->set_answered(answered);
  return change;
}

absl::Time TimeAt(const std::string& time) {
  absl::Time parsed;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d %H:%M", time, London(), &parsed, &error)) throw std::invalid_argument(error);
  return parsed;
}

Change At(const std::string& time, Change change) {
  change.mutable_time()->set_seconds(absl::ToUnixSeconds(TimeAt(time)));
  return change;
}

void Feed::Add(Change change) {
  change.set_service(service_);
  change.set_sequence(static_cast<int64_t>(changes_.size()) + 1);
  if (!change.has_time()) change = At("2021-07-20 09:00", std::move(change));
  changes_.push_back(std::move(change));
}

changes::v1::WatchChangesResponse Feed::Batch(size_t begin, size_t count) const {
  changes::v1::WatchChangesResponse batch;
  const size_t end = std::min(changes_.size(), begin + count);
  for (size_t i = begin; i < end; ++i) *batch.add_changes() = changes_[i];
  batch.set_resume_token(feed::Format({{service_, static_cast<int64_t>(end)}}));
  return batch;
}

TestModel::TestModel() : key_(SharedKey()), now_(TimeAt("2021-08-20 12:00")) {
  exec::StoreOptions options{.name = "statistics", .folder = folder_.path(), .migrations = Schema()};
  store_ = *exec::Store::Open(std::move(options));
}

int TestModel::Apply(const Feed& feed, size_t begin, size_t count) {
  int applied = -1;
  const absl::Status status = store_->Write([&](sql::Transaction& transaction) {
    applied = ApplyBatch(transaction, key_, InUse(transaction), feed.service(), feed.Batch(begin, count));
    return absl::OkStatus();
  });
  if (!status.ok()) throw std::runtime_error(status.ToString());
  return applied;
}

std::string TestModel::Digest() {
  std::string digest;
  store_
      ->Read([&](sql::ReadTransaction& transaction) {
        digest = statistics::Digest(transaction, InUse(transaction));
        return absl::OkStatus();
      })
      .IgnoreError();
  return digest;
}

std::map<std::string, std::string> TestModel::Table(const std::string& measure, std::vector<v1::Dimension> dimensions,
                                                    v1::Tier tier, const std::string& organisation,
                                                    const std::string& name) {
  std::map<std::string, std::string> table;
  const absl::Status status = store_->Read([&](sql::ReadTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Challenge challenge, FindChallenge(transaction, InUse(transaction), name));
    const bool two = dimensions.size() == 2;
    ASSIGN_OR_RETURN(const auto cells, Tabulate(transaction, {InUse(transaction), challenge, FindMeasure(measure),
                                                              std::move(dimensions), tier, organisation, now_}));
    for (const auto& cell : cells) {
      table[two ? cell.category() + "|" + cell.category2() : cell.category()] =
          cell.has_value() ? absl::StrCat(cell.value()) : "-";
    }
    return absl::OkStatus();
  });
  if (!status.ok()) throw std::runtime_error(status.ToString());
  return table;
}

std::vector<v1::Cell> TestModel::Cells(const std::string& measure, std::vector<v1::Dimension> dimensions, v1::Tier tier,
                                       const std::string& hierarchy_as_of) {
  std::vector<v1::Cell> cells;
  const absl::Status status = store_->Read([&](sql::ReadTransaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Challenge challenge, FindChallenge(transaction, InUse(transaction), kSummer));
    ASSIGN_OR_RETURN(cells, Tabulate(transaction, {InUse(transaction), challenge, FindMeasure(measure),
                                                   std::move(dimensions), tier, "", now_, hierarchy_as_of}));
    return absl::OkStatus();
  });
  if (!status.ok()) throw std::runtime_error(status.ToString());
  return cells;
}

void TestModel::SetNow(const std::string& time) { now_ = TimeAt(time); }

}  // namespace equity::statistics::testing
