// Search: a person finds what a person sees, as they type it, in stored text and only there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "millrace/base/utf8.h"
#include "storage/search/indexed_text.h"
#include "storage/search_fixture.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/word_breaker.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Search : public SearchFixture {
 protected:
  std::vector<SearchHit> Hits(const SearchQuery& query) { return Page(query).hits; }
  std::vector<std::string> Find(const std::string& text) {
    SearchQuery query;
    query.text = text;
    return Ids(Page(query));
  }
  // The snippet with its matches in brackets. Works for text of the basic plane.
  std::string Snippet(const std::string& text) {
    SearchQuery query;
    query.text = text;
    const std::vector<SearchHit> hits = Hits(query);
    if (hits.empty()) return "(nothing)";
    const std::string& snippet = hits[0].snippet;
    std::string out;
    std::size_t unit = 0;
    for (std::size_t at = 0; at <= snippet.size(); ++unit) {
      for (const SnippetMatch& match : hits[0].matches) {
        if (match.offset + match.length == unit) out += ']';
        if (match.offset == unit) out += '[';
      }
      if (at == snippet.size()) break;
      const std::size_t begin = at;
      NextCodePoint(snippet, at);
      out += snippet.substr(begin, at - begin);
    }
    return out;
  }
};

TEST_F(Search, FindsAllWordsInAnyOrderWithoutCaseAndDiacritics) {
  Store(1, "The cafe by the Mühlgraben");
  Store(2, "a CAFÉ elsewhere");
  EXPECT_THAT(Find("Café"), ElementsAre("m2", "m1"));
  EXPECT_THAT(Find("muhlgraben  CAFE"), ElementsAre("m1"));
  EXPECT_THAT(Find("cafe nowhere"), IsEmpty());
}

// Composed and decomposed, with and without marks, in upper and lower case: all are one word.
TEST_F(Search, CaseAndDiacriticsDoNotCountInOtherScriptsEither) {
  const std::vector<std::vector<std::string>> words = {
      {"κόσμος", "κοσμος", "ΚΟΣΜΟΣ", "ΚΌΣΜΟΣ", "κο\u0301σμοσ"},
      {"ἄνθρωπος", "ανθρωπος", "ΑΝΘΡΩΠΟΣ", "α\u0313\u0301νθρωπος", "ἄνϑρωποϲ"},
      {"ῥήτωρ", "ρητωρ", "ΡΗΤΩΡ"},
      {"ещё", "еще", "ЕЩЁ", "еще\u0308"},
      {"Йод", "иод", "й\u0306од", "и\u0306од"},
      {"Їжак", "іжак", "і\u0308жак"},
      {"مُحَمَّد", "محمد", "محـمد"},
      {"أحمد", "احمد", "ا\u0654حمد", "ٱحمد"},
      {"שָׁלוֹם", "שלום", "ש\u05C1\u05B8לו\u05B9ם", "\uFB2Aָלום"},
      {"Mühle", "MUHLE", "mu\u0308hle"},
  };
  std::int64_t seq = 0;
  for (const auto& forms : words) {
    for (const std::string& form : forms) Store(++seq, "before " + form + " after");
  }
  std::int64_t first = 1;
  for (const auto& forms : words) {
    std::vector<std::string> all;
    for (auto n = static_cast<std::int64_t>(forms.size()); n-- > 0;) {
      all.push_back("m" + std::to_string(first + n));
    }
    for (const std::string& form : forms) EXPECT_EQ(Find(form), all) << form;
    first += static_cast<std::int64_t>(forms.size());
  }
}

TEST_F(Search, SnippetsMarkFoldedWordsAsTheyStandInTheText) {
  Store(1, "ο κο\u0301σμος, ο ΚΟΣΜΟΣ");
  EXPECT_EQ(Snippet("κόσμος"), "ο [κο\u0301σμος], ο [ΚΟΣΜΟΣ]");
  Store(2, "قال مُحَمَّد شيئا");
  EXPECT_EQ(Snippet("محمد"), "قال [مُحَمَّد] شيئا");
  Store(3, "東京 ёж 東");
  EXPECT_EQ(Snippet("еж"), "東京 [ёж] 東");
}

// A long text is folded piece by piece; words and positions are those of the whole text.
TEST_F(Search, PositionsHoldBehindManyFoldedLetters) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "ёлка ";
  const std::string solid(1'100'000, 'x');
  Store(1, text + "κόσμος " + solid + "ё мир");
  EXPECT_EQ(Snippet("космос мир"), "(nothing)");
  EXPECT_THAT(Find("кόσμος мир"), IsEmpty());
  EXPECT_THAT(Find("κοσμος мир"), ElementsAre("m1"));
  EXPECT_THAT(Snippet("κοσμος"), HasSubstr("ёлка [κόσμος] xxx"));
}

TEST_F(Search, TheLastWordMayGoOnUnlessABlankFollowsIt) {
  Store(1, "a mill");
  Store(2, "a millrace");
  Store(3, "a windmill");
  Store(4, "mi is a note");
  EXPECT_THAT(Find("mill"), ElementsAre("m2", "m1"));
  EXPECT_THAT(Find("mill "), ElementsAre("m1"));
  EXPECT_THAT(Find("mill\u3000"), ElementsAre("m1")) << "the wide space is a blank";
  EXPECT_THAT(Find("mill."), ElementsAre("m2", "m1"));
  EXPECT_THAT(Find("millr"), ElementsAre("m2"));
  EXPECT_THAT(Find("mill a"), ElementsAre("m1"));
  EXPECT_THAT(Find("mi"), ElementsAre("m4")) << "two letters are a word";
}

TEST_F(Search, ABeginningBehindVeryManyOthersOfItsThreeLetters) {
  StorageBatch batch;
  const auto store = [&](std::int64_t seq, const std::string& text) {
    batch.push_back(Put(Finished(MakeMessage(seq, text, seq % 2 == 0 ? "s" : "t"))));
  };
  std::int64_t seq = 0;
  store(++seq, "an interlude");
  store(++seq, "pre-intermission");
  while (seq < 1000) store(++seq, "all intact");
  store(++seq, "an interval");
  store(++seq, "all intact, pre-interval");
  ASSERT_TRUE(Commit(*storage_, std::move(batch)).ok());
  EXPECT_THAT(Find("inter"), ElementsAre("m1002", "m1001", "m2", "m1"));
  EXPECT_THAT(Find("an inter"), ElementsAre("m1001", "m1"));
  EXPECT_THAT(Find("pre-inter"), ElementsAre("m1002", "m2"));
  EXPECT_THAT(Find("interv"), ElementsAre("m1002", "m1001"));
  EXPECT_THAT(Find("interval"), ElementsAre("m1002", "m1001"));
  EXPECT_THAT(Find("intel"), IsEmpty());
  SearchQuery query{"inter", SessionId("s"), 1, {}, {}};
  EXPECT_THAT(Ids(Page(query)), ElementsAre("m1002"));
  query.wanted = [](const Message& message) { return message.seq < 1000; };
  EXPECT_THAT(Ids(Page(query)), ElementsAre("m2"));
}

TEST_F(Search, FindsWordsOfScriptsWithoutSpaces) {
  Store(1, "私は東京へ行きます。ラーメンを食べる");
  Store(2, "我们在北京学习Python入门");
  Store(3, "오늘 한국어를 배웠다");
  Store(4, "ฉันรักภาษาไทยมาก");
  EXPECT_THAT(Find("東京"), ElementsAre("m1"));
  EXPECT_THAT(Find("京"), ElementsAre("m2", "m1"));
  EXPECT_THAT(Find("京東"), IsEmpty()) << "a word is its characters in their order";
  EXPECT_THAT(Find("ラーメン"), ElementsAre("m1"));
  EXPECT_THAT(Find("学习"), ElementsAre("m2"));
  EXPECT_THAT(Find("python入门"), ElementsAre("m2"));
  EXPECT_THAT(Find("한국"), ElementsAre("m3"));
  EXPECT_THAT(Find("ภาษาไทย"), ElementsAre("m4"));
  EXPECT_THAT(Find("東京\u3000食べる"), ElementsAre("m1")) << "the wide space parts words";
  EXPECT_EQ(Snippet("東京"), "私は[東京]へ行きます。ラーメンを食べる");
}

TEST_F(Search, WhatIsTypedIsNeverAnError) {
  Store(1, "quoted \"text\" AND more, C++ (NEAR) foo-bar *");
  const std::string nul("text\0more", 9);
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("\""), std::string("\"\""), std::string("*"),
        std::string("("), std::string("^"), std::string("-"), std::string("+++"), std::string("'"),
        std::string("\xff\xfe"), std::string("\xe6\x9d"), std::string(1 << 20, '"'),
        std::string(1, '\0')}) {
    EXPECT_THAT(Find(text), IsEmpty()) << text.substr(0, 20);
  }
  for (const std::string& text :
       {std::string("\"text"), std::string("text\""), std::string("AND"), std::string("near"),
        std::string("(NEAR)"), std::string("more* foo"), std::string("c++"), nul,
        std::string("{text}")}) {
    EXPECT_THAT(Find(text), ElementsAre("m1")) << text;
  }
  for (const char* text : {"text OR", "text NOT more", "text:quoted", "NEAR(text more)"}) {
    EXPECT_THAT(Find(text), IsEmpty()) << text << ": words as any other";
  }
  EXPECT_THAT(Find("foo-bar"), ElementsAre("m1"));
  EXPECT_THAT(Find("\"text\" AND"), ElementsAre("m1"));
  EXPECT_THAT(Find("near c++"), ElementsAre("m1"));
  std::string long_text;
  while (long_text.size() < (1U << 20)) long_text += "text ";
  EXPECT_THAT(Find(long_text), ElementsAre("m1")) << "what is too much is left out";
  EXPECT_TRUE(storage_->committed().Search({std::string(1 << 20, 'x'), {}, {}, {}, {}}).ok());
  std::string characters;
  while (characters.size() < (1U << 20)) characters += "東";
  EXPECT_THAT(Find(characters), IsEmpty());
}

TEST_F(Search, OneSessionAndALimit) {
  for (std::int64_t seq = 1; seq <= 9; ++seq) Store(seq, "word", seq % 3 == 0 ? "t" : "s");
  SearchQuery query;
  query.text = "word";
  query.limit = 2;
  EXPECT_THAT(Ids(Page(query)), ElementsAre("m9", "m8"));
  query.session_id = SessionId("t");
  EXPECT_THAT(Ids(Page(query)), ElementsAre("m9", "m6"));
  EXPECT_EQ(Hits(query)[0].session_id.value, "t");
  query.limit = 0;
  EXPECT_THAT(Hits(query), IsEmpty());
  query.limit.reset();
  query.session_id = SessionId("\" OR text : \"");
  EXPECT_THAT(Hits(query), IsEmpty());
  query.session_id.reset();
  query.wanted = [](const Message& message) { return message.seq < 3; };
  EXPECT_THAT(Ids(Page(query)), ElementsAre("m2", "m1"));
  EXPECT_THAT(Find("73"), IsEmpty()) << "the session is no text: 73 is the s in its word";
}

TEST_F(Search, AnUnfinishedMessageIsFoundOnceItIsFolded) {
  Message message = MakeMessage(1, "");
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  ASSERT_TRUE(Commit(*storage_, {Grow(message, "about turbines")}).ok());
  EXPECT_THAT(Find("turbines"), IsEmpty());
  ASSERT_TRUE(Commit(*storage_, {Put(Finished(message))}).ok());
  EXPECT_THAT(Find("turbines"), ElementsAre("m1"));
}

TEST_F(Search, AChangedTextIsFoundAsItIsNow) {
  Store(1, "before");
  Store(1, "after");
  EXPECT_THAT(Find("before"), IsEmpty());
  EXPECT_THAT(Find("after"), ElementsAre("m1"));
}

TEST_F(Search, C7_WhatWasDeletedIsNotFound) {
  Store(1, "word");
  Store(2, "word", "t");
  Store(3, "word", "t");
  Store(4, "word");
  ASSERT_TRUE(Commit(*storage_, {DeleteMessage{MessageId("m1")}}).ok());
  EXPECT_THAT(Find("word"), ElementsAre("m4", "m3", "m2"));
  ASSERT_TRUE(Commit(*storage_, {DeleteSession{SessionId("t")}}).ok());
  EXPECT_THAT(Find("word"), ElementsAre("m4"));
  ASSERT_TRUE(Commit(*storage_, {DeleteSessionMessages{SessionId("s")}}).ok());
  EXPECT_THAT(Find("word"), IsEmpty());
  storage_.reset();
  auto connection = Connection::Open(disk_.Files());
  EXPECT_EQ(*(*connection)->ReadInt("SELECT count(*) FROM message_search_docsize"), 0);
}

TEST_F(Search, ACommitThatFailsLeavesTheIndexAsItWas) {
  Store(1, "kept");
  EXPECT_FALSE(
      Commit(*storage_, {DeleteMessage{MessageId("m1")}, Put(Finished(MakeMessage(2, "lost"))),
                         Put(Finished(MakeMessage(3, "lost", "nowhere")))})
          .ok());
  EXPECT_THAT(Find("kept"), ElementsAre("m1"));
  EXPECT_THAT(Find("lost"), IsEmpty());
  Store(2, "new");
  EXPECT_THAT(Find("new"), ElementsAre("m2"));
}

TEST_F(Search, OnlyTextThatIsSeen) {
  Message message = Finished(MakeMessage(1, "seen"));
  message.parts.emplace_back(ReasoningPart{"thought", "", {}, {}, ""});
  message.parts.emplace_back(ToolCallPart{"call", "toolname", "input", true, false, ""});
  message.parts.emplace_back(ToolResultPart{"call", "toolname", "output", "", "", "", false, ""});
  message.parts.emplace_back(TextPart{"declined", true, ""});
  ASSERT_TRUE(Commit(*storage_, {Put(message)}).ok());
  for (const char* hidden : {"thought", "toolname", "input", "output"}) {
    EXPECT_THAT(Find(hidden), IsEmpty());
  }
  EXPECT_THAT(Find("seen declined"), ElementsAre("m1"));
}

TEST_F(Search, SnippetShowsTheFirstMatchOnOneLine) {
  Store(1, "first line\nthe Wheel turns,\tand the wheels too");
  EXPECT_EQ(Snippet("wheel"), "first line the [Wheel] turns, and the [wheels] too");
  EXPECT_EQ(Snippet("turns wheel"), "first line the [Wheel] [turns], and the [wheels] too");
  Store(2, std::string(5000, 'x') + " e-mail " + std::string(5000, 'y'));
  EXPECT_THAT(Snippet("e-mail"),
              testing::AllOf(HasSubstr("x [e-mail] y"), testing::StartsWith("…x"),
                             testing::EndsWith("y…")));
}

TEST_F(Search, SnippetIsCutAtCodePointsAndCountsUtf16) {
  std::string waves;
  for (int i = 0; i < 300; ++i) waves += "\U0001F30A";
  Store(1, waves + " needle " + waves);
  SearchQuery query;
  query.text = "needle";
  const SearchHit hit = Hits(query).at(0);
  EXPECT_TRUE(IsValidUtf8(hit.snippet));
  EXPECT_LT(hit.snippet.size(), 700U);
  // The ellipsis, 39 waves of two units each, a space.
  EXPECT_THAT(hit.matches, ElementsAre(SnippetMatch{1 + 39 * 2 + 1, 6}));
}

TEST_F(Search, AMatchFarBehindIsFoundButMaybeNotShown) {
  Store(1, std::string(3 << 20, 'x') + " far");
  SearchQuery query;
  query.text = "far";
  const SearchHit hit = Hits(query).at(0);
  EXPECT_THAT(hit.matches, IsEmpty());
  EXPECT_THAT(hit.snippet, testing::StartsWith("xxx"));
}

// The end of a piece that FTS5's tokenizer reads is not the end of the text.
TEST_F(Search, ReadingWordsStopsWhenTold) {
  auto connection = Connection::Open(MakeMemoryFiles());
  WordBreaker words;
  ASSERT_TRUE(words.Open(**connection).ok());
  std::vector<std::string> read;
  words.Read("one two 京都 three", [&](const Word& word) {
    read.push_back(word.folded);
    return read.size() < 2;
  });
  EXPECT_THAT(read, ElementsAre("one", "two"));
}

// A query is folded twice: by us, and by FTS5 when it reads it.
TEST_F(Search, FoldingAWordAgainChangesNothing) {
  auto connection = Connection::Open(MakeMemoryFiles());
  WordBreaker words;
  ASSERT_TRUE(words.Open(**connection).ok());
  const auto fold = [&](const std::string& text) {
    std::string folded;
    words.Read(text, [&](const Word& word) {
      folded += word.folded;
      return true;
    });
    return folded;
  };
  for (unsigned c = 0x20; c < 0x30000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    } else if (c < 0x10000) {
      text = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      text = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
              static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
    }
    const std::string folded = fold(text);
    ASSERT_EQ(fold(folded), folded) << c;
  }
  EXPECT_NE(fold("\U00020BB7"), "") << "ideographs outside of the basic plane are words";
}

TEST_F(Search, PlansUseTheIndexes) {
  if (!kSqliteExplains) GTEST_SKIP() << "SQLITE_OMIT_EXPLAIN";
  storage_.reset();
  auto connection = Connection::Open(disk_.Files());
  const auto plan = [&](const std::string& sql) { return QueryPlan(**connection, sql); };
  const std::string match =
      plan("SELECT rowid FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC");
  EXPECT_THAT(match, HasSubstr("VIRTUAL TABLE"));
  EXPECT_THAT(match, testing::Not(HasSubstr("TEMP B-TREE"))) << "the newest come at once";
  for (const char* sql : {"SELECT parts FROM messages WHERE seq > ? ORDER BY seq LIMIT ?",
                          "SELECT parts FROM messages WHERE seq = ?"}) {
    EXPECT_THAT(plan(sql), testing::AllOf(HasSubstr("INTEGER PRIMARY KEY"),
                                          testing::Not(HasSubstr("TEMP B-TREE"))));
  }
  EXPECT_THAT(plan("SELECT 1 FROM messages WHERE id = ?"), HasSubstr("COVERING INDEX"));
  EXPECT_THAT(plan("SELECT 1 FROM sessions WHERE id = ?"), HasSubstr("COVERING INDEX"));
}

}  // namespace
}  // namespace millrace
