// Requests of any RPC, made and changed by their descriptors, and the form in which a fuzz target keeps them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace equity::fuzz {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Random = std::mt19937;

// All RPCs of the contract, in the order of their names.
const std::vector<const MethodDescriptor*>& AllMethods();

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type);

// A call of an input. A text in the request that is `$` and a number stands for something that an earlier answer said:
// see Memory.
struct Call {
  const MethodDescriptor* method = nullptr;
  uint8_t role = 0;
  std::string request;  // its bytes, which may be no message
};

constexpr size_t kMostCalls = 8;

// An input is a list of calls; any bytes are one.
std::vector<Call> Decode(std::string_view input);
std::string Encode(const std::vector<Call>& calls);

// What answers said: names of resources by their pattern, and other texts, such as etags and tokens, by the name of
// their field.
class Memory {
 public:
  void Learn(const Message& answer);
  // Puts what is known in the place of `$` and a number. Of what nothing is known, a name is made up. Ids of requests
  // and other UUIDs are made of the number and `salt`.
  void Resolve(Message& request, uint64_t salt) const;

 private:
  std::string Known(const FieldDescriptor& field, uint64_t number, uint64_t salt) const;

  std::map<std::string, std::vector<std::string>> texts_;
};

class RequestMaker {
 public:
  // `bend` changes bytes in any way, and returns their new number: what the fuzzer has learnt to try.
  using Bend = std::function<size_t(uint8_t* data, size_t size, size_t capacity)>;

  RequestMaker(uint32_t seed, Bend bend) : random_(seed), bend_(std::move(bend)) {}

  Call NewCall(const MethodDescriptor& method);
  // `only_required`: a request that is likely to be accepted.
  void Fill(Message& message, bool only_required);
  // One change, anywhere in it.
  void Change(Message& message);
  void Change(std::vector<Call>& calls);

 private:
  bool OneIn(uint32_t bound) { return random_() % bound == 0; }
  uint32_t Below(uint32_t bound) { return bound == 0 ? 0 : static_cast<uint32_t>(random_() % bound); }
  void FillField(Message& message, const FieldDescriptor& field, bool only_required);
  void SetValue(Message& message, const FieldDescriptor& field, bool add, bool only_required);
  std::string Text(const Message& message, const FieldDescriptor& field, bool only_required);
  std::string OddText(int32_t limit);
  int32_t Number(const FieldDescriptor& field, bool only_required);
  void FillMask(Message& parent, const FieldDescriptor& field);
  void FillTime(Message& time);
  void ChangeField(Message& message, const FieldDescriptor& field);

  Random random_;
  Bend bend_;
};

}  // namespace equity::fuzz
