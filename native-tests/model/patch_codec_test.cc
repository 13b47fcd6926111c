#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/codec.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"

namespace millrace {
namespace {

TEST(PatchCodec, StoresEveryOpAsDocumented) {
  const std::vector<PatchOp> ops = {
      AppendOp{3, "a \"b\"\n汉"},
      PutOp{0, TextPart{"t", false, ""}, false},
      PutOp{4294967295U, ToolCallPart{"c", "n", "", true, false, ""}, true},
      TruncateOp{2},
      HeaderOp{"m", "p", true, 5},
      HeaderOp{"", "", false, {}},
  };
  const std::string stored =
      "[[\"a\",3,\"a \\\"b\\\"\\n汉\"],"
      R"(["p",0,{"type":"text","data":{"text":"t"}}],)"
      R"(["k",4294967295,{"type":"tool_call","data":{"id":"c","name":"n","input":"",)"
      R"("provider_executed":false,"finished":true}}],)"
      R"(["t",2],)"
      R"(["h",{"model":"m","provider":"p","is_summary":true,"finished_at":5}],)"
      R"(["h",{"model":"","provider":"","is_summary":false}]])";
  EXPECT_EQ(EncodePatchOps(ops), stored);
  const Result<std::vector<PatchOp>> read = DecodePatchOps(stored);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(*read, ops);
  EXPECT_EQ(EncodePatchOps({}), "[]");
}

TEST(PatchCodec, RefusesWhatItDoesNotWrite) {
  const std::vector<std::string_view> rows = {
      "",
      "{}",
      "[",
      "[5]",
      "[[]]",
      R"([["z",1]])",
      R"([["a"]])",
      R"([["a",1]])",
      R"([["a",-1,"x"]])",
      R"([["a",1.5,"x"]])",
      R"([["a",4294967296,"x"]])",
      R"([["a","1","x"]])",
      R"([["a",1,2]])",
      R"([["a",1,""]])",
      R"([["a",1,"x","y"]])",
      R"([["p",1]])",
      R"([["p",1,"x"]])",
      R"([["k",1,null]])",
      R"([["t"]])",
      R"([["t",1,1]])",
      R"([["h"]])",
      R"([["h",[]]])",
      R"([["h",{"model":1}]])",
      R"([["h",{"provider":null}]])",
      R"([["h",{"is_summary":0}]])",
      R"([["h",{"finished_at":"x"}]])",
      R"([["h",{"other":1}]])",
      "[[\"a\",1,\"\xFF\"]]",
  };
  for (const std::string_view row : rows) {
    EXPECT_EQ(DecodePatchOps(row).status().code(), Code::kCorrupt) << row;
  }
}

TEST(PatchCodec, SaysWhichElementIsWrong) {
  const Status status = DecodePatchOps(R"([["t",1],["a",1]])").status();
  EXPECT_EQ(status.message(), "element 1 of the delta log row is no op");
}

}  // namespace
}  // namespace millrace
