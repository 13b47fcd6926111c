// A chat does not open any more, for good, because of one part of one message in it.
//
// A list that fails at the first part it cannot decode loses all the others too. Here such a part
// is shown verbatim and survives being stored again.

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "storage/sqlite/connection.h"
#include "support/store_fixture.h"

namespace millrace {
namespace {

class BadPart : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    OpenSession();
    for (const char* id : {"before", "bad", "after"}) {
      CreateMessage(id);
      Append(id, std::string("text of ") + id);
      ASSERT_TRUE(Write(id, Finish{}).ok());
    }
  }
  // What another program wrote into the file while no store was open.
  void Put(std::string_view parts) {
    feed_.reset();
    store_.reset();
    {
      auto connection = Connection::Open(files_.Open());
      ASSERT_TRUE(connection.ok());
      const Status status = (*connection)
                                ->Prepare("UPDATE messages SET parts = ? WHERE id = 'bad'")
                                .Bind(parts)
                                .Run();
      ASSERT_TRUE(status.ok()) << status.message();
    }
    OpenStore({});
  }
  std::string StoredParts() {
    feed_.reset();
    store_.reset();
    std::string parts;
    {
      auto connection = Connection::Open(files_.Open());
      Query query = (*connection)->Prepare("SELECT parts FROM messages WHERE id = 'bad'");
      EXPECT_TRUE(query.Next().ok());
      parts = query.String(0);
    }
    OpenStore({});
    return parts;
  }
  // The list has all three messages, and the sound ones are whole. Returns the parts of the bad
  // one.
  std::vector<Part> ListedParts() {
    const auto list = store_->messages().List(SessionId("s"));
    EXPECT_TRUE(list.ok()) << list.status().message();
    if (!list.ok() || list->size() != 3) return {};
    EXPECT_EQ(TextOf("before"), "text of before");
    EXPECT_EQ(TextOf("after"), "text of after");
    return (*list)[1].parts;
  }
};

TEST_F(BadPart, S2_AnUndecodableElementComesBackAsCustomVerbatim) {
  constexpr std::array<std::string_view, 6> kElements = {
      R"({"type":"text","data":{"text":7}})",
      R"({"type":"hologram","data":{"cube":[1,2,3]}})",
      R"({"type":"tool_call","data":"no object"})",
      R"({"type":"binary","data":{"Path":"p","MIMEType":"m","Data":"not base64!"}})",
      R"({"no":"type"})",
      R"([1,2,{"three":4}])"};
  for (const std::string_view element : kElements) {
    const std::string stored = R"([{"type":"text","data":{"text":"sound"}},)" +
                               std::string(element) + R"(,{"type":"finish","data":)" +
                               R"({"reason":"end_turn","time":1}}])";
    ASSERT_NO_FATAL_FAILURE(Put(stored));
    const std::vector<Part> parts = ListedParts();
    ASSERT_EQ(parts.size(), 3U) << element;
    EXPECT_TRUE(std::holds_alternative<CustomPart>(parts[1])) << element;
    EXPECT_EQ(std::get<TextPart>(parts[0]).text, "sound") << element;
    // A change of the message keeps the bad part exactly as it was.
    Message message = **store_->messages().Get(MessageId("bad"));
    message.is_summary = !message.is_summary;
    Outcome outcome;
    store_->messages().Update(message, outcome.AsDoneMessage());
    ASSERT_TRUE(outcome.called() && outcome.status.ok()) << outcome.status.message();
    EXPECT_NE(StoredParts().find(element), std::string::npos) << element << "\n" << StoredParts();
  }
}

TEST_F(BadPart, S2_EvenWhenNothingOfTheColumnIsReadable) {
  for (const std::string_view stored :
       {std::string_view("{\"an\":\"object\"}"), std::string_view("[{\"type\":\"te"),
        std::string_view(""), std::string_view("\xFF\xFE\x00\x01", 4)}) {
    ASSERT_NO_FATAL_FAILURE(Put(stored));
    const std::vector<Part> parts = ListedParts();
    ASSERT_EQ(parts.size(), 1U) << stored;
    EXPECT_TRUE(std::holds_alternative<CustomPart>(parts[0])) << stored;
  }
}

}  // namespace
}  // namespace millrace
