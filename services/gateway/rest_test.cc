// The addresses of google.api.http, against all services.
#include <unistd.h>

#include "gmock/gmock.h"
#include "services/gateway/testing/fixture.h"

namespace equity::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSessionsHeader[] =
    "session,workshop,date,start,end,time_zone,platform,capacity,places_taken,waiting,state\n";
constexpr char kStatisticsHeader[] =
    "challenge,measure,dimension,category,dimension2,category2,tier,value,status,data_as_of,numerator,eligible,not_yet_"
    "due,"
    "snapshot\n";

class RestTest : public ServicesTest {
 protected:
  // The reasons of an error, and the fields that it names.
  static std::string Reason(const Reply& reply) {
    const auto details = reply.Json().value("details", nlohmann::json::array());
    for (const auto& detail : details) {
      if (detail["@type"] == "type.googleapis.com/google.rpc.ErrorInfo") return detail["reason"];
    }
    return "";
  }
  static std::vector<std::string> Fields(const Reply& reply) {
    std::vector<std::string> fields;
    const auto details = reply.Json().value("details", nlohmann::json::array());
    for (const auto& detail : details) {
      if (!detail.contains("fieldViolations")) continue;
      for (const auto& violation : detail["fieldViolations"]) fields.push_back(violation["field"].get<std::string>());
    }
    return fields;
  }
};

TEST_F(RestTest, AnyoneMayReadPublicSessions) {
  const Reply reply = Get("/v1/public/sessions");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  const auto session = reply.Json()["sessions"][0];
  EXPECT_EQ(session["date"], "2021-08-12");
  EXPECT_EQ(session["placesLeft"], 100);
  EXPECT_EQ(session["state"], "STATE_OPEN");
}

TEST_F(RestTest, AnyoneMayReadPublicStatisticsAsCsv) {
  Reply reply;
  for (int i = 0; i < 250; ++i) {  // the session is counted a moment after it was added
    reply = Get("/v1/public/statistics?format=csv");
    if (reply.body.find(session_) != std::string::npos) break;
    usleep(20'000);
  }
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.Header("content-type"), StartsWith("text/csv; charset=utf-8"));
  EXPECT_THAT(reply.Header("content-disposition"), HasSubstr("statistics.csv"));
  EXPECT_THAT(reply.body, StartsWith(kStatisticsHeader));
  EXPECT_THAT(reply.body, HasSubstr("\nchallenges/health-equity,people.registered,,,,,PUBLISHABLE,"));
  EXPECT_THAT(reply.body, HasSubstr("session.capacity,SESSION," + session_ + ",,,PUBLISHABLE,100,EXACT,"));
  const Reply table = Get("/v1/public/statistics/places.taken?dimensions=DIMENSION_SESSION", {{"Accept", "text/csv"}});
  EXPECT_THAT(table.body, AllOf(StartsWith(kStatisticsHeader), HasSubstr("places.taken,SESSION," + session_)));
}

TEST_F(RestTest, AHiddenNumberIsNever0) {
  environment_->AddParticipant("rgr", "hidden-1");
  Reply reply;
  for (int i = 0; i < 100; ++i) {
    reply = Get("/v1/public/statistics/people.registered");
    if (reply.body.find("SUPPRESSED") != std::string::npos) break;
    usleep(20'000);
  }
  const auto cell = reply.Json()["table"]["cells"][0];
  EXPECT_EQ(cell["status"], "STATUS_SUPPRESSED_PRIMARY") << reply.body;
  EXPECT_FALSE(cell.contains("value")) << cell;
  EXPECT_THAT(Get("/v1/public/statistics/people.registered?format=csv").body,
              HasSubstr("PUBLISHABLE,,SUPPRESSED_PRIMARY,"));
}

TEST_F(RestTest, EveryReplyIsGuarded) {
  for (const char* target : {"/v1/public/sessions", "/nothing", "/v1/sessions/x", "/openapi.json"}) {
    const Reply reply = Get(target);
    EXPECT_EQ(reply.Header("x-content-type-options"), "nosniff") << target;
    EXPECT_EQ(reply.Header("referrer-policy"), "no-referrer") << target;
    EXPECT_THAT(reply.Header("content-security-policy"), HasSubstr("frame-ancestors 'none'")) << target;
    EXPECT_EQ(reply.Header("set-cookie"), "") << target;
  }
  EXPECT_EQ(GetAs("central_team", "/v1/organisations").Header("cache-control"), "no-store");
}

TEST_F(RestTest, WithoutACredentialNothingElse) {
  const Reply missing = Get("/v1/organisations");
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.Header("www-authenticate"), "Bearer");
  EXPECT_EQ(missing.Json()["code"], 16);
  EXPECT_EQ(Reason(missing), "CREDENTIAL_MISSING");
  EXPECT_EQ(Get("/v1/public/sessions", {{"Authorization", "Bearer wrong"}}).status, 401);
  EXPECT_EQ(Get("/v1/public/sessions", {{"Authorization", "Bearer \xc3\xa9"}}).status, 401);
  EXPECT_EQ(GetAs("analyst", "/v1/operations:stateHash").status, 403);
}

TEST_F(RestTest, OneOrganisationNeverSeesAnother) {
  const std::string person = environment_->AddParticipant("rde", "private-1");
  const Reply own = Get("/v1/" + person, As("partner", "rde"));
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.Json()["participant"]["name"], person);
  const Reply foreign = Get("/v1/" + person, As("partner", "rgr"));
  const Reply absent = Get("/v1/organisations/rgr/participants/" + NewId(), As("partner", "rgr"));
  EXPECT_EQ(foreign.status, 404);
  EXPECT_EQ(foreign.body, absent.body);
  // Nobody speaks for somebody else through this door.
  auto headers = As("partner", "rgr");
  headers["equity-actor"] = "somebody";
  EXPECT_EQ(Get("/v1/" + person, headers).status, 404);
}

TEST_F(RestTest, CreatesChangesAndCancels) {
  const std::string id = NewId();
  const nlohmann::json session = {{"date", "2021-09-01"}, {"start", "10:00"}, {"capacity", 5}, {"platform", "=2+5"}};
  const std::string sessions = "/v1/workshops/health-equity-challenge/sessions";
  const Reply created = Send("POST", sessions + "?request_id=" + id, session);
  ASSERT_EQ(created.status, 200) << created.body;
  const std::string name = created.Json()["session"]["name"];
  EXPECT_EQ(Send("POST", sessions, session, {{"Idempotency-Key", id}}).body, created.body);
  EXPECT_EQ(Send("POST", sessions + "?request_id=" + id, session, {{"Idempotency-Key", id}}).body, created.body);
  const Reply torn = Send("POST", sessions + "?request_id=" + id, session, {{"Idempotency-Key", NewId()}});
  EXPECT_EQ(torn.status, 400) << torn.body;
  EXPECT_THAT(Fields(torn), ElementsAre("request_id"));
  EXPECT_THAT(torn.body, HasSubstr("Idempotency-Key"));

  const Reply changed = Send("PATCH", "/v1/" + name + "?updateMask=capacity&requestId=" + NewId(), {{"capacity", 7}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.Json()["session"]["capacity"], 7);
  EXPECT_EQ(
      Send("PATCH", "/v1/" + name + "?updateMask=capacity&requestId=" + NewId(), {{"capacity", 8}, {"etag", "old"}})
          .status,
      409);

  const Reply csv = GetAs("analyst", sessions + "?format=csv");
  EXPECT_THAT(csv.body, StartsWith(kSessionsHeader));
  EXPECT_THAT(csv.body,
              HasSubstr(name + ",health-equity-challenge,2021-09-01,10:00,12:30,Europe/London,'=2+5,7,0,0,OPEN\n"));

  const Reply two = Send("POST", "/v1/" + name + ":cancel", {{"requestId", NewId()}}, {{"Idempotency-Key", NewId()}});
  EXPECT_THAT(Fields(two), ElementsAre("request_id")) << two.body;
  const Reply cancelled = Send("POST", "/v1/" + name + ":cancel", {{"requestId", NewId()}});
  EXPECT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_EQ(cancelled.Json()["session"]["state"], "STATE_CANCELLED");
}

TEST_F(RestTest, ABookingFromPersonToCsv) {
  const std::string person = environment_->AddParticipant("rde", "booking-1");
  const nlohmann::json request = {{"session", session_}, {"requestId", NewId()}};
  Reply booked;
  for (int i = 0; i < 100 && booked.status != 200; ++i) {  // 503 while the news of the person is on its way
    if (i > 0) usleep(20'000);
    booked = Send("POST", "/v1/" + person + ":bookPlace", request);
  }
  ASSERT_EQ(booked.status, 200) << booked.body;
  const std::string name = booked.Json()["booking"]["name"];
  const Reply csv = Get("/v1/organisations/rde/bookings", As("partner", "rde", {{"Accept", "text/csv"}}));
  EXPECT_THAT(csv.body, StartsWith("booking,participant,organisation,session_date,state,waiting_position,version\n"));
  EXPECT_THAT(csv.body, HasSubstr(name + "," + person + ",rde,2021-08-12,SEATED,,"));
  EXPECT_EQ(Get("/v1/" + name, As("partner", "rde")).Json()["booking"]["state"], "STATE_SEATED");
}

TEST_F(RestTest, ListsHaveTheirFieldsAsColumns) {
  const Reply csv = GetAs("analyst", "/v1/organisations?format=csv");
  EXPECT_THAT(csv.body, StartsWith("organisation,display_name,sector,place,codes,etag,create_time,update_time\n"
                                   "organisations/rde,Sample rde,VCSE,,LOCAL:rde,"));
  EXPECT_THAT(csv.body, HasSubstr("Z\n"));
  const Reply page = GetAs("analyst", "/v1/organisations?format=csv&page_size=1");
  EXPECT_THAT(page.body, Not(HasSubstr("rgr")));
  const std::string next = page.Header("next-page-token");
  EXPECT_THAT(GetAs("analyst", "/v1/organisations?format=csv&page_size=1&page_token=" + next).body, HasSubstr("rgr"));
}

TEST_F(RestTest, EveryWrongParameterIsNamed) {
  const Reply reply = GetAs("analyst", "/v1/workshops/-/sessions?pageSize=many&page_token=a&page_token=b&nothing=1");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(Fields(reply), ElementsAre("pageSize", "page_token", "nothing"));
  const Reply dimension = GetAs("analyst", "/v1/statistics/people.seated?dimensions=COLOUR");
  EXPECT_EQ(dimension.status, 400);
  EXPECT_THAT(dimension.body, HasSubstr("DIMENSION_SECTOR"));
  EXPECT_EQ(GetAs("analyst", "/v1/workshops/-/sessions?pageSize=%zz").status, 400);
  EXPECT_EQ(GetAs("analyst", "/v1/workshops/-/sessions?page_token=%ff").status, 400);
}

TEST_F(RestTest, NothingAboutAPersonStandsInAnAddress) {
  const std::string people = "/v1/organisations/rde/participants";
  environment_->AddParticipant("rde", "search-1");
  const Reply refused = GetAs("central_team", people + "?external_ref=search-1");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(Fields(refused), ElementsAre("external_ref"));
  EXPECT_THAT(refused.body, Not(HasSubstr("search-1")));
  const Reply found = Send("POST", people + ":search", {{"externalRef", "search-1"}});
  EXPECT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(found.Json()["participants"].size(), 1u);
}

TEST_F(RestTest, JsonThatIsNotTheContracts) {
  const std::string target = "/v1/sessions:import";
  const auto send = [&](const std::string& body) {
    return Ask(port(), "POST", target, As("central_team", "", {{"Content-Type", "application/json"}}), body);
  };
  EXPECT_EQ(Reason(send("{")), "INVALID_JSON");
  EXPECT_EQ(Reason(send("[]")), "INVALID_JSON");
  EXPECT_EQ(Reason(send(R"({"unknown": 1})")), "INVALID_JSON");
  EXPECT_EQ(Reason(send(R"({"sessions": [{"date": 5}]})")).empty(), false);
  EXPECT_EQ(send("{\"request_id\": \"\xff\"}").status, 400);
  EXPECT_EQ(send(std::string(5000, '[')).status, 400);
  const Reply fields = send("{}");
  EXPECT_EQ(fields.status, 400);
  EXPECT_THAT(Fields(fields), ElementsAre("sessions", "request_id"));
}

TEST_F(RestTest, OnlyJsonIsTaken) {
  const std::string target = "/v1/sessions:import";
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "application/json; charset=latin1", "application/proto"}) {
    const Reply reply = Ask(port(), "POST", target, As("central_team", "", {{"Content-Type", type}}), "{}");
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(Reason(reply), "UNSUPPORTED_MEDIA_TYPE");
  }
  EXPECT_EQ(Send("POST", target, {}, {{"Content-Encoding", "gzip"}}).status, 415);
  EXPECT_EQ(Ask(port(), "GET", "/v1/public/sessions", {{"Content-Type", "application/json"}}, "{}").status, 400);
}

TEST_F(RestTest, AddressesAndMethods) {
  EXPECT_EQ(Reason(Get("/v1/nothing")), "NO_SUCH_ROUTE");
  EXPECT_EQ(Get("/").status, 404);
  EXPECT_EQ(Get("/v1/public/sessions/").status, 404);
  EXPECT_EQ(Get("/v1/../v1/public/sessions").status, 404);
  const Reply wrong = Ask(port(), "DELETE", "/v1/public/sessions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(Ask(port(), "POST", "/openapi.json").status, 405);
  EXPECT_EQ(Get("/v1/registrations:submit").Header("allow"), "OPTIONS, POST");
  // For services alone: there is no address.
  EXPECT_EQ(Ask(port(), "POST", "/v1/bookings:seatPeople").status, 404);
}

TEST_F(RestTest, FormsThatThereAreNot) {
  EXPECT_EQ(Get("/v1/public/sessions", {{"Accept", "text/html"}}).status, 406);
  EXPECT_EQ(Get("/v1/public/sessions", {{"Accept", "text/html,*/*;q=0.8"}}).status, 200);
  EXPECT_EQ(Get("/v1/public/businessTime?format=csv").status, 406);
  EXPECT_EQ(Get("/v1/public/sessions?format=xml").status, 406);
  EXPECT_EQ(GetAs("central_team", "/v1/changes:watch?format=json").status, 406);
  EXPECT_THAT(Get("/v1/public/sessions", {{"Accept", "application/json;q=0.5, text/csv"}}).body,
              StartsWith("workshop,"));
}

TEST_F(RestTest, HeadAndOptions) {
  const Reply head = Ask(port(), "HEAD", "/v1/public/sessions");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-length"), std::to_string(Get("/v1/public/sessions").body.size()));
  EXPECT_EQ(Ask(port(), "HEAD", "/v1/organisations").status, 401);
  EXPECT_EQ(Ask(port(), "HEAD", "/v1/public/sessions?format=csv").status, 200);
  const Reply options = Ask(port(), "OPTIONS", "/v1/organisations/rde");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.Header("allow"), "GET, HEAD, OPTIONS, PATCH");
  EXPECT_EQ(Ask(port(), "OPTIONS", "*").status, 204);
  EXPECT_EQ(Ask(port(), "OPTIONS", "/nothing").status, 404);
}

TEST_F(RestTest, PagesOfOtherOriginsAreRefused) {
  const std::string own = "http://127.0.0.1:" + std::to_string(port());
  EXPECT_EQ(Get("/v1/public/sessions", {{"Origin", own}}).status, 200);
  for (const char* origin : {"https://elsewhere.example.org", "null", "http://127.0.0.1:1"}) {
    const Reply reply = Get("/v1/public/sessions", {{"Origin", origin}});
    EXPECT_EQ(reply.status, 403) << origin;
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "") << origin;
  }
  EXPECT_EQ(Ask(port(), "OPTIONS", "/v1/public/sessions",
                {{"Origin", "https://elsewhere.example.org"}, {"Access-Control-Request-Method", "GET"}})
                .status,
            403);
}

}  // namespace
}  // namespace equity::gateway::testing
