// The whole contract, with its comments, as descriptors: it is compiled into the gateway, which knows no service's
// code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/type_resolver.h"

namespace equity::gateway {

class Contract {
 public:
  static absl::StatusOr<std::unique_ptr<Contract>> Load();

  // The RPCs of all services.
  const std::vector<const google::protobuf::MethodDescriptor*>& methods() const { return methods_; }
  const google::protobuf::DescriptorPool& pool() const { return pool_; }

  std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor& type) const;

  // Between the bytes of a message and its JSON (lowerCamelCase names, every field present).
  absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor& type, const std::string& bytes) const;
  // INVALID_ARGUMENT (INVALID_JSON) says what is wrong.
  enum class Unknown { kRefuse, kIgnore };
  absl::StatusOr<std::string> FromJson(const google::protobuf::Descriptor& type, const std::string& json,
                                       Unknown unknown) const;

 private:
  Contract() = default;

  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_{&pool_};
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver_;
  std::vector<const google::protobuf::MethodDescriptor*> methods_;
};

// The comment above a part of the contract, in one paragraph a line; empty where there is none.
template <class Descriptor>
std::string Comment(const Descriptor& descriptor);

}  // namespace equity::gateway
