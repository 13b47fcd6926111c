// Pages of a search: together they are the whole answer with each message once, however early the
// limit or the time ends each page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "storage/search_fixture.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The index is searched in ranges of this many seqs.
constexpr std::int64_t kRange = 65'536;

class SearchPaging : public SearchFixture {
 protected:
  SqliteOptions Options() override {
    return {.clock = [this] { return now_ += ms_per_look_; }};
  }
  static SearchQuery For(const std::string& text, std::optional<std::size_t> limit = {}) {
    return {text, {}, limit, {}, {}};
  }
  // The ids of each page, up to the last one.
  std::vector<std::vector<std::string>> Pages(SearchQuery query) {
    std::vector<std::vector<std::string>> pages;
    for (;;) {
      const SearchPage page = Page(query);
      pages.push_back(Ids(page));
      if (!page.next) return pages;
      EXPECT_NE(page.next, query.from) << "a page that got nowhere";
      if (page.next == query.from) return pages;
      query.from = page.next;
    }
  }

  TimeMs now_ = 0;
  DurationMs ms_per_look_ = 0;  // the time between two looks at the clock
};

TEST_F(SearchPaging, FindsTheNewestFirstInAllRanges) {
  Store(1, "a wheel");
  Store(kRange - 1, "a wheel");
  Store(kRange, "a wheel");
  Store(100 * kRange + 7, "a wheel");
  EXPECT_THAT(Pages(For("wheel")), ElementsAre(ElementsAre("m6553607", "m65536", "m65535", "m1")));
  EXPECT_THAT(Pages(For("a wheel")),
              ElementsAre(ElementsAre("m6553607", "m65536", "m65535", "m1")));
  EXPECT_THAT(Pages(For("wheel-a")), ElementsAre(IsEmpty()));
}

TEST_F(SearchPaging, AFullPageSaysWhereTheNextOneBegins) {
  for (std::int64_t seq = 1; seq <= 5; ++seq) Store(seq, "word");
  SearchQuery query = For("word", 2);
  const SearchPage first = Page(query);
  EXPECT_THAT(Ids(first), ElementsAre("m5", "m4"));
  ASSERT_TRUE(first.next.has_value());
  // Later messages and deletions do not move it.
  Store(6, "word");
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{MessageId("m4")}}).ok());
  query.from = first.next;
  const SearchPage second = Page(query);
  EXPECT_THAT(Ids(second), ElementsAre("m3", "m2"));
  query.from = second.next;
  const SearchPage last = Page(query);
  EXPECT_THAT(Ids(last), ElementsAre("m1"));
  EXPECT_FALSE(last.next.has_value());
  query.from = first.next;
  query.session_id = SessionId("t");
  EXPECT_THAT(Ids(Page(query)), IsEmpty());
}

TEST_F(SearchPaging, OneSessionInPages) {
  for (std::int64_t seq = 1; seq <= 9; ++seq) {
    Store(seq * 30'000, "one two", seq % 3 == 0 ? "t" : "s");
  }
  SearchQuery query = For("one-two", 2);
  query.session_id = SessionId("t");
  EXPECT_THAT(Pages(query), ElementsAre(ElementsAre("m270000", "m180000"), ElementsAre("m90000")));
}

TEST_F(SearchPaging, TimeUpBetweenRangesEndsThePage) {
  for (std::int64_t i = 9; i >= 1; --i) Store(i * kRange, i == 1 ? "one two" : "two one");
  ms_per_look_ = 8;
  const auto pages = Pages(For("one-two"));
  EXPECT_GT(pages.size(), 2U);
  EXPECT_LT(pages.size(), 9U) << "as many ranges in each as there is time for";
  EXPECT_THAT(pages.back(), ElementsAre("m65536"));
  for (std::size_t i = 0; i + 1 < pages.size(); ++i) EXPECT_THAT(pages[i], IsEmpty());
  ms_per_look_ = 1000;
  EXPECT_EQ(Pages(For("one-two")).size(), 10U) << "a range at least in each; the end after a find";
  ms_per_look_ = 0;
  EXPECT_EQ(Pages(For("one-two")).size(), 1U);
}

// Quick ranges so far do not promise a quick one, but a slow range means that more are slow.
TEST_F(SearchPaging, APageEndsBeforeARangeThatWouldTakeTooLong) {
  for (std::int64_t i = 9; i >= 1; --i) Store(i * kRange, "a");
  ms_per_look_ = 10;
  const TimeMs before = now_;
  const SearchPage page = Page(For("nowhere"));
  ASSERT_TRUE(page.next.has_value());
  EXPECT_EQ(page.next->before, 9 * kRange) << "one range; a second one would end too late";
  EXPECT_LE(now_ - before, 40);
}

TEST_F(SearchPaging, TimeUpBetweenMessagesEndsThePage) {
  for (std::int64_t seq = 1; seq <= 6; ++seq) Store(seq, "word");
  SearchQuery query = For("word");
  ms_per_look_ = 1000;
  EXPECT_THAT(Pages(query),
              ElementsAre(ElementsAre("m6"), ElementsAre("m5"), ElementsAre("m4"),
                          ElementsAre("m3"), ElementsAre("m2"), ElementsAre("m1"), IsEmpty()));
  query.wanted = [](const Message& message) { return message.seq == 1; };
  EXPECT_EQ(Pages(query).size(), 7U) << "what is looked at without a hit takes time as well";
}

TEST_F(SearchPaging, ALongerBeginningGoesOnWhereThePageEnded) {
  StorageBatch batch;
  const auto store = [&](std::int64_t seq, const std::string& text) {
    batch.push_back(Put(Finished(MakeMessage(seq, text))));
  };
  store(1, "an interlude");
  store(2, "pre-intermission");
  store(3, "an interim");
  for (std::int64_t seq = 4; seq < 1000; ++seq) store(seq, "all intact");
  store(70'000, "an interval");
  ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());
  EXPECT_THAT(Pages(For("inter", 1)), ElementsAre(ElementsAre("m70000"), ElementsAre("m3"),
                                                  ElementsAre("m2"), ElementsAre("m1"), IsEmpty()));
  const SearchPage second = Page({"inter", {}, 1, {}, SearchPosition{4, true}});
  EXPECT_THAT(Ids(second), ElementsAre("m3"));
  EXPECT_EQ(second.next, (SearchPosition{3, true})) << "not read without a hit once more";
  const SearchPage first = Page({"inter", {}, 1, {}, SearchPosition{70'000, false}});
  EXPECT_EQ(first.next, (SearchPosition{3, true})) << "not read without a hit to the end";
}

TEST_F(SearchPaging, APositionOfNobodyFindsWhatIsOlder) {
  Store(1, "word");
  for (const std::int64_t before :
       {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}}) {
    for (const bool longer : {false, true}) {
      const SearchPage page = Page({"word", {}, {}, {}, SearchPosition{before, longer}});
      EXPECT_THAT(page.hits, IsEmpty()) << before;
      EXPECT_FALSE(page.next.has_value()) << before;
    }
  }
  EXPECT_THAT(Ids(Page({"word", {}, {}, {}, SearchPosition{INT64_MAX, true}})), ElementsAre("m1"));
}

TEST_F(SearchPaging, AnEmptyStoreHasOneEmptyPage) {
  EXPECT_THAT(Pages(For("word")), ElementsAre(IsEmpty()));
  Store(1, "word");
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{MessageId("m1")}}).ok());
  EXPECT_THAT(Pages(For("word")), ElementsAre(IsEmpty()));
}

// The words that the index adds begin with a character of the private use area.
TEST_F(SearchPaging, NoTextIsTakenForAMark) {
  const std::string sign = "\xEE\x80\x80";
  Store(1, "plain");
  Store(2, "in front " + sign + "s73 behind", "t");
  Store(3, "s73 r", "t");
  SearchQuery query = For("plain");
  query.session_id = SessionId("s");
  EXPECT_THAT(Ids(Page(query)), ElementsAre("m1"));
  EXPECT_THAT(Ids(Page(For(sign + "s73"))), ElementsAre("m3", "m2")) << "a blank, in both";
  EXPECT_THAT(Ids(Page(For("front" + sign + "s73 behind"))), ElementsAre("m2"));
  EXPECT_THAT(Ids(Page(For(sign + "r"))), ElementsAre("m3"));
  EXPECT_THAT(Ids(Page(For(sign))), IsEmpty());
  query = For("front");
  query.session_id = SessionId("s");
  EXPECT_THAT(Ids(Page(query)), IsEmpty()) << "the text of another session names this one";
}

// Compares with a search that looks at every message.
class SearchOracle : public SearchPaging {
 protected:
  static constexpr const char* kWords[] = {
      "mill", "millrace", "mil",      "miller", "inter", "interval",    "intact",
      "odd",  "even",     "odd-even", "wheel",  "a",     "\xE4\xBA\xAC"};

  std::string Words(std::size_t most) {
    std::string text;
    for (std::size_t i = std::uniform_int_distribution<std::size_t>(1, most)(random_); i > 0; --i) {
      text.append(
          kWords[std::uniform_int_distribution<std::size_t>(0, std::size(kWords) - 1)(random_)]);
      if (i > 1) text += ' ';
    }
    return text;
  }
  // Splits our own words at blanks and hyphens.
  static std::vector<std::string> Split(std::string text) {
    std::replace(text.begin(), text.end(), '-', ' ');
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
  }
  static bool Follows(const std::vector<std::string>& words, const std::vector<std::string>& phrase,
                      bool open_end) {
    for (std::size_t at = 0; at + phrase.size() <= words.size(); ++at) {
      bool all = true;
      for (std::size_t i = 0; i < phrase.size(); ++i) {
        const bool begins = open_end && i + 1 == phrase.size();
        all = all && (begins ? words[at + i].starts_with(phrase[i]) : words[at + i] == phrase[i]);
      }
      if (all) return true;
    }
    return false;
  }
  static bool Matches(const std::string& text, const std::string& query) {
    const std::vector<std::string> words = Split(text);
    std::istringstream in(query);
    for (std::string each; in >> each;) {
      const std::vector<std::string> phrase = Split(each);
      const bool open_end = in.peek() == EOF && phrase.back().size() >= 3 && phrase.back()[0] > 0;
      if (!Follows(words, phrase, open_end)) return false;
    }
    return true;
  }
  std::vector<std::string> Expected(const SearchQuery& query) const {
    std::vector<std::string> ids;
    for (auto each = texts_.rbegin(); each != texts_.rend(); ++each) {
      if (query.session_id && query.session_id->value != SessionOf(each->first)) continue;
      if (Matches(each->second, query.text)) ids.push_back("m" + std::to_string(each->first));
    }
    return ids;
  }
  static std::string SessionOf(std::int64_t seq) { return seq % 2 == 0 ? "s" : "t"; }

  std::mt19937 random_{7};
  std::map<std::int64_t, std::string> texts_;
};

TEST_F(SearchOracle, PagesTogetherAreTheWholeAnswer) {
  std::int64_t seq = 0;
  StorageBatch batch;
  for (int i = 0; i < 600; ++i) {
    seq += std::uniform_int_distribution<std::int64_t>(1, 1000)(random_);
    const std::string& text = texts_[seq] = Words(4);
    batch.push_back(Put(Finished(MakeMessage(seq, text, SessionOf(seq)))));
  }
  ASSERT_GT(seq, 4 * kRange);
  ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());
  int several = 0;
  for (int i = 0; i < 150; ++i) {
    SearchQuery query = For(Words(3), std::uniform_int_distribution<std::size_t>(1, 80)(random_));
    if (i % 3 == 0) query.session_id = SessionId(i % 2 == 0 ? "s" : "t");
    ms_per_look_ = std::uniform_int_distribution<DurationMs>(0, 3)(random_);
    std::vector<std::string> found;
    const auto pages = Pages(query);
    for (const auto& page : pages) {
      EXPECT_LE(page.size(), *query.limit);
      found.insert(found.end(), page.begin(), page.end());
    }
    if (pages.size() > 1) ++several;
    ASSERT_EQ(found, Expected(query)) << query.text;
  }
  EXPECT_GT(several, 50);
}

}  // namespace
}  // namespace millrace
