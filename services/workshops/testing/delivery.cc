#include "services/workshops/testing/delivery.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/workshops/sweeper.h"

namespace equity::workshops {

std::string WhyOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& fault : status::FieldFaults(status)) fields.push_back(fault.field);
  return fields.empty() ? ReasonOf(status) : absl::StrJoin(fields, ",");
}

std::string Secret(int number) { return absl::StrFormat("9f1c2b7e-%04d-4d3a-8a51-5e0f6c7d8b%02d", number, number); }

DeliveryTest::DeliveryTest() : channel_(client::Connect({.address = absl::StrCat("127.0.0.1:", host_->port())})) {
  AddWorkshop();
  session_ = AddSession("2021-08-12", "09:00", 40);
  team_ = As("central_team");
  rde_ = As("partner", "rde");
}

client::CallOptions DeliveryTest::As(const std::string& role, const std::string& organisation) {
  client::CallOptions options;
  options.bearer_token = Token(role, organisation);
  return options;
}

void DeliveryTest::Record(const std::string& participant, bool attended) {
  v1::RecordAttendanceRequest request;
  request.set_session(session_);
  request.add_rows()->set_participant(participant);
  request.mutable_rows(0)->set_attended(attended);
  request.set_request_id(NewId());
  const auto response = Must(Call(*bookings_, &v1::BookingService::Stub::RecordAttendance, request));
  EXPECT_EQ(response.results(0).code(), "");
}

void DeliveryTest::Sweep() {
  const absl::Status status = SweepDue(*workshops_runtime_);
  EXPECT_TRUE(status.ok()) << status;
}

std::vector<std::string> DeliveryTest::Column(const std::string& sql) {
  const sql::Sql& statement = statements_.emplace_back("test", sql);
  std::vector<std::string> values;
  const absl::Status status = workshops_runtime_->Read([&](sql::ReadTransaction& transaction) {
    values = transaction.All(statement, {}, [](const sql::Row& row) { return row.Text(0); });
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return values;
}

std::string DeliveryTest::AllFiles() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file() || entry.path().string().find("dev-issuer") != std::string::npos) continue;
    std::stringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    all += bytes.str();
  }
  return all;
}

std::string DeliveryTest::AllFilesWithout(const std::string& text) {
  std::string files = AllFiles();
  for (int tries = 0; tries < 60 && files.find(text) != std::string::npos; ++tries) {
    absl::SleepFor(absl::Milliseconds(50));
    files = AllFiles();
  }
  return files;
}

std::string DeliveryTest::LogWith(const std::string& text) {
  std::string log;
  for (int tries = 0; tries < 100 && log.find(text) == std::string::npos; ++tries) {
    absl::SleepFor(absl::Milliseconds(50));
    std::stringstream bytes;
    bytes << std::ifstream(log_file()).rdbuf();
    log = bytes.str();
  }
  return log;
}

}  // namespace equity::workshops
