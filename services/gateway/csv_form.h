// Answers as CSV. Sessions, bookings and statistics have the columns of the command line; every other list has the
// fields of its items in the order of the contract.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/csv/writer.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace equity::gateway {

class CsvForm {
 public:
  // Null where an answer of this type is no table.
  static std::unique_ptr<CsvForm> Of(const google::protobuf::Descriptor& response);

  const std::vector<std::string>& columns() const { return columns_; }
  // A name for the file, such as sessions.
  const std::string& name() const { return name_; }
  void WriteRows(const google::protobuf::Message& response, csv::Writer& writer) const {
    write_rows_(response, writer);
  }

 private:
  using WriteRowsFunction = std::function<void(const google::protobuf::Message&, csv::Writer&)>;
  CsvForm(std::string name, std::vector<std::string> columns, WriteRowsFunction write_rows)
      : name_(std::move(name)), columns_(std::move(columns)), write_rows_(std::move(write_rows)) {}

  std::string name_;
  std::vector<std::string> columns_;
  WriteRowsFunction write_rows_;
};

}  // namespace equity::gateway
