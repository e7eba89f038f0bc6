// Many callers at once for few places. That such a check finds what it looks for is shown by
// tests/api/hot_session_planted_test.cc.
#include <atomic>
#include <thread>

#include "services/workshops/testing/fixture.h"

namespace equity::workshops {
namespace {

constexpr int kCapacity = 20;
constexpr int kCallers = 8;
constexpr int kEach = 10;

class OversellTest : public ServerTest {
 protected:
  // How many more people have places than there are.
  int Oversold() {
    AddWorkshop();
    const std::string session = AddSession("2021-08-12", "09:00", kCapacity);
    std::vector<std::string> people;
    for (int i = 0; i < kCallers * kEach; ++i) people.push_back(Person("rde", i));
    Know(people);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        for (int i = 0; i < kEach; ++i) Book(people[static_cast<size_t>(caller * kEach + i)], session).IgnoreError();
      });
    }
    for (std::thread& caller : callers) caller.join();
    v1::ListBookingsRequest request;
    request.set_session(session);
    int seated = 0;
    for (const v1::Booking& booking : List(request)) seated += booking.state() == v1::Booking::STATE_SEATED ? 1 : 0;
    return seated - kCapacity;
  }
};

TEST_F(OversellTest, EveryPlaceIsGivenOnce) { EXPECT_EQ(Oversold(), 0); }

}  // namespace
}  // namespace equity::workshops
