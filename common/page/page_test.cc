#include "common/page/page.h"

#include "gtest/gtest.h"

namespace equity::page {
namespace {

TEST(PageTest, SizeHasADefaultAndACeiling) {
  EXPECT_EQ(Size(0), 50);
  EXPECT_EQ(Size(7), 7);
  EXPECT_EQ(Size(5000), 1000);
}

TEST(PageTest, ATokenResumesTheListItWasMadeFor) {
  const std::string token = Token("ListBookings|organisations/rde", "2021|\xff");
  EXPECT_EQ(*Key("ListBookings|organisations/rde", token), "2021|\xff");
  EXPECT_EQ(*Key("ListBookings|organisations/rde", ""), "");
}

TEST(PageTest, OtherTokensAreRefused) {
  const std::string token = Token("ListBookings|organisations/rde", "k");
  EXPECT_FALSE(Key("ListBookings|organisations/rgr", token).ok());
  EXPECT_FALSE(Key("ListBookings|organisations/rde", "!!").ok());
  EXPECT_FALSE(Key("ListBookings|organisations/rde", "AAAA").ok());
}

}  // namespace
}  // namespace equity::page
