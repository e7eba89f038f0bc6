#include "clients/cli/app.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/cli/fake_services.h"
#include "clients/cpp/test_server.h"
#include "common/auth/dev_issuer.h"
#include "common/csv/reader.h"
#include "common/status/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace equity::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AppTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/equityctl-" + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    setenv("XDG_STATE_HOME", (folder_ + "/state").c_str(), 1);
    for (const char* name : {"EQUITY_DEV_ISSUER", "EQUITY_TARGET", "EQUITY_TOKEN_FILE"}) unsetenv(name);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Runs equityctl against the fake services, with CSV unless the arguments say otherwise.
  int Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {"--target", server_.address()});
    return RunPlain(arguments, input);
  }
  int RunPlain(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const int code = RunCommandLine(arguments, {.in = in, .out = out, .err = err});
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return folder_ + "/" + name;
  }
  bool HasResumeFile() const {
    const std::filesystem::path state = folder_ + "/state/equityctl";
    return std::filesystem::exists(state) && !std::filesystem::is_empty(state);
  }

  FakeRegistrations registrations_;
  FakeOrganisations organisations_;
  FakeParticipants participants_;
  FakeSessions sessions_;
  FakeBookings bookings_;
  FakePlans plans_;
  FakeStatistics statistics_;
  FakeChanges changes_;
  FakeOperations operations_;
  client::TestServer server_{std::vector<grpc::Service*>{&registrations_, &organisations_, &participants_, &sessions_,
                                                         &bookings_, &plans_, &statistics_, &changes_, &operations_}};
  std::string folder_;
  std::string out_;
  std::string err_;
};

constexpr char kTwoRows[] = "external_ref,email,given_name,organisation\na,a@x.org,A,RDE\nb,b@x.org,B,RDE\n";

TEST_F(AppTest, ACommandLineThatCannotBeRightIsUsage) {
  EXPECT_EQ(RunPlain({"--help"}), kDone);
  EXPECT_THAT(out_, HasSubstr("register"));
  EXPECT_EQ(RunPlain({}), kUsage);
  EXPECT_EQ(RunPlain({"sessions"}), kUsage);
  EXPECT_EQ(RunPlain({"nonsense"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("There is no command or option nonsense."));
  EXPECT_EQ(RunPlain({"sessions", "lst"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("There is no command or option lst."));
  EXPECT_EQ(RunPlain({"clock", "--output", "xml"}), kUsage);
  EXPECT_EQ(RunPlain({"clock", "--timeout", "soon"}), kUsage);
  EXPECT_EQ(Run({"clock", "--advance-to", ""}), kUsage);
  EXPECT_THAT(err_, HasSubstr("--advance-to must be a time such as"));
  EXPECT_EQ(Run({"plans", "create", "Caf\xe9", "--as", "rde"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("The argument Caf\\xe9 is not text in UTF-8."));
  EXPECT_EQ(RunPlain({"register", folder_ + "/nothing.csv"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("nothing.csv cannot be read: No such file or directory."));
  EXPECT_EQ(RunPlain({"register", folder_}), kUsage);
  EXPECT_EQ(RunPlain({"register", "-"}, ""), kUsage);
  EXPECT_EQ(RunPlain({"register", "-", "--token-file", folder_ + "/none"}, kTwoRows), kUsage);
}

TEST_F(AppTest, AFileWhoseLinesEndInCrIsRefusedAsAWhole) {
  EXPECT_EQ(RunPlain({"register", "-"}, "external_ref,email,given_name,organisation\ra,a@x.org,A,RDE\r"), kUsage);
  EXPECT_THAT(err_, HasSubstr("end in CR alone"));
  EXPECT_EQ(out_, "");
}

TEST_F(AppTest, MissingColumnsAreNamed) {
  EXPECT_EQ(RunPlain({"register", "-"}, "external_ref,mail,organisation\n"), kUsage);
  EXPECT_THAT(err_, HasSubstr("lacks the columns email, given_name or family_name. Its header row has: external_ref, "
                              "mail, organisation."));
  EXPECT_EQ(RunPlain({"register", "-"}, "external_ref,email,Email,given_name,organisation\n"), kUsage);
  EXPECT_THAT(err_, HasSubstr("has the column email more than once"));
}

TEST_F(AppTest, AServerThatIsNotThereIsNamed) {
  EXPECT_EQ(RunPlain({"--target", "127.0.0.1:1", "--timeout", "1", "clock"}), kUnreachable);
  EXPECT_EQ(err_,
            "equityctl: No server answers at 127.0.0.1:1. Start one with ./run, or name another with --target or "
            "EQUITY_TARGET.\n");
  EXPECT_EQ(out_, "");
}

TEST_F(AppTest, TheMessyFileIsReportedRowByRow) {
  EXPECT_EQ(Run({"register", TEST_DATA "/staff-messy.csv"}), kRefused);
  EXPECT_THAT(err_, HasSubstr("Ignored column: notes"));
  EXPECT_THAT(err_, HasSubstr("32 seated, 5 refused"));
  EXPECT_FALSE(HasResumeFile());

  std::ifstream expected_file(TEST_DATA "/staff-messy.expected.csv");
  std::istringstream actual_file(out_);
  auto expected = csv::Reader::Open(expected_file);
  auto actual = csv::Reader::Open(actual_file);
  ASSERT_TRUE(expected.ok() && actual.ok());
  csv::Record want, got;
  while (expected->Next(want)) {
    ASSERT_TRUE(actual->Next(got));
    EXPECT_EQ(got.fields[0], want.fields[0]);
    EXPECT_EQ(got.fields[1], want.fields[1]);
    const std::string& code = want.fields[3];
    if (code != "CSV_QUOTE" && code != "WRONG_COLUMN_COUNT" && code != "NOT_UTF8") continue;
    EXPECT_EQ(got.fields[2], "REJECTED");
    EXPECT_EQ(got.fields[3], code);
    EXPECT_EQ(got.fields[4], want.fields[4]);
    EXPECT_NE(got.fields[5], "");
    EXPECT_NE(got.fields[6], "");
  }
  EXPECT_FALSE(actual->Next(got));
}

TEST_F(AppTest, RegisterSendsTheTextOfTheFile) {
  EXPECT_EQ(Run({"register", "-", "--workshop", "equity"},
                "EMAIL, Organisation ,external_ref,given_name,job_title,session_date,on_full\n"
                " a@x.org ,RDE,a,\"Zo\xc3\xab \"\"Z\"\"\",=1+1,2021-07-27,WAITLIST\n"),
            kDone);
  EXPECT_EQ(out_,
            "line,external_ref,outcome,code,column,message,fix,session_date,waiting_position\n"
            "2,a,SEATED,,,,,2021-07-27,\n");
  EXPECT_EQ(err_, "1 seated\n");
  ASSERT_EQ(registrations_.rows.size(), 1u);
  EXPECT_EQ(registrations_.rows[0].email(), "a@x.org");
  EXPECT_EQ(registrations_.rows[0].given_name(), "Zo\xc3\xab \"Z\"");
  EXPECT_EQ(registrations_.rows[0].job_title(), "=1+1");
  EXPECT_EQ(registrations_.workshop, "workshops/equity");
  EXPECT_FALSE(registrations_.validate_only);
}

TEST_F(AppTest, ADryRunSaysSo) {
  EXPECT_EQ(Run({"register", Write("staff.csv", kTwoRows), "--dry-run"}), kDone);
  EXPECT_TRUE(registrations_.validate_only);
  EXPECT_EQ(err_, "Dry run, nothing was changed: 2 seated\n");
}

TEST_F(AppTest, EachRunHasAnOperationOfItsOwnUnlessItWasInterrupted) {
  const std::string file = Write("staff.csv", kTwoRows);
  EXPECT_EQ(Run({"register", file}), kDone);
  EXPECT_FALSE(HasResumeFile());
  registrations_.fail_after_first_message = status::Error(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "Old.");
  std::string many = "external_ref,email,given_name,organisation\n";
  for (int i = 0; i < 6'000; ++i) many += "r" + std::to_string(i) + ",a@x.org,A,RDE\n";
  const std::string long_file = Write("many.csv", many);
  EXPECT_EQ(Run({"register", long_file}), kUnreachable);
  EXPECT_THAT(err_, HasSubstr("Run the same command again"));
  EXPECT_THAT(err_, HasSubstr("reason: TOKEN_EXPIRED"));
  EXPECT_TRUE(HasResumeFile());
  const std::string interrupted = registrations_.operations.back();
  EXPECT_NE(interrupted, registrations_.operations.front());

  registrations_.fail_after_first_message = absl::OkStatus();
  EXPECT_EQ(Run({"register", file}), kDone) << "another file is another run";
  EXPECT_NE(registrations_.operations.back(), interrupted);
  EXPECT_EQ(Run({"register", long_file}), kDone);
  EXPECT_THAT(err_, HasSubstr("Going on with the interrupted run"));
  EXPECT_EQ(registrations_.operations.back(), interrupted);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 6'001);
  EXPECT_FALSE(HasResumeFile());
  EXPECT_EQ(Run({"register", long_file}), kDone);
  EXPECT_NE(registrations_.operations.back(), interrupted);
}

TEST_F(AppTest, ARunWhoseOutputIsLostIsGoneOnWith) {
  const std::string file = Write("staff.csv", kTwoRows);
  std::ofstream full("/dev/full");
  ASSERT_TRUE(full.is_open());
  std::istringstream in;
  std::ostringstream err;
  EXPECT_EQ(RunCommandLine({"--target", server_.address(), "register", file}, {.in = in, .out = full, .err = err}),
            kUsage);
  EXPECT_THAT(err.str(), HasSubstr("2 seated"));
  EXPECT_THAT(err.str(), HasSubstr("run the same command again"));
  EXPECT_TRUE(HasResumeFile());
  EXPECT_EQ(Run({"register", file}), kDone);
  EXPECT_EQ(registrations_.operations.front(), registrations_.operations.back());
  EXPECT_THAT(out_, HasSubstr("3,b,SEATED"));
  EXPECT_FALSE(HasResumeFile());
}

// The program itself, as it looks at its output once all is written.
TEST_F(AppTest, OutputThatIsLostIsNoSuccess) {
  const auto run = [&](const std::string& arguments) {
    const std::string command =
        "\"" EQUITYCTL "\" --target " + server_.address() + " " + arguments + " 2>" + folder_ + "/err </dev/null";
    const int status = std::system(command.c_str());
    std::ifstream file(folder_ + "/err");
    err_ = std::string(std::istreambuf_iterator<char>(file), {});
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  EXPECT_EQ(run("sessions list >/dev/null"), kDone);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(run("--help >/dev/full"), kUsage);
  // Nobody learns which rows were refused, so it is not that some were.
  const std::string file = Write("organisations.csv", "identifier_scheme,identifier,name,sector\nODS,A,Name,SHOP\n");
  EXPECT_EQ(run("organisations import " + file + " >/dev/null"), kRefused);
  EXPECT_EQ(run("organisations import " + file + " >/dev/full"), kUsage);
  for (const char* format : {"csv", "json", "table"}) {
    EXPECT_EQ(run(std::string("sessions list --output ") + format + " >/dev/full"), kUsage) << format;
    EXPECT_THAT(err_, HasSubstr("The output could not be written")) << format;
  }
}

TEST_F(AppTest, AtomicIsOneRequest) {
  EXPECT_EQ(Run({"register", Write("staff.csv", kTwoRows), "--atomic"}), kDone);
  EXPECT_EQ(registrations_.operations.size(), 1u);
  EXPECT_EQ(err_, "2 seated\n");
}

TEST_F(AppTest, AtomicFallsWithARowThatCannotBeRead) {
  EXPECT_EQ(Run({"register", Write("staff.csv", std::string(kTwoRows) + "c\n"), "--atomic"}), kRefused);
  EXPECT_TRUE(registrations_.operations.empty());
  EXPECT_THAT(out_, HasSubstr("2,a,REJECTED,BATCH_REFUSED"));
  EXPECT_THAT(out_, HasSubstr("4,c,REJECTED,WRONG_COLUMN_COUNT"));
  EXPECT_EQ(err_, "3 refused\n");
}

TEST_F(AppTest, AtomicIsForSmallFiles) {
  std::string many = "external_ref,email,given_name,organisation\n";
  for (int i = 0; i < 501; ++i) many += "r,a@x.org,A,RDE\n";
  EXPECT_EQ(Run({"register", "-", "--atomic"}, many), kUsage);
  EXPECT_TRUE(registrations_.operations.empty());
}

TEST_F(AppTest, AsMintsThatOrganisationsToken) {
  ASSERT_TRUE(auth::DevIssuer::OpenOrCreate(folder_ + "/issuer").ok());
  EXPECT_EQ(Run({"sessions", "list", "--as", "RDE"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("EQUITY_DEV_ISSUER"));
  setenv("EQUITY_DEV_ISSUER", (folder_ + "/issuer").c_str(), 1);
  EXPECT_EQ(Run({"sessions", "list", "--as", "RDE"}), kDone);
  EXPECT_THAT(sessions_.authorization, StartsWith("Bearer ey"));
  EXPECT_EQ(Run({"register", "-", "--as", "RDE"}, "external_ref,email,family_name\na,a@x.org,A\n"), kDone);
  EXPECT_EQ(registrations_.rows[0].organisation(), "rde");
  EXPECT_EQ(RunPlain({"token", "--role", "analyst"}), kDone);
  EXPECT_THAT(out_, StartsWith("ey"));
  EXPECT_EQ(RunPlain({"token", "--role", "partner"}), kUsage);
}

TEST_F(AppTest, SessionsAreListed) {
  EXPECT_EQ(Run({"sessions", "list", "--token-file", Write("token", "secret\n")}), kDone);
  EXPECT_THAT(out_,
              StartsWith("session,workshop,date,start,end,time_zone,platform,capacity,places_taken,waiting,state\n"
                         "workshops/equity/sessions/1,equity,2021-07-27,14:30,17:00,Europe/London,Microsoft "
                         "Teams,80,0,0,SOLD_OUT\n"));
  EXPECT_EQ(sessions_.authorization, "Bearer secret");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(Run({"sessions", "list", "--output", "json"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\"placesTaken\":0"));
  EXPECT_EQ(Run({"sessions", "list", "--output", "table"}), kDone);
  EXPECT_THAT(out_, HasSubstr("2021-07-27  14:30-17:00  Microsoft Teams  0/80          0  SOLD OUT  workshops/"));
}

TEST_F(AppTest, ASessionMayBeNamedByItsDate) {
  bookings_.refusal = status::Error(absl::StatusCode::kFailedPrecondition, "SESSION_FULL", "The session is full.");
  EXPECT_EQ(Run({"bookings", "book", "organisations/rde/participants/1", "2021-07-27"}), kRefused);
  EXPECT_EQ(err_, "equityctl: The session is full.\nreason: SESSION_FULL\n");
  EXPECT_EQ(Run({"bookings", "book", "organisations/rde/participants/1", "2021-08-02"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("more than one session"));
  EXPECT_EQ(Run({"bookings", "book", "organisations/rde/participants/1", "2021-09-01"}), kRefused);
  EXPECT_EQ(err_,
            "equityctl: There is no session on 2021-09-01. See equityctl sessions list.\nreason: NO_SUCH_SESSION\n");
  EXPECT_EQ(Run({"sessions", "capacity", "2021-09-01", "5"}), kRefused);
  EXPECT_EQ(Run({"sessions", "cancel", "2021-09-01"}), kRefused);
  EXPECT_EQ(Run({"bookings", "list", "--session", "2021-09-01"}), kRefused);
  for (const char* text : {"2021-02-30", "27.7.2021", "2021-7-27", "2021-07-27 ", "tomorrow"}) {
    for (const std::vector<std::string>& command : {std::vector<std::string>{"sessions", "capacity", text, "5"},
                                                    {"sessions", "cancel", text},
                                                    {"bookings", "list", "--session", text}}) {
      EXPECT_EQ(Run(command), kUsage) << command[0] << " " << command[1] << " " << text;
      EXPECT_THAT(err_, HasSubstr(std::string(text) + " is neither the name of a session nor a date that exists"));
    }
  }
  bookings_.refusal = status::InvalidFields({{"participant", "must be set"}, {"session", "must be a name"}});
  EXPECT_EQ(Run({"bookings", "book", "x", "a/b"}), kUsage);
  EXPECT_EQ(err_,
            "equityctl: The server refused the request:\n  participant: must be set\n  session: must be a name\n"
            "reason: INVALID_FIELDS\n");
}

TEST_F(AppTest, PlansAreListedAndWhatIsMissingIsNamedAtOnce) {
  EXPECT_EQ(Run({"plans", "list", "--organisation", "RDE", "--state", "active"}), kDone);
  EXPECT_EQ(plans_.list.parent(), "organisations/rde");
  EXPECT_THAT(plans_.list.states(), ElementsAre(benefitplans::v1::Plan::STATE_ACTIVE));
  EXPECT_EQ(out_,
            "plan,title,state,start_date,day,length_days,health,owner_left,activities_delivered,activities,"
            "benefits_ended,benefits,measures_with_data,measures\n"
            "organisations/rde/plans/1,'=Warm homes,ACTIVE,,0,100,,false,0,0,0,0,0,0\n");
  EXPECT_EQ(Run({"plans", "list", "--state", "gone"}), kUsage);
  EXPECT_EQ(Run({"plans", "start", "organisations/rde/plans/1"}), kRefused);
  EXPECT_EQ(err_,
            "equityctl: The server refused the request:\n  GOAL_MISSING (plan.goal): Say what is wanted.\n"
            "  OWNER_MISSING (plan.members): Add an owner.\nreason: PLAN_NOT_READY\n");
}

TEST_F(AppTest, OneWrongOrganisationDoesNotStopTheOthers) {
  EXPECT_EQ(Run({"organisations", "import", "-"},
                "identifier_scheme,identifier,name,sector,place\nODS,A,Name,VCSE,\nODS,B,,VCSE,\nODS,C,Name,SHOP,\n"
                "ODS,D,Name,vcse,WEST_SUFFOLK\nODS,E\"\n"),
            kRefused);
  EXPECT_THAT(out_, HasSubstr("2,organisations/A,CREATED,,\n3,,REJECTED,INVALID_VALUE,display_name must be set.\n"));
  EXPECT_THAT(out_, HasSubstr("4,,REJECTED,INVALID_VALUE,\"sector must be one of ICS, "));
  EXPECT_THAT(out_, HasSubstr("5,organisations/D,CREATED,,\n6,,REJECTED,CSV_QUOTE,"));
  EXPECT_THAT(err_, HasSubstr("2 imported, 3 refused"));
}

TEST_F(AppTest, UpdateChangesWhatWasGivenOnly) {
  EXPECT_EQ(Run({"participants", "update", "organisations/rde/participants/1", "--job-title", "", "--access-needs",
                 "BREAKS;OTHER:lift nearby"}),
            kDone);
  const auto& update = participants_.update;
  EXPECT_THAT(update.update_mask().paths(), ElementsAre("job_title", "access_needs", "other_access_need"));
  EXPECT_THAT(update.participant().access_needs(),
              ElementsAre(participants::v1::ACCESS_NEED_BREAKS, participants::v1::ACCESS_NEED_OTHER));
  EXPECT_EQ(update.participant().other_access_need(), "lift nearby");
  EXPECT_THAT(out_, HasSubstr("BREAKS;OTHER:lift nearby"));
  EXPECT_EQ(Run({"participants", "update", "organisations/rde/participants/1"}), kUsage);
}

TEST_F(AppTest, AttendanceFindsPeopleByReference) {
  const std::string file =
      "session_date,organisation,external_ref,attended\n2021-07-27,RDE,S-1,yes\n2021-07-27,ods:rde,S-1,no\n"
      "2021-07-27,RDE,S-2,yes\n2021-08-02,RDE,S-1,yes\n2021-09-01,RDE,S-1,yes\n2021-07-27,XX,S-1,yes\n"
      "2021-07-27,RDE,S-1,perhaps\n2021-07-27,ODS:RDE,S-1,no\n2021-02-30,RDE,S-1,yes\n";
  EXPECT_EQ(Run({"attendance", "import", "-"}, file), kRefused);
  EXPECT_THAT(out_, StartsWith("line,external_ref,outcome,code,column,message\n2,S-1,RECORDED,,,\n"));
  EXPECT_THAT(out_, HasSubstr("4,S-2,REJECTED,NO_SUCH_PARTICIPANT,external_ref,"));
  EXPECT_THAT(out_, HasSubstr("5,S-1,REJECTED,AMBIGUOUS_SESSION,session_date,"));
  EXPECT_THAT(out_, HasSubstr("6,S-1,REJECTED,NO_SUCH_SESSION,session_date,"));
  EXPECT_THAT(out_, HasSubstr("7,S-1,REJECTED,NO_SUCH_ORGANISATION,organisation,"));
  EXPECT_THAT(out_, HasSubstr("8,S-1,REJECTED,INVALID_VALUE,attended,"));
  EXPECT_THAT(out_, HasSubstr("9,S-1,RECORDED,,,\n"));
  EXPECT_THAT(out_, HasSubstr("10,S-1,REJECTED,INVALID_DATE,session_date,"));
}

TEST_F(AppTest, ASessionThatRefusesAttendanceRefusesItsRows) {
  bookings_.refusal = status::Error(absl::StatusCode::kFailedPrecondition, "SESSION_NOT_BEGUN", "Too early.");
  EXPECT_EQ(
      Run({"attendance", "import", "-"}, "session_date,organisation,external_ref,attended\n2021-07-27,RDE,S-1,yes\n"),
      kRefused);
  EXPECT_THAT(out_, HasSubstr("2,S-1,REJECTED,SESSION_NOT_BEGUN,,Too early.\n"));
}

TEST_F(AppTest, StatisticsWaitForOnesOwnWritesAndNeverShowAHiddenNumber) {
  EXPECT_EQ(Run({"stats"}), kDone);
  EXPECT_EQ(statistics_.min_feed_position, "here");
  EXPECT_THAT(out_,
              StartsWith("challenge,measure,dimension,category,dimension2,category2,tier,value,status,data_as_of,"
                         "numerator,eligible,not_yet_due,snapshot\n"
                         "challenges/2021,people.registered,,,,,PUBLISHABLE,235,ROUNDED,2021-07-20T08:00:00Z,,,,\n"
                         "challenges/2021,people.waiting,,,,,PUBLISHABLE,,SUPPRESSED_PRIMARY,"));
  EXPECT_THAT(out_, HasSubstr("session.seated,SESSION,workshops/equity/sessions/1,,,PUBLISHABLE,3,EXACT,"));
  EXPECT_EQ(Run({"stats", "--output", "json"}), kDone);
  EXPECT_THAT(out_, StartsWith("{"));
  EXPECT_THAT(out_, Not(HasSubstr("}{")));
  EXPECT_EQ(Run({"stats", "--by", "SECTOR"}), kUsage);
  EXPECT_EQ(Run({"stats", "--measure", "m", "--by", "COLOUR"}), kUsage);
}

TEST_F(AppTest, ASnapshotIsNamedByItsWeek) {
  EXPECT_EQ(Run({"stats", "--measure", "m", "--snapshot", "2021-W30"}), kDone);
  EXPECT_THAT(out_, HasSubstr("\nchallenges/2021,m,,,,,PUBLISHABLE,12.5,ROUNDED,,10,80,,"
                              "challenges/2021/snapshots/2021-w30\n"
                              "challenges/2021,m,,,,,PUBLISHABLE,,NOT_REACHED,,,,,"
                              "challenges/2021/snapshots/2021-w30\n"));
  EXPECT_EQ(Run({"stats", "--snapshot", "2021-W29"}), kRefused);
  // What is frozen, or for anyone, is never exact.
  for (const char* what : {"--snapshot=2021-W30", "--public"}) {
    EXPECT_EQ(Run({"stats", what, "--tier", "OPERATIONAL"}), kUsage) << what;
    EXPECT_THAT(err_, HasSubstr("--tier must be PUBLISHABLE, or left out"));
    EXPECT_EQ(Run({"stats", "--measure", "m", what, "--tier", "operational"}), kUsage) << what;
    EXPECT_EQ(Run({"stats", "--measure", "m", what, "--tier", "PUBLISHABLE"}), kDone) << what << err_;
    EXPECT_EQ(Run({"stats", "--measure", "m", what, "--as-of", "2021-07-20"}), kUsage) << what;
    EXPECT_THAT(err_, HasSubstr("--as-of"));
  }
  EXPECT_EQ(Run({"stats", "--as-of", "2021-07-20"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("--as-of needs --measure"));
  EXPECT_EQ(Run({"snapshots"}), kDone);
  EXPECT_THAT(out_, HasSubstr("challenges/2021/snapshots/2021-w30,2021-W30,"));
}

TEST_F(AppTest, WatchShowsChangesWithTheTokenAfterThem) {
  EXPECT_EQ(Run({"watch", "--from", "t", "--until-caught-up"}), kDone);
  EXPECT_EQ(out_,
            "service,sequence,time,organisation,event,resource,detail,resume_token\n"
            "workshops,1,,rde,BOOKING,organisations/rde/bookings/1,SEATED,\n"
            "workshops,2,,rde,BOOKING,organisations/rde/bookings/1,SEATED,t+2\n");
}

TEST_F(AppTest, WatchIsRefusedForAServiceThatIsNotThere) {
  changes_.services = {"participants", "workshops"};
  EXPECT_EQ(Run({"watch", "--service", "workshops", "--until-caught-up"}), kDone);
  EXPECT_EQ(Run({"watch", "--service", "nosuch", "--until-caught-up"}), kUsage);
  EXPECT_THAT(err_, HasSubstr("services: must be among participants, workshops"));
  EXPECT_EQ(out_, "") << "no header of rows that there are not";
}

TEST_F(AppTest, TheClockIsOneLineForPeopleAndAnInstantForPrograms) {
  EXPECT_EQ(Run({"clock", "--output", "table"}), kDone);
  EXPECT_EQ(out_, "Tuesday 20 July 2021, 09:00 (demonstration)\n");
  EXPECT_EQ(Run({"clock"}), kDone);
  EXPECT_EQ(out_, "time,demonstration\n2021-07-20T08:00:00Z,true\n");
}

TEST_F(AppTest, TheStateHashIsOneHashOverThoseOfTheServices) {
  EXPECT_EQ(Run({"state-hash"}), kDone);
  const std::string hash = out_;
  EXPECT_EQ(hash.size(), 65u);
  operations_.hash = "b";
  EXPECT_EQ(Run({"state-hash"}), kDone);
  EXPECT_NE(out_, hash);
}

}  // namespace
}  // namespace equity::cli
