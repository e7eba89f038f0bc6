// Any RPC by its descriptor: calling it, and a request that it is likely to accept.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"

namespace equity::api {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct Answer {
  grpc::Status status;
  std::string body;

  std::string Bytes() const {
    return absl::StrCat(status.error_code(), "|", status.error_message(), "|", status.error_details(), "|", body);
  }
};

// Sends one request, takes the first answer.
Answer CallGeneric(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
                   const Message& request, const std::string& token);

// Of every service.
std::vector<const MethodDescriptor*> AllMethods();

std::unique_ptr<Message> NewRequest(const MethodDescriptor& method);

// What requests are filled with: names of things by the pattern of the field.
using Names = std::map<std::string, std::string>;

// Fills what must be set, and every name of something of an organisation.
void Fill(Message& message, const Names& names);

}  // namespace equity::api
