#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "js_value.h"
#include "json_writer.h"
#include "message_shape.h"
#include "millrace/storage/sqlite_storage.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

template <typename T>
val ArrayToJs(const std::vector<T>& items) {
  val array = val::array();
  for (const T& item : items) Push(array, ToJs(item));
  return array;
}

val IdsToJs(const std::vector<MessageId>& ids) {
  val array = val::array();
  for (const MessageId& id : ids) Push(array, ToJs(std::string_view(id.value)));
  return array;
}

struct EventWriter {
  ObjectWriter out;

  void operator()(const MessageCreated& event) { out.Set("message", ToJs(*event.message)); }
  void operator()(const MessageUpdated& event) {
    out.Set("id", event.id.value)
        .Set("sessionId", event.session_id.value)
        .Set("terminal", event.terminal)
        .Set("saved", event.saved)
        .Set("finished", event.finished);
    if (event.patch) out.Set("patch", ToJs(*event.patch));
    if (event.whole) out.Set("message", ToJs(*event.whole));
  }
  void operator()(const MessagesDeleted& event) {
    out.Set("sessionId", event.session_id.value).Set("messageIds", IdsToJs(event.ids));
  }
  void operator()(const SessionCreated& event) { out.Set("session", ToJs(event.session)); }
  void operator()(const SessionUpdated& event) { out.Set("session", ToJs(event.session)); }
  void operator()(const SessionDeleted& event) { out.Set("sessionId", event.id.value); }
  void operator()(const Lagged& event) {
    out.Set("dropped", event.dropped).Set("messageIds", IdsToJs(event.ids));
  }
  void operator()(const StorageError& event) { out.Set("error", ToJs(event.status)); }
  void operator()(const StorageRecovered&) {}
};

// Built by the parser of JavaScript: this takes less code than to set each property, and less time.
// Bytes have their index in `text.bytes`.
template <typename T>
val ParsedShape(const T& value, JsonText& text) {
  {
    JsonWriter object(text);
    Describe(value, object);
  }
  return JsonToJs(text.json);
}

}  // namespace

val ToJs(const Status& status) {
  ObjectWriter out;
  out.Set("code", CodeName(status.code())).Set("message", status.message());
  return out.Take();
}

val ToJs(const Part& part) {
  JsonText text;
  const val value = ParsedShape(part, text);
  if (std::holds_alternative<BinaryPart>(part)) {
    SetProperty(value, "data", ElementOf(text.bytes, 0));
  }
  return value;
}

val ToJs(const Message& message) {
  JsonText text;
  const val value = ParsedShape(message, text);
  if (text.bytes_count == 0) return value;
  const val parts = PropertyOf(value, "parts");
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    if (!std::holds_alternative<BinaryPart>(message.parts[i])) continue;
    SetProperty(ElementOf(parts, i), "data", ElementOf(text.bytes, bytes++));
  }
  return value;
}

val ToJs(const Session& session) {
  JsonText text;
  return ParsedShape(session, text);
}

val ToJs(const std::vector<Session>& sessions) { return ArrayToJs(sessions); }

val ToJs(const PatchOp& op) {
  ObjectWriter out;
  if (const auto* append = std::get_if<AppendOp>(&op)) {
    out.Set("op", "append")
        .Set("part", static_cast<double>(append->part))
        .Set("text", append->text);
  } else if (const auto* put = std::get_if<PutOp>(&op)) {
    out.Set("op", "put")
        .Set("part", static_cast<double>(put->part))
        .Set("value", ToJs(put->value))
        .Set("keepBody", put->keep_body);
  } else if (const auto* truncate = std::get_if<TruncateOp>(&op)) {
    out.Set("op", "truncate").Set("size", static_cast<double>(truncate->size));
  } else if (const auto* header = std::get_if<HeaderOp>(&op)) {
    JsonText text;
    const val shape = ParsedShape(*header, text);
    SetProperty(shape, "op", ToJs("header"));
    return shape;
  } else if (const auto* notes = std::get_if<NotesOp>(&op)) {
    out.Set("op", "notes");
    if (notes->metadata)
      out.SetJson("metadata", notes->metadata->empty() ? "null" : *notes->metadata);
    if (notes->usage) out.SetJson("usage", UsageJson(*notes->usage));
  }
  return out.Take();
}

val ToJs(const Patch& patch) {
  ObjectWriter out;
  out.Set("fromVersion", patch.from_version)
      .Set("toVersion", patch.to_version)
      .Set("updatedAt", patch.updated_at)
      .Set("ops", ArrayToJs(patch.ops));
  return out.Take();
}

val ToJs(const Event& event) {
  EventWriter writer;
  writer.out.Set("type", EventTypeName(event));
  std::visit(writer, event);
  return writer.out.Take();
}

val ToJs(const std::vector<Event>& events) { return ArrayToJs(events); }

val ToJs(const SnippetMatch& match) {
  ObjectWriter out;
  out.Set("offset", static_cast<double>(match.offset))
      .Set("length", static_cast<double>(match.length));
  return out.Take();
}

val ToJs(const SearchHit& hit) {
  ObjectWriter out;
  out.Set("messageId", hit.message_id.value)
      .Set("sessionId", hit.session_id.value)
      .SetIf("hidden", hit.hidden)
      .Set("snippet", hit.snippet)
      .Set("matches", ArrayToJs(hit.matches));
  return out.Take();
}

val ToJs(const SearchPage& page) {
  ObjectWriter out;
  out.Set("hits", ArrayToJs(page.hits));
  if (page.next) {
    ObjectWriter next;
    next.Set("before", page.next->before).Set("longer", page.next->longer);
    out.Set("next", next.Take());
  }
  return out.Take();
}

val ToJs(const Branching& branch) {
  ObjectWriter out;
  out.Set("parentId",
          branch.parent.empty() ? val::null() : ToJs(std::string_view(branch.parent.value)))
      .Set("messageIds", IdsToJs(branch.children));
  return out.Take();
}

val ToJs(const std::vector<Branching>& branches) { return ArrayToJs(branches); }

val ToJs(const BlobInfo& blob) {
  ObjectWriter out;
  out.Set("id", blob.id)
      .Set("size", blob.size)
      .Set("mediaType", blob.media_type)
      .Set("createdAt", blob.created_at);
  return out.Take();
}

val ToJs(const std::vector<BlobInfo>& blobs) { return ArrayToJs(blobs); }

val ToJs(const PointOf& point) {
  const val out = JsonToJs(point.message.resume);
  SetProperty(out, "messageId", ToJs(point.message.id.value));
  SetProperty(out, "sessionId", ToJs(point.message.session_id.value));
  return out;
}

val ToJs(const BlobUsage& usage) {
  ObjectWriter out;
  out.Set("count", usage.count).Set("bytes", usage.bytes);
  return out.Take();
}

val ToJs(const CollectedBlobs& collected) {
  ObjectWriter out;
  out.Set("removed", ToJs(collected.removed)).Set("next", collected.next);
  return out.Take();
}

val ToJs(const ImportCounts& counts) {
  ObjectWriter out;
  out.Set("sessions", counts.sessions).Set("messages", counts.messages);
  return out.Take();
}

val ToJs(const StoreStats& stats) {
  ObjectWriter out;
  out.Set("updates", stats.updates)
      .Set("commits", stats.commits)
      .Set("bytesWritten", stats.bytes_written)
      .Set("conflated", stats.broker.conflated_count)
      .Set("dropped", stats.broker.drop_count)
      .Set("mustDeliverDropped", stats.broker.must_deliver_drop_count)
      .Set("subscribers", stats.broker.subscriber_count)
      .Set("pending", stats.pending)
      .Set("liveMessages", stats.live_messages)
      .Set("sqliteVersion", SqliteVersion());
  return out.Take();
}

val ToJs(const RecoveredMessage& message) {
  ObjectWriter out;
  out.Set("messageId", message.id.value).Set("sessionId", message.session_id.value);
  return out.Take();
}

val ToJs(const std::vector<RecoveredMessage>& recovered) { return ArrayToJs(recovered); }

val ToJs(const std::vector<std::string>& words) {
  val array = val::array();
  for (const std::string& word : words) Push(array, ToJs(std::string_view(word)));
  return array;
}

}  // namespace millrace::wasm
