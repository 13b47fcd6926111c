#pragma once

#include <optional>
#include <string>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/messages/caller.h"
#include "millrace/messages/event_broker.h"
#include "millrace/messages/message_service.h"
#include "millrace/messages/store.h"
#include "millrace/model/blob.h"
#include "millrace/model/event.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/session.h"
#include "millrace/model/usage.h"
#include "millrace/storage/blobs.h"
#include "millrace/storage/import_source.h"
#include "millrace/storage/search.h"
#include "millrace/storage/storage.h"
#include "val.h"

// Converts the values of the core into the shapes of the npm package (web/src/types.ts,
// core-module.ts), and back. It has no rules: the core decides what may be done with a value.
//
// An empty or unset optional field is left out. Times, versions and counts are numbers. Binary data
// is a Uint8Array. The JSON texts of the core (custom data, extra) are parsed values.
namespace millrace::wasm {

// ---- mutation_writer.cpp

// The mutations of a stream reader: an array of WireMutation. As one JSON text, like many messages:
// it takes a fraction of the time.
val ToJs(const std::vector<Mutation>& mutations);

// ---- value_writer.cpp

val ToJs(const Status& status);  // { code, message }
val ToJs(const Part& part);
val ToJs(const Message& message);
val ToJs(const Session& session);
val ToJs(const std::vector<Session>& sessions);
val ToJs(const PatchOp& op);
val ToJs(const Patch& patch);
val ToJs(const Event& event);
val ToJs(const std::vector<Event>& events);
val ToJs(const SnippetMatch& match);
val ToJs(const SearchHit& hit);
// { hits, next }; `next`, { before, longer }, only if there is more.
val ToJs(const SearchPage& page);
val ToJs(const Branching& branch);  // { parentId, messageIds }
val ToJs(const std::vector<Branching>& branches);
// Its resume point, a ResumePoint of the package. REQUIRES: it has one.
struct PointOf {
  Message message;
};
val ToJs(const PointOf& point);
val ToJs(const BlobInfo& blob);
val ToJs(const std::vector<BlobInfo>& blobs);
val ToJs(const BlobUsage& usage);
val ToJs(const CollectedBlobs& collected);
val ToJs(const ImportCounts& counts);
val ToJs(const StoreStats& stats);
val ToJs(const RecoveredMessage& recovered);
val ToJs(const std::vector<RecoveredMessage>& recovered);
val ToJs(const std::vector<std::string>& words);
inline val ToJs(RunId run) { return val(static_cast<double>(run)); }

// ---- message_list.cpp: { json, bytes }, the WireMessages of web/src/core-module.ts

val ToJs(const std::vector<Message>& messages);

// ---- value_reader.cpp. Each fails with kInvalidArgument and says which field is wrong and why.

Result<Part> ReadPart(const val& part);
Result<std::vector<Mutation>> ReadMutations(const val& mutations);
// Reads a NewMessage with its id.
Result<NewMessage> ReadNewMessage(const SessionId& session_id, const val& init);
Result<std::vector<NewMessage>> ReadHistory(const SessionId& session_id, const val& messages);
// An object with metadata, or a merge patch of one, as JSON text.
Result<std::string> ReadMetadata(const val& metadata);
// Reads a WireReply.
Result<ReplyStart> ReadReplyStart(const val& start);
Result<SearchQuery> ReadSearchQuery(const val& text, const val& options);
// Reads a snapshot for MessageService::Update.
Result<Message> ReadMessage(const val& message);
Result<Session> ReadNewSession(const val& init);
Result<SessionChange> ReadSessionChange(const val& change);
Result<SessionQuery> ReadSessionQuery(const val& options);
Result<ListOptions> ReadListOptions(const val& options);
// Reads an array of EventFilter. The page has checked them; a filter that cannot be read lets
// everything pass.
std::vector<EventFilter> ReadFilters(const val& filters);
// Reads { code, message }; kInternal for a code that the core does not know.
Status ReadError(const val& error);
// Reads an id or another word that is an argument by itself. `what` names it in the error message.
Result<std::string> ReadWord(const val& word, const char* what);
// Reads a CoreCaller, which the Worker makes; undefined is the store's own client.
Caller ReadCaller(const val& caller);
// Reads a Usage or undefined.
Result<std::optional<Usage>> ReadUsage(const val& usage);

}  // namespace millrace::wasm
