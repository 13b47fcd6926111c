// I5: a reply that is read over several connections.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/apply.h"
#include "millrace/model/codec.h"
#include "millrace/streams/resumable_reader.h"
#include "streams/corpus.h"
#include "streams/reply.h"

namespace millrace {
namespace {

// A message, and the reader of the stream that writes it: in one tab, or again after a crash.
class Stream {
 public:
  explicit Stream(StreamFormat format) : format_(format) { Open(""); }

  void Push(std::string_view bytes) {
    if (reader_->done()) return;
    std::vector<Mutation> out;
    reader_->Push(bytes, out);
    Apply(std::move(out));
    StoreFiles();
  }
  void End() {
    std::vector<Mutation> out;
    if (!reader_->done()) reader_->Finish(out);
    Apply(std::move(out));
    StoreFiles();
  }
  void Cut() { reader_->Reconnect(message_.parts); }
  // The store is opened again: the message was finished as interrupted, and is gone on with.
  void Crash() {
    if (message_.finished()) return;
    const std::string point = reader_->Point(/*for_later=*/true);
    Do(Finish{FinishReason::kInterrupted, "", ""});
    Do(Resume{});
    Open(point);
  }

  ResumableReader& reader() { return *reader_; }
  const Message& message() const { return message_; }
  Message& changing() { return message_; }

 private:
  void Open(std::string_view point) {
    reader_ = std::make_unique<ResumableReader>(format_, message_.parts, point);
  }
  void StoreFiles() {
    while (reader_->file() != nullptr) {
      std::vector<Mutation> out;
      reader_->FileStored("blob" + std::to_string(reader_->file()->bytes.size()), out);
      Apply(std::move(out));
    }
  }
  void Apply(std::vector<Mutation> mutations) {
    for (Mutation& mutation : mutations) Do(std::move(mutation));
  }
  void Do(Mutation mutation) {
    Patch patch;
    const Result<Effect> effect =
        millrace::Apply(std::move(mutation), /*now=*/1000, message_, patch);
    EXPECT_TRUE(effect.ok()) << effect.status().message();
    message_.version = 0;
  }

  StreamFormat format_;
  Message message_;
  std::unique_ptr<ResumableReader> reader_;
};

Message Whole(const RecordedStream& recorded) {
  Stream stream(recorded.format);
  stream.Push(recorded.bytes);
  stream.End();
  return stream.message();
}

// Points at which to cut: every byte of what is short, fewer of what is long.
std::vector<std::size_t> Cuts(std::size_t size) {
  const std::size_t step = std::max<std::size_t>(1, size / 400) | 1;
  std::vector<std::size_t> cuts;
  for (std::size_t at = 0; at <= size; at += step) cuts.push_back(at);
  return cuts;
}

// Every other time, so that each way to be cut has its share. web/test/resume.test.mjs does both at
// every byte.
bool Crashes(std::size_t cut) { return cut % 2 == 1; }

class Resumed : public testing::TestWithParam<RecordedStream> {};

TEST_P(Resumed, I5_ReplayFromTheStart) {
  const std::string& bytes = GetParam().bytes;
  const Message whole = Whole(GetParam());
  for (const std::size_t cut : Cuts(bytes.size())) {
    const bool crash = Crashes(cut);
    Stream stream(GetParam().format);
    stream.Push(bytes.substr(0, cut));
    if (stream.message().finished()) continue;
    crash ? stream.Crash() : stream.Cut();
    stream.Push(bytes.substr(0, cut / 2));
    stream.Push(bytes.substr(cut / 2));
    stream.End();
    ASSERT_EQ(EncodeParts(stream.message().parts), EncodeParts(whole.parts))
        << "cut at " << cut << ", crash " << crash;
  }
}

// The same bytes, each event with an id.
std::string WithIds(const std::string& bytes) {
  std::string out;
  std::size_t id = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = bytes.find("\n\n", at);
    end = end == std::string::npos ? bytes.size() : end + 2;
    out += "id: e" + std::to_string(id++) + "\n" + bytes.substr(at, end - at);
    at = end;
  }
  return out;
}

bool HasEvents(const RecordedStream& recorded) {
  return recorded.bytes.find("\n\n") != std::string::npos &&
         recorded.bytes.find('\r') == std::string::npos && recorded.format != StreamFormat::kText &&
         recorded.format != StreamFormat::kNdjson;
}

TEST_P(Resumed, I5_LastEventId) {
  if (!HasEvents(GetParam())) GTEST_SKIP() << "no server-sent events";
  const std::string bytes = WithIds(GetParam().bytes);
  const Message whole = Whole(GetParam());
  for (const std::size_t cut : Cuts(bytes.size())) {
    const bool crash = Crashes(cut);
    Stream stream(GetParam().format);
    stream.Push(bytes.substr(0, cut));
    if (stream.message().finished()) continue;
    const std::string point = stream.reader().Point(crash);
    crash ? stream.Crash() : stream.Cut();
    // The server sends what comes after that event.
    const std::size_t at = point.find("\"lastEventId\":\"");
    std::size_t from = 0;
    if (at != std::string::npos) {
      const std::string id = point.substr(at + 15, point.find('"', at + 15) - at - 15);
      from = bytes.find("\n\n", bytes.find("id: " + id + "\n"));
      from = from == std::string::npos ? bytes.size() : from + 2;
    }
    stream.Push(bytes.substr(from));
    stream.End();
    ASSERT_EQ(EncodeParts(stream.message().parts), EncodeParts(whole.parts))
        << "cut at " << cut << ", crash " << crash << ", " << point;
  }
}

std::string Control(std::size_t offset, bool closed) {
  return "event: control\ndata: {\"streamNextOffset\":\"" + std::to_string(offset) + "\"" +
         (closed ? ",\"streamClosed\":true}\n\n" : "}\n\n");
}

std::string Data(std::string_view content) {
  std::string out = "event: data\n";
  for (std::size_t at = 0; at <= content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    out.append("data: ").append(content.substr(at, end - at)).append("\n");
    at = end + 1;
  }
  return out + "\n";
}

// A durable stream whose messages are 50 bytes long, as server-sent events from an offset on.
std::string Framed(std::string_view content, std::size_t offset) {
  std::string out;
  for (std::size_t at = offset; at < content.size(); at += 50) {
    out += Data(content.substr(at, 50));
    const std::size_t next = std::min(at + 50, content.size());
    out += Control(next, next == content.size());
  }
  return out.empty() ? Control(offset, true) : out;
}

std::size_t OffsetIn(const std::string& point) {
  const std::size_t at = point.find("\"offset\":\"");
  return at == std::string::npos ? 0 : std::stoul(point.substr(at + 10));
}

TEST_P(Resumed, I5_DurableStreamAsEvents) {
  if (GetParam().bytes.find('\r') != std::string::npos) GTEST_SKIP() << "lines end in another way";
  const std::string body = Framed(GetParam().bytes, 0);
  const Message whole = Whole(GetParam());
  for (const std::size_t cut : Cuts(body.size())) {
    const bool crash = Crashes(cut);
    Stream stream(GetParam().format);
    stream.Push(body.substr(0, cut));
    if (stream.message().finished()) continue;
    const std::string point = stream.reader().Point(crash);
    crash ? stream.Crash() : stream.Cut();
    const std::string rest = Framed(GetParam().bytes, OffsetIn(point));
    stream.Push(rest.substr(0, rest.size() / 3));
    stream.Push(rest.substr(rest.size() / 3));
    EXPECT_FALSE(stream.reader().EndOfBody());
    stream.End();
    ASSERT_EQ(EncodeParts(stream.message().parts), EncodeParts(whole.parts))
        << "cut at " << cut << ", crash " << crash << ", " << point;
  }
}

// Bodies of 100 bytes, as of a long poll; the one in the middle is cut.
TEST_P(Resumed, I5_DurableStreamByLongPoll) {
  const std::string& content = GetParam().bytes;
  const Message whole = Whole(GetParam());
  for (const std::size_t cut : Cuts(content.size())) {
    const bool crash = Crashes(cut);
    Stream stream(GetParam().format);
    bool is_cut = false;
    for (std::size_t at = 0; !stream.reader().done();) {
      const std::size_t next = std::min(at + 100, content.size());
      stream.reader().EndsAtOffset(std::to_string(next), next == content.size());
      if (!is_cut && next >= cut) {
        is_cut = true;
        stream.Push(content.substr(at, cut - at));
        const std::string point = stream.reader().Point(crash);
        crash ? stream.Crash() : stream.Cut();
        at = OffsetIn(point);
        continue;
      }
      stream.Push(content.substr(at, next - at));
      if (!stream.reader().EndOfBody()) break;
      at = next;
    }
    stream.End();
    ASSERT_EQ(EncodeParts(stream.message().parts), EncodeParts(whole.parts))
        << "cut at " << cut << ", crash " << crash;
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, Resumed, testing::ValuesIn(Corpus()), NameOfStream);

// ---- OpenAI Responses, by number

std::string Numbered(std::size_t number, std::string_view rest) {
  return "data: {" + std::string(rest) + ",\"sequence_number\":" + std::to_string(number) + "}\n\n";
}

std::vector<std::string> NumberedEvents() {
  std::vector<std::string> events;
  const auto add = [&](std::string_view rest) { events.push_back(Numbered(events.size(), rest)); };
  add(R"("type":"response.created","response":{"id":"resp_1","status":"in_progress"})");
  add(R"("type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]})");
  for (const char* word : {"I ", "think ", "so"}) {
    add(R"("type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":")" +
        std::string(word) + '"');
  }
  add(R"("type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","encrypted_content":"abc","summary":[{"type":"summary_text","text":"I think so"}]})");
  add(R"("type":"response.output_item.added","output_index":1,"item":{"type":"message","id":"msg_1","role":"assistant","content":[]})");
  for (const char* word : {"the ", "the ", "the ", "end \\ud83d", "\\ude00"}) {
    add(R"("type":"response.output_text.delta","item_id":"msg_1","output_index":1,"content_index":0,"delta":")" +
        std::string(word) + '"');
  }
  add(R"("type":"response.output_item.added","output_index":2,"item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":""})");
  for (const char* piece : {"{\\\"a\\\"", ":", "1}"}) {
    add(R"("type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":2,"delta":")" +
        std::string(piece) + '"');
  }
  add(R"("type":"response.function_call_arguments.done","item_id":"fc_1","output_index":2,"arguments":"{\"a\":1}")");
  add(R"("type":"response.completed","response":{"id":"resp_1","status":"completed","usage":{"input_tokens":3,"output_tokens":4}})");
  return events;
}

TEST(ResumedResponses, I5_StartingAfterTheLastNumber) {
  const std::vector<std::string> events = NumberedEvents();
  std::string bytes;
  for (const std::string& event : events) bytes += event;
  Stream whole(StreamFormat::kOpenAiResponses);
  whole.Push(bytes);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    for (const bool crash : {false, true}) {
      for (const std::size_t again : {0, 2}) {
        Stream stream(StreamFormat::kOpenAiResponses);
        stream.Push(bytes.substr(0, cut));
        if (stream.message().finished()) continue;
        const std::string point = stream.reader().Point(crash);
        crash ? stream.Crash() : stream.Cut();
        const std::size_t at = point.find("\"sequence\":");
        std::size_t from = at == std::string::npos ? 0 : std::stoul(point.substr(at + 11)) + 1;
        from -= std::min<std::size_t>(from, again);
        for (; from < events.size(); ++from) stream.Push(events[from]);
        stream.End();
        ASSERT_EQ(EncodeParts(stream.message().parts), EncodeParts(whole.message().parts))
            << "cut at " << cut << ", crash " << crash << ", again " << again << ", " << point;
      }
    }
  }
}

TEST(ResumedResponses, I5_AnotherResponseIsAnotherReply) {
  std::string bytes;
  for (const std::string& event : NumberedEvents()) bytes += event;
  Stream stream(StreamFormat::kOpenAiResponses);
  stream.Push(bytes.substr(0, bytes.find("call_1")));
  const std::size_t before = stream.message().parts.size();
  stream.Crash();
  std::string other = bytes;
  for (std::size_t at = 0; (at = other.find("the ", at)) != std::string::npos;)
    other.replace(at, 4, "An ");
  for (std::size_t at = 0; (at = other.find("resp_1", at)) != std::string::npos;)
    other[at + 5] = '2';
  stream.Push(other);
  stream.End();
  EXPECT_GT(stream.message().parts.size(), before + 2);
}

// ---- files

std::string FileEvent(char letter) {
  const std::string content(kFileBase64Bytes, letter);
  return "data: {\"type\":\"file\",\"mediaType\":\"image/png\",\"url\":\"data:image/png;base64," +
         content + "\"}\n\n";
}

// The last event has no blank line, so its file is found at the end of the body.
TEST(ResumedFiles, I5_AFileThatComesLastIsWaitedFor) {
  const std::string head = "data: {\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"See:\"}\n\n";
  std::string file = FileEvent('A');
  const std::string again = head + file.substr(0, file.size() - 2);
  for (const bool crash : {false, true}) {
    Stream stream(StreamFormat::kAiSdk);
    stream.Push(head + file);
    ASSERT_EQ(stream.message().parts.size(), 2U);
    crash ? stream.Crash() : stream.Cut();
    stream.Push(again);
    stream.End();
    ASSERT_TRUE(stream.reader().done());
    ASSERT_EQ(stream.message().parts.size(), 3U) << "and the finish";
    EXPECT_TRUE(std::holds_alternative<FilePart>(stream.message().parts[1]));
  }
}

// ---- what is no replay

TEST(ResumedText, I5_WhatIsNotRecognisedIsAppended) {
  for (const bool crash : {false, true}) {
    Stream stream(StreamFormat::kText);
    stream.Push("Hello, ");
    crash ? stream.Crash() : stream.Cut();
    stream.Push("Hell");
    EXPECT_EQ(std::get<TextPart>(stream.message().parts.at(0)).text, "Hello, ");
    stream.Push(" is other people");
    stream.End();
    EXPECT_EQ(std::get<TextPart>(stream.message().parts.at(0)).text, "Hello, Hell is other people");
  }
}

TEST(ResumedText, I5_AReplayThatEndsEarlyLosesNothing) {
  Stream stream(StreamFormat::kText);
  stream.Push("Hello, world");
  stream.Cut();
  stream.Push("Hello");
  stream.Cut();
  stream.Push("Hello, world, and so on");
  stream.End();
  EXPECT_EQ(std::get<TextPart>(stream.message().parts.at(0)).text, "Hello, world, and so on");
}

// A reply that was stopped is continued by another one in the same text, and that one is cut.
TEST(ResumedText, I5_AContinuationThatIsCutIsAppliedOnce) {
  for (const bool crash : {false, true}) {
    Stream stream(StreamFormat::kText);
    stream.Push("The mill");
    stream.Crash();
    stream.Push(" turns at");
    EXPECT_EQ(std::get<TextPart>(stream.message().parts.at(0)).text, "The mill turns at");
    crash ? stream.Crash() : stream.Cut();
    stream.Push(" turns at night");
    stream.End();
    ASSERT_EQ(stream.message().parts.size(), 2U) << "and the finish";
    EXPECT_EQ(std::get<TextPart>(stream.message().parts.at(0)).text, "The mill turns at night");
  }
}

TEST(ResumedText, I5_PartsFromBeforeTheReplyStay) {
  Stream stream(StreamFormat::kText);
  stream.Push("first");
  stream.End();
  stream.changing().parts.pop_back();
  stream.changing().finished_at.reset();
  ResumableReader second(StreamFormat::kText, stream.message().parts, "");
  std::vector<Mutation> out;
  second.Push("second", out);
  EXPECT_NE(second.Point(true).find("\"from\":0,\"kept\":5"), std::string::npos)
      << second.Point(true);
}

}  // namespace
}  // namespace millrace
