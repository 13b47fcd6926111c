#include "millrace/model/message.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/model/event.h"
#include "millrace/model/part.h"

namespace millrace {
namespace {

TEST(Role, NamesReadBack) {
  for (const Role role : {Role::kUser, Role::kAssistant, Role::kSystem, Role::kTool}) {
    EXPECT_EQ(RoleFromName(RoleName(role)), role);
  }
  EXPECT_EQ(RoleName(Role::kAssistant), "assistant");
  EXPECT_EQ(RoleFromName("developer"), std::nullopt);
}

TEST(FinishReason, NamesReadBack) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(FinishReason::kUnknown); ++i) {
    const auto reason = static_cast<FinishReason>(i);
    EXPECT_EQ(FinishReasonFromName(FinishReasonName(reason)), reason);
    names.insert(FinishReasonName(reason));
  }
  EXPECT_EQ(names,
            (std::set<std::string_view>{"end_turn", "max_tokens", "tool_use", "canceled", "error",
                                        "content_filter", "interrupted", "unknown"}));
  EXPECT_EQ(FinishReasonFromName("stop"), std::nullopt);
}

TEST(Part, OnlyTextReasoningAndToolCallsHaveABody) {
  Part text = TextPart{"t", false, ""};
  *BodyOf(text) += "ext";
  EXPECT_EQ(std::get<TextPart>(text).text, "text");
  const Part reasoning = ReasoningPart{"why", "", {}, {}, ""};
  EXPECT_EQ(*BodyOf(reasoning), "why");
  const Part call = ToolCallPart{"id", "name", "{}", false, false, ""};
  EXPECT_EQ(*BodyOf(call), "{}");
  for (const Part& part : {Part(ToolResultPart()), Part(ImageUrlPart()), Part(BinaryPart()),
                           Part(ShellCommandPart()), Part(FinishPart()), Part(CustomPart())}) {
    EXPECT_EQ(BodyOf(part), nullptr);
  }
}

TEST(Message, FinishOfIsTheLastFinishPart) {
  Message message;
  EXPECT_EQ(FinishOf(message), nullptr);
  message.parts = {FinishPart{FinishReason::kError, 1, "", "", "", ""},
                   FinishPart{FinishReason::kEndTurn, 2, "", "", "", ""}, TextPart()};
  ASSERT_NE(FinishOf(message), nullptr);
  EXPECT_EQ(FinishOf(message)->reason, FinishReason::kEndTurn);
}

TEST(Event, TypeNamesAreThoseOfTheApi) {
  EXPECT_EQ(EventTypeName(MessageCreated{}), "created");
  EXPECT_EQ(EventTypeName(MessageUpdated{}), "updated");
  EXPECT_EQ(EventTypeName(MessagesDeleted{}), "deleted");
  EXPECT_EQ(EventTypeName(SessionCreated{}), "session-created");
  EXPECT_EQ(EventTypeName(SessionUpdated{}), "session-updated");
  EXPECT_EQ(EventTypeName(SessionDeleted{}), "session-deleted");
  EXPECT_EQ(EventTypeName(Lagged{}), "lagged");
  EXPECT_EQ(EventTypeName(StorageError{}), "storage-error");
  EXPECT_EQ(EventTypeName(StorageRecovered{}), "storage-recovered");
}

}  // namespace
}  // namespace millrace
