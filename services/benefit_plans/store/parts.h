// The table `parts`: what belongs to a plan, each stored as its message of the contract under a number of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/sql/sql.h"
#include "equity/benefitplans/v1/benefits.pb.h"
#include "equity/benefitplans/v1/community.pb.h"
#include "equity/benefitplans/v1/measures.pb.h"
#include "equity/benefitplans/v1/reviews.pb.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/timestamps.h"

namespace equity::benefit_plans::store {

namespace v1 = ::equity::benefitplans::v1;

// The numbers are stored.
enum class Kind {
  kBenefit = 1,
  kActivity = 2,
  kMeasure = 3,
  kMeasurement = 4,
  kPartner = 5,
  kEngagement = 6,
  kReview = 7,
  kBarrier = 8,
  kCheckIn = 9,
};

// What is particular to a type: its kind, its place in names, and what the column `state` says.
template <class Part>
struct Particulars;
template <>
struct Particulars<v1::Benefit> {
  static constexpr Kind kKind = Kind::kBenefit;
  static constexpr char kCollection[] = "benefits";
  static int State(const v1::Benefit& benefit) { return benefit.state(); }
};
template <>
struct Particulars<v1::Activity> {
  static constexpr Kind kKind = Kind::kActivity;
  static constexpr char kCollection[] = "activities";
  static int State(const v1::Activity& activity) { return activity.state(); }
};
template <>
struct Particulars<v1::Measure> {
  static constexpr Kind kKind = Kind::kMeasure;
  static constexpr char kCollection[] = "measures";
  static int State(const v1::Measure& measure) { return measure.quadrant(); }
};
template <>
struct Particulars<v1::Measurement> {
  static constexpr Kind kKind = Kind::kMeasurement;
  static constexpr char kCollection[] = "measurements";
  static int State(const v1::Measurement&) { return 0; }
};
template <>
struct Particulars<v1::Partner> {
  static constexpr Kind kKind = Kind::kPartner;
  static constexpr char kCollection[] = "partners";
  static int State(const v1::Partner& partner) { return partner.consent_to_name() ? 1 : 0; }
};
template <>
struct Particulars<v1::Engagement> {
  static constexpr Kind kKind = Kind::kEngagement;
  static constexpr char kCollection[] = "engagements";
  static int State(const v1::Engagement& engagement) { return engagement.rung(); }
};
template <>
struct Particulars<v1::Review> {
  static constexpr Kind kKind = Kind::kReview;
  static constexpr char kCollection[] = "reviews";
  static int State(const v1::Review& review) { return review.kind(); }
};
template <>
struct Particulars<v1::Barrier> {
  static constexpr Kind kKind = Kind::kBarrier;
  static constexpr char kCollection[] = "barriers";
  static int State(const v1::Barrier& barrier) { return barrier.state(); }
};
template <>
struct Particulars<v1::CheckInNote> {
  static constexpr Kind kKind = Kind::kCheckIn;
  static constexpr char kCollection[] = "check-ins";
  static int State(const v1::CheckInNote& check_in) { return check_in.health(); }
};

// The same without types.
std::optional<std::string> ReadPart(sql::ReadTransaction& transaction, std::string_view plan, Kind kind, int64_t parent,
                                    int64_t number);
std::vector<std::string> ReadParts(sql::ReadTransaction& transaction, std::string_view plan, Kind kind, int64_t parent,
                                   int64_t after, int limit);
int64_t LastNumber(sql::ReadTransaction& transaction, std::string_view plan, Kind kind, int64_t parent);
void WritePart(sql::Transaction& transaction, std::string_view plan, Kind kind, int64_t parent, int64_t number,
               int state, const std::string& bytes);

// The states of all parts of a kind, whatever their parent.
std::vector<int> States(sql::ReadTransaction& transaction, std::string_view plan, Kind kind);
// How many measures have a measurement.
int MeasuresWithData(sql::ReadTransaction& transaction, std::string_view plan);

inline constexpr int kAll = 1'000'000;

// The part of this name, such as `organisations/{id}/plans/{uuid}/benefits/{number}`. That the plan is of that
// organisation is for the caller to have checked.
template <class Part>
std::optional<Part> FindPart(sql::ReadTransaction& transaction, std::string_view name) {
  constexpr bool kHasParent = Particulars<Part>::kKind == Kind::kMeasurement;
  const auto bytes = ReadPart(transaction, ChildId(name), Particulars<Part>::kKind, kHasParent ? NumberAt(name, 5) : 0,
                              NumberAt(name, kHasParent ? 7 : 5));
  if (!bytes) return std::nullopt;
  Part part;
  part.ParseFromString(*bytes);
  return part;
}

// The parts of a plan, or of a measure, by number. `parent` is the name of either.
template <class Part>
std::vector<Part> ListParts(sql::ReadTransaction& transaction, std::string_view parent, int64_t after = 0,
                            int limit = kAll) {
  std::vector<Part> parts;
  for (const std::string& bytes :
       ReadParts(transaction, ChildId(parent), Particulars<Part>::kKind, NumberAt(parent, 5), after, limit)) {
    parts.emplace_back().ParseFromString(bytes);
  }
  return parts;
}

// Stores it as it is.
template <class Part>
void PutPart(sql::Transaction& transaction, const Part& part) {
  constexpr bool kHasParent = Particulars<Part>::kKind == Kind::kMeasurement;
  const std::string_view name = part.name();
  WritePart(transaction, ChildId(name), Particulars<Part>::kKind, kHasParent ? NumberAt(name, 5) : 0,
            NumberAt(name, kHasParent ? 7 : 5), Particulars<Part>::State(part), part.SerializeAsString());
}

// Stores it with a new etag and time.
template <class Part>
void UpdatePart(sql::Transaction& transaction, Part& part, absl::Time now) {
  int64_t revision = 0;
  (void)absl::SimpleAtoi(part.etag(), &revision);
  part.set_etag(absl::StrCat(revision + 1));
  SetTime(*part.mutable_update_time(), now);
  PutPart(transaction, part);
}

// Of a kind, in a plan or a measure: what is read whole stays small.
inline constexpr int64_t kMostParts = 1000;

// Gives it the next number below `parent`, the name of a plan or of a measure, and stores it. PLAN_FULL.
template <class Part>
absl::Status AddPart(sql::Transaction& transaction, std::string_view parent, Part& part, absl::Time now) {
  const int64_t number = LastNumber(transaction, ChildId(parent), Particulars<Part>::kKind, NumberAt(parent, 5)) + 1;
  if (number > kMostParts) return errors::PlanFull(kMostParts);
  part.set_name(absl::StrCat(ToAbsl(parent), "/", Particulars<Part>::kCollection, "/", number));
  if constexpr (requires { part.mutable_create_time(); }) SetTime(*part.mutable_create_time(), now);
  if constexpr (requires { part.etag(); }) {
    part.clear_etag();
    UpdatePart(transaction, part, now);
  } else {
    PutPart(transaction, part);
  }
  return absl::OkStatus();
}

std::vector<const sql::Sql*> PartStatements();

}  // namespace equity::benefit_plans::store
