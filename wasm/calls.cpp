#include "calls.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "call_arguments.h"
#include "callback.h"

// To add a call, add two things. First a function that takes the core, the reply and its arguments,
// each with a type that call_arguments.h reads. Then a line in the table at the end.
namespace millrace::wasm {
namespace {

struct Core {
  Store& store;
  TimeMs now;

  SessionService& sessions() const { return store.sessions(); }
  MessageService& messages() const { return store.messages(); }
};

// Reports the outcome, at once or as a completion of the core.
struct Reply {
  val done;

  template <typename Outcome>
  void operator()(const Outcome& outcome) const {
    CallBack(done, outcome);
  }
};

TimeMs DeadlineAfter(TimeMs now, Timeout timeout) {
  // A time-out of more milliseconds than this is no deadline.
  constexpr double kForeverMs = 1e15;
  if (!(timeout.ms >= 0 && timeout.ms < kForeverMs)) return kNever;
  return now + static_cast<TimeMs>(std::ceil(timeout.ms));
}

// ---- sessions

void CreateSession(const Core& core, const Reply& reply, Session init) {
  core.sessions().Create(std::move(init), reply);
}
void GetSession(const Core& core, const Reply& reply, SessionId id) {
  reply(core.sessions().Get(id));
}
void ListSessions(const Core& core, const Reply& reply, SessionQuery query) {
  reply(core.sessions().List(query));
}
void UpdateSession(const Core& core, const Reply& reply, SessionId id, SessionChange change) {
  core.sessions().Update(id, std::move(change), reply);
}
void SwitchTo(const Core& core, const Reply& reply, SessionId id, MessageId message) {
  core.sessions().SwitchTo(id, message, reply);
}
void DeleteSession(const Core& core, const Reply& reply, SessionId id) {
  core.sessions().Delete(id, reply);
}

// ---- messages

void CreateMessage(const Core& core, const Reply& reply, SessionId session, Unread init,
                   WriterName writer, RunId run) {
  Result<NewMessage> message = ReadNewMessage(session, init.value);
  if (!message.ok()) return reply(message.status());
  core.messages().Create(*std::move(message), reply, {std::move(writer.name), run});
}
void OpenMessage(const Core& core, const Reply& reply, MessageId id, bool resume,
                 WriterName writer) {
  core.messages().Open(id, resume, reply, writer.name);
}
void BeginReply(const Core& core, const Reply& reply, ReplyStart start) {
  core.messages().BeginReply(std::move(start), reply);
}
void UpdateMessage(const Core& core, const Reply& reply, Message snapshot) {
  core.messages().Update(std::move(snapshot), reply);
}
void GetMessage(const Core& core, const Reply& reply, MessageId id, bool committed) {
  reply(core.messages().Get(id, {.committed = committed}));
}
void ResumePoint(const Core& core, const Reply& reply, MessageId id) {
  Result<std::optional<Message>> message = core.messages().Get(id);
  if (!message.ok()) return reply(message.status());
  std::optional<PointOf> point;
  if (*message && !(*message)->resume.empty()) point.emplace(PointOf{**std::move(message)});
  reply(Result<std::optional<PointOf>>(std::move(point)));
}
void ListMessages(const Core& core, const Reply& reply, SessionId session, ListOptions options) {
  reply(core.messages().List(session, options));
}
void ListUser(const Core& core, const Reply& reply, std::optional<SessionId> session,
              ListOptions options) {
  reply(core.messages().ListUser(std::move(session), options.limit));
}
void LastAssistant(const Core& core, const Reply& reply, SessionId session) {
  reply(core.messages().LastAssistant(session));
}
void CreateAll(const Core& core, const Reply& reply, SessionId session, Unread given) {
  Result<std::vector<NewMessage>> history = ReadHistory(session, given.value);
  if (!history.ok()) return reply(history.status());
  core.messages().CreateAll(*std::move(history), reply);
}
void SetMetadata(const Core& core, const Reply& reply, MessageId id, Unread patch) {
  Result<std::string> json = ReadMetadata(patch.value);
  if (!json.ok()) return reply(json.status());
  core.messages().SetMetadata(id, *std::move(json), reply);
}
void Branches(const Core& core, const Reply& reply, SessionId session) {
  reply(core.messages().Branches(session));
}
void Fork(const Core& core, const Reply& reply, MessageId id, Session init) {
  core.messages().Fork(id, std::move(init), reply);
}
void DeleteMessage(const Core& core, const Reply& reply, MessageId id, bool branch) {
  core.messages().Delete(id, reply, branch);
}
void DeleteAll(const Core& core, const Reply& reply, SessionId session) {
  core.messages().DeleteAll(session, reply);
}

// ---- runs, the whole content

void BeginRun(const Core& core, const Reply& reply, SessionId session) {
  reply(core.messages().BeginRun(session));
}
void EndRun(const Core& core, const Reply& reply, RunId run, RunExit exit) {
  core.messages().EndRun(run, exit, reply);
}
void Flush(const Core& core, const Reply& reply, MessageId id, Timeout timeout) {
  core.messages().Flush(id, DeadlineAfter(core.now, timeout), reply);
}
void FlushAll(const Core& core, const Reply& reply, Timeout timeout) {
  core.messages().FlushAll(DeadlineAfter(core.now, timeout), reply);
}
void Search(const Core& core, const Reply& reply, Unread text, Unread options) {
  const Result<SearchQuery> query = ReadSearchQuery(text.value, options.value);
  if (!query.ok()) return reply(query.status());
  reply(core.store.Search(*query));
}
void Stats(const Core& core, const Reply& reply) { reply(Result<StoreStats>(core.store.stats())); }
void Close(const Core& core, const Reply& reply, Timeout timeout) {
  core.store.Close(DeadlineAfter(core.now, timeout), reply);
}

// ---- blobs: called by the Worker, which has their content

void AddBlob(const Core& core, const Reply& reply, Unread given) {
  ObjectReader in(given.value, "blob");
  BlobInfo blob;
  blob.id = in.Id("id");
  blob.size = in.Integer("size");
  blob.media_type = in.StringOrEmpty("mediaType");
  if (!in.ok()) return reply(in.status());
  core.store.blobs().Put(std::move(blob), reply);
}
void BlobInfoOf(const Core& core, const Reply& reply, Unread id) {
  reply(core.store.blobs().Find(StringOf(id.value)));
}
void BlobUsageOf(const Core& core, const Reply& reply) { reply(core.store.blobs().Usage()); }
void CollectBlobsAfter(const Core& core, const Reply& reply, Unread after) {
  core.store.blobs().Collect(StringOf(after.value), reply);
}

// ---- clients that outlive the store (M2): called by the Worker, not by a page

void Adopt(const Core& core, const Reply& reply, MessageId id, WriterName writer, RunId run,
           bool stream) {
  reply(core.messages().Adopt(id, {std::move(writer.name), run}, stream));
}
void WhenSaved(const Core& core, const Reply& reply, MessageId id) {
  core.messages().WhenSaved(id, reply);
}
void EndClient(const Core& core, const Reply& reply, WriterName client) {
  core.store.EndClient(client.name, reply);
}
void HandOver(const Core& core, const Reply& reply, Unread given) {
  std::vector<Store::Writer> writers;
  for (std::size_t i = 0; i < LengthOf(given.value); ++i) {
    ObjectReader in(ElementOf(given.value, i), "writer");
    writers.push_back({MessageId(in.StringOrEmpty("messageId")), in.StringOrEmpty("writer")});
  }
  core.store.HandOver(writers, reply);
}

// ---- the table

using Handler = void (*)(const Core& core, const Reply& reply, const val& arguments);

template <typename... Args>
void Invoke(void (*call)(const Core&, const Reply&, Args...), const Core& core, const Reply& reply,
            const val& arguments) {
  Arguments in(arguments);
  // Inside braces they are read from the first to the last.
  std::tuple<Args...> read{in.Next<Args>()...};
  if (!in.status().ok()) return reply(in.status());
  std::apply([&](Args&... each) { call(core, reply, std::move(each)...); }, read);
}

template <auto kCall>
void Handle(const Core& core, const Reply& reply, const val& arguments) {
  Invoke(kCall, core, reply, arguments);
}

struct Entry {
  std::string_view name;
  Handler handler;
};

constexpr Entry kCalls[] = {
    {"createSession", Handle<CreateSession>},
    {"getSession", Handle<GetSession>},
    {"listSessions", Handle<ListSessions>},
    {"updateSession", Handle<UpdateSession>},
    {"deleteSession", Handle<DeleteSession>},
    {"switchTo", Handle<SwitchTo>},
    {"fork", Handle<Fork>},
    {"createMessage", Handle<CreateMessage>},
    {"openMessage", Handle<OpenMessage>},
    {"beginReply", Handle<BeginReply>},
    {"createAll", Handle<CreateAll>},
    {"updateMessage", Handle<UpdateMessage>},
    {"setMetadata", Handle<SetMetadata>},
    {"branches", Handle<Branches>},
    {"getMessage", Handle<GetMessage>},
    {"resumePoint", Handle<ResumePoint>},
    {"listMessages", Handle<ListMessages>},
    {"listUser", Handle<ListUser>},
    {"lastAssistant", Handle<LastAssistant>},
    {"deleteMessage", Handle<DeleteMessage>},
    {"deleteAll", Handle<DeleteAll>},
    {"beginRun", Handle<BeginRun>},
    {"endRun", Handle<EndRun>},
    {"flush", Handle<Flush>},
    {"flushAll", Handle<FlushAll>},
    {"search", Handle<Search>},
    {"stats", Handle<Stats>},
    {"close", Handle<Close>},
    {"addBlob", Handle<AddBlob>},
    {"blobInfo", Handle<BlobInfoOf>},
    {"blobUsage", Handle<BlobUsageOf>},
    {"collectBlobs", Handle<CollectBlobsAfter>},
    {"adopt", Handle<Adopt>},
    {"whenSaved", Handle<WhenSaved>},
    {"endClient", Handle<EndClient>},
    {"handOver", Handle<HandOver>},
};

}  // namespace

void Answer(Store& store, TimeMs now, std::string_view name, const val& arguments,
            const val& done) {
  const auto* const entry = std::find_if(std::begin(kCalls), std::end(kCalls),
                                         [&](const Entry& call) { return call.name == name; });
  if (entry == std::end(kCalls)) {
    return CallBack(done, InvalidArgument("the core has no call '" + std::string(name) + "'"));
  }
  entry->handler({store, now}, {done}, arguments);
}

}  // namespace millrace::wasm
