#include "services/reference_group/testing/fixture.h"

namespace equity::referencegroup {
namespace {

class SafeguardingTest : public GroupTest {
 protected:
  client::SafeguardingClient Guard(const std::string& subject) {
    return To<client::SafeguardingClient>(As("safeguarding", "", subject));
  }
  absl::StatusOr<v1::ProposeRevealResponse> Propose(const std::string& subject, const std::string& target) {
    v1::ProposeRevealRequest request;
    request.set_target(target);
    request.set_reason("Somebody may be in danger.");
    return Guard(subject).ProposeReveal(request);
  }
  absl::StatusOr<v1::ConfirmRevealResponse> Confirm(const std::string& subject, const std::string& reveal,
                                                    const std::string& id = "") {
    v1::ConfirmRevealRequest request;
    request.set_name(reveal);
    request.set_request_id(id);
    return Guard(subject).ConfirmReveal(request);
  }
  absl::StatusOr<v1::ReadRevealResponse> Read(const std::string& subject, const std::string& reveal) {
    v1::ReadRevealRequest request;
    request.set_name(reveal);
    return Guard(subject).ReadReveal(request);
  }
  std::vector<std::string> Audited(const std::string& method) {
    static const sql::Sql kAudit{"test.audit",
                                 "SELECT actor || ' ' || resource FROM audit WHERE method LIKE '%' || $1"};
    std::vector<std::string> rows;
    EXPECT_TRUE(runtime_
                    ->Read([&](sql::ReadTransaction& transaction) {
                      rows = transaction.All(kAudit, {method}, [](const sql::Row& row) { return row.Text(0); });
                      return absl::OkStatus();
                    })
                    .ok());
    return rows;
  }
  const std::string asker_ = Person("rde", 7);
  const v1::SubmitAnonymousRequestResponse made_ = SubmitAnonymously(Partner("rde"), asker_);
  const std::string target_ = made_.request().name();
};

TEST_F(SafeguardingTest, TwoPeopleLearnWhoItIsAndTheAskerIsTold) {
  const std::string reveal = Must(Propose("amira", target_)).reveal().name();
  EXPECT_EQ(ReasonOf(Read("amira", reveal)), "NOT_CONFIRMED");
  EXPECT_EQ(ReasonOf(Confirm("amira", reveal)), "SAME_PERSON");
  const auto confirmed = Must(Confirm("ben", reveal));
  EXPECT_EQ(confirmed.person(), asker_);
  EXPECT_EQ(confirmed.reveal().proposed_by(), "amira");
  EXPECT_EQ(confirmed.reveal().confirmed_by(), "ben");
  EXPECT_EQ(Must(Read("amira", reveal)).person(), asker_);
  EXPECT_EQ(ReasonOf(Read("carol", reveal)), "NOT_PROPOSER");
  EXPECT_EQ(ReasonOf(Confirm("carol", reveal)), "REVEAL_NOT_OPEN");

  v1::GetAnonymousRequestRequest get;
  get.set_name(target_);
  get.set_secret(made_.secret());
  EXPECT_TRUE(Must(Anonymous().GetAnonymousRequest(get)).revealed());
  const auto reveals = Must(To<client::SafeguardingClient>(Central()).ListReveals({}));
  ASSERT_EQ(reveals.reveals_size(), 1);
  EXPECT_EQ(reveals.Utf8DebugString().find(asker_), std::string::npos);

  EXPECT_THAT(Audited("ProposeReveal"), ::testing::ElementsAre("amira " + reveal + " of " + target_));
  EXPECT_THAT(Audited("ConfirmReveal"), ::testing::ElementsAre("ben " + reveal + " of " + target_));
  EXPECT_THAT(Audited("ReadReveal"), ::testing::ElementsAre("amira " + reveal + " of " + target_));
}

TEST_F(SafeguardingTest, AnAnswerIsRepeatedToTheTwoAndIsNotRemembered) {
  const std::string reveal = Must(Propose("amira", target_)).reveal().name();
  const std::string id = "01890a5d-ac96-7abc-8def-000000005555";
  EXPECT_EQ(Must(Confirm("ben", reveal, id)).person(), asker_);
  EXPECT_EQ(Must(Confirm("ben", reveal, id)).person(), asker_);
  EXPECT_EQ(ReasonOf(Confirm("carol", reveal, id)), "NOT_FOUND");
}

TEST_F(SafeguardingTest, AProposalDoesNotStayOpen) {
  const std::string reveal = Must(Propose("amira", target_)).reveal().name();
  Pass(absl::Hours(24 * 8));
  EXPECT_EQ(ReasonOf(Confirm("ben", reveal)), "REVEAL_NOT_OPEN");
}

TEST_F(SafeguardingTest, OnlyWhatIsSealedAndOnlyTheRole) {
  EXPECT_EQ(ReasonOf(Propose("amira", Submit("rde").name())), "NOT_SEALED");
  EXPECT_EQ(ReasonOf(Confirm("ben", "reveals/01890a5d-ac96-774b-bcce-b302099a8057")), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(Read("ben", "reveals/01890a5d-ac96-774b-bcce-b302099a8057")), "NOT_FOUND");
  v1::ProposeRevealRequest request;
  request.set_target(target_);
  request.set_reason("I wonder.");
  for (const auto& other : {Central(), Group(), Partner("rde"), As("service")}) {
    EXPECT_EQ(ReasonOf(To<client::SafeguardingClient>(other).ProposeReveal(request)), "SCOPE_MISSING");
  }
}

TEST_F(SafeguardingTest, WhoGaveAConsentIsSealedInTheSameWay) {
  const std::string consent = Consent();
  const std::string reveal = Must(Propose("amira", consent)).reveal().name();
  EXPECT_EQ(Must(Confirm("ben", reveal)).person(), Person("storytellers", 1));
}

}  // namespace
}  // namespace equity::referencegroup
