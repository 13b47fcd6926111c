#pragma once

#include <emscripten/val.h>

#include <optional>
#include <string>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/messages/caller.h"
#include "millrace/messages/event_broker.h"
#include "millrace/messages/message_service.h"
#include "millrace/messages/store.h"
#include "millrace/model/event.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/session.h"
#include "millrace/model/usage.h"
#include "millrace/storage/import_source.h"
#include "millrace/storage/search.h"
#include "millrace/storage/storage.h"

// Converts the values of the core into the shapes of the npm package (web/src/types.ts,
// core-module.ts), and back. It has no rules: the core decides what may be done with a value.
//
// An empty or unset optional field is left out. Times, versions and counts are numbers. Binary data
// is a Uint8Array. The JSON texts of the core (custom data, extra) are parsed values.
namespace millrace::wasm {

// ---- value_writer.cpp

emscripten::val ToJs(const Status& status);  // { code, message }
emscripten::val ToJs(const Part& part);
emscripten::val ToJs(const Message& message);
emscripten::val ToJs(const Session& session);
emscripten::val ToJs(const std::vector<Session>& sessions);
// A mutation that a stream reader makes: a WireMutation.
emscripten::val ToJs(const Mutation& mutation);
emscripten::val ToJs(const std::vector<Mutation>& mutations);
emscripten::val ToJs(const PatchOp& op);
emscripten::val ToJs(const Patch& patch);
emscripten::val ToJs(const Event& event);
emscripten::val ToJs(const std::vector<Event>& events);
emscripten::val ToJs(const SnippetMatch& match);
emscripten::val ToJs(const SearchHit& hit);
// { hits, next }; `next`, { before, longer }, only if there is more.
emscripten::val ToJs(const SearchPage& page);
emscripten::val ToJs(const ImportCounts& counts);
emscripten::val ToJs(const StoreStats& stats);
emscripten::val ToJs(const RecoveredMessage& recovered);
emscripten::val ToJs(const std::vector<RecoveredMessage>& recovered);
emscripten::val ToJs(const std::vector<std::string>& words);
inline emscripten::val ToJs(RunId run) { return emscripten::val(static_cast<double>(run)); }

// ---- message_list.cpp: { json, bytes }, the WireMessages of web/src/core-module.ts

emscripten::val ToJs(const std::vector<Message>& messages);

// ---- value_reader.cpp. Each fails with kInvalidArgument and says which field is wrong and why.

Result<Part> ReadPart(const emscripten::val& part);
Result<std::vector<Mutation>> ReadMutations(const emscripten::val& mutations);
// Reads a NewMessage with its id.
Result<Message> ReadNewMessage(const SessionId& session_id, const emscripten::val& init);
// Reads a WireReply.
Result<ReplyStart> ReadReplyStart(const emscripten::val& start);
Result<SearchQuery> ReadSearchQuery(const emscripten::val& text, const emscripten::val& options);
// Reads a snapshot for MessageService::Update.
Result<Message> ReadMessage(const emscripten::val& message);
Result<Session> ReadNewSession(const emscripten::val& init);
Result<SessionChange> ReadSessionChange(const emscripten::val& change);
Result<SessionQuery> ReadSessionQuery(const emscripten::val& options);
Result<ListOptions> ReadListOptions(const emscripten::val& options);
// Reads an array of EventFilter. The page has checked them; a filter that cannot be read lets
// everything pass.
std::vector<EventFilter> ReadFilters(const emscripten::val& filters);
// Reads { code, message }; kInternal for a code that the core does not know.
Status ReadError(const emscripten::val& error);
// Reads an id or another word that is an argument by itself. `what` names it in the error message.
Result<std::string> ReadWord(const emscripten::val& word, const char* what);
// Reads a CoreCaller, which the Worker makes; undefined is the store's own client.
Caller ReadCaller(const emscripten::val& caller);
// Reads { inputTokens, outputTokens }, which a stream reader made; or undefined.
std::optional<Usage> ReadUsage(const emscripten::val& usage);

}  // namespace millrace::wasm
