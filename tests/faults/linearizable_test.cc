// The search accepts what can be, and nothing else.
#include "tests/faults/linearizable.h"

#include "gtest/gtest.h"
#include "tests/faults/booking_model.h"

namespace equity::faults {
namespace {

using Kind = Operated::Kind;

class LinearizableTest : public testing::Test {
 protected:
  // An operation that takes from one moment to the next.
  Operated& Add(Operated operation) {
    operation.sent = 10 * ++now_;
    operation.answered = operation.sent + 5;
    history_.push_back(operation);
    return history_.back();
  }
  Operated& Book(int person, int booking, int position = 0) {
    return Add({.kind = Kind::kBook, .person = person, .booking = booking, .waits = true, .position = position});
  }
  Operated& Cancel(int booking, bool promoted) {
    return Add({.kind = Kind::kCancel, .booking = booking, .promoted = promoted});
  }
  Operated& Look(int taken, int waiting) {
    return Add({.kind = Kind::kLook, .capacity = 1, .taken = taken, .waiting = waiting});
  }
  Finding Find(int capacity = 1) const { return FindOrder(history_, capacity, 100'000); }

  int64_t now_ = 0;
  std::vector<Operated> history_;
};

TEST_F(LinearizableTest, AnOrderlyHistoryHasAnOrder) {
  Book(1, 0);
  Book(2, 1, 1);
  Book(2, 1, 1).existed = true;
  Cancel(0, true);
  Look(1, 0);
  EXPECT_EQ(Find(), Finding::kLinearizable);
}

TEST_F(LinearizableTest, APlaceTooManyHasNone) {
  Book(1, 0);
  Book(2, 1);
  EXPECT_EQ(Find(), Finding::kNotLinearizable);
}

TEST_F(LinearizableTest, WhoOvertakesIsFound) {
  Book(1, 0);
  Book(2, 1, 1);
  Book(3, 2, 2);
  Cancel(0, true);
  Book(3, 2, 0).existed = true;
  EXPECT_EQ(Find(), Finding::kNotLinearizable);
}

TEST_F(LinearizableTest, AnOldStateIsFound) {
  Book(1, 0);
  Operated& look = Look(0, 0);
  EXPECT_EQ(Find(), Finding::kNotLinearizable);
  look.sent = 1;  // asked for before the place was booked, and answered after
  EXPECT_EQ(Find(), Finding::kLinearizable);
}

TEST_F(LinearizableTest, WhatWasNotAnsweredMayHaveHappenedAtAnyTimeOrNot) {
  Book(1, -1).answered = Operated::kNever;
  Look(0, 0);
  EXPECT_EQ(Find(), Finding::kLinearizable);
  Look(1, 0);
  EXPECT_EQ(Find(), Finding::kLinearizable);
  Look(0, 0);
  EXPECT_EQ(Find(), Finding::kNotLinearizable);
}

TEST_F(LinearizableTest, ASearchThatTakesTooLongSaysSo) {
  for (int i = 0; i < 100; ++i) Book(i, i);
  EXPECT_EQ(FindOrder(history_, 1'000, 50), Finding::kGaveUp);
}

TEST_F(LinearizableTest, VersionsFollowTime) {
  Book(1, 0).version = 2;
  Book(2, 1, 1).version = 3;
  EXPECT_EQ(CheckVersions(history_, 1, 3, 0), "");
  EXPECT_NE(CheckVersions(history_, 1, 4, 0), "");
  EXPECT_EQ(CheckVersions(history_, 1, 4, 1), "");
  history_[0].version = 3;
  EXPECT_NE(CheckVersions(history_, 1, 3, 1), "");
  history_[0].version = 2;
  Look(1, 1).version = 2;
  EXPECT_NE(CheckVersions(history_, 1, 3, 0), "");
}

}  // namespace
}  // namespace equity::faults
