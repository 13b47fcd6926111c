// The reading half of MessageService: stored messages, with the live ones in their place (C11).

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>

#include "messages/commit_cycle.h"
#include "messages/fresh_path.h"
#include "millrace/messages/message_service.h"

namespace millrace {
namespace {

bool Matches(const MessageQuery& query, const Message& message) {
  if (query.session_id && message.session_id != *query.session_id) return false;
  if (query.role && message.role != *query.role) return false;
  if (query.before && message.seq >= *query.before) return false;
  if (query.after && message.seq <= *query.after) return false;
  return true;
}

// Applies the limit. It keeps the messages nearest to the bound, or the newest without a bound.
void CutToLimit(const MessageQuery& query, std::vector<Message>& oldest_first) {
  if (!query.limit || oldest_first.size() <= *query.limit) return;
  const auto limit = static_cast<std::ptrdiff_t>(*query.limit);
  if (query.after) {
    oldest_first.erase(oldest_first.begin() + limit, oldest_first.end());
  } else {
    oldest_first.erase(oldest_first.begin(), oldest_first.end() - limit);
  }
}

// Reads, with the newest accepted state in place of the stored one.
Result<std::vector<Message>> ReadFresh(CommitCycle& cycle, const MessageQuery& query) {
  MessageQuery stored_query = query;
  stored_query.order = MessageQuery::Order::kOldestFirst;
  // It is not known how many stored messages are being deleted, so all are read. That is rare and
  // short.
  if (cycle.live().any_deletion()) stored_query.limit.reset();
  Result<std::vector<Message>> read = cycle.committed().ReadMessages(stored_query);
  if (!read.ok()) return read;

  std::vector<Message>& messages = *read;
  std::erase_if(messages, [&](const Message& message) { return cycle.live().IsLeaving(message); });
  if (!cycle.live().empty()) {
    for (Message& message : messages) {
      if (const LiveMessage* live = cycle.live().Find(message.id)) message = live->accepted;
    }
  }
  std::map<std::int64_t, const LiveMessage*> added;  // by seq
  for (const auto& [id, live] : cycle.live()) {
    const Message& message = live->accepted;
    if (live->on_disk || !Matches(query, message) || cycle.live().IsLeaving(message)) continue;
    added.emplace(message.seq, live.get());
  }
  // The stored messages are in order, and nearly always older than the added ones.
  for (const auto& [seq, live] : added) {
    auto place = messages.end();
    while (place != messages.begin() && std::prev(place)->seq > seq) --place;
    messages.insert(place, live->accepted);
  }
  CutToLimit(query, messages);
  if (query.order == MessageQuery::Order::kNewestFirst) {
    std::reverse(messages.begin(), messages.end());
  }
  return read;
}

}  // namespace

Result<std::optional<Message>> MessageService::Get(const MessageId& id, ReadOptions options) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  if (options.committed) return cycle_.committed().ReadMessage(id);
  if (const LiveMessage* live = cycle_.live().Find(id)) {
    if (cycle_.live().IsLeaving(live->accepted)) return std::optional<Message>();
    return std::optional<Message>(live->accepted);
  }
  Result<std::optional<Message>> stored = cycle_.committed().ReadMessage(id);
  if (stored.ok() && stored->has_value() && cycle_.live().IsLeaving(**stored)) stored->reset();
  return stored;
}

Result<Message> MessageService::Bound(const SessionId& session_id, const MessageId& id,
                                      bool committed) const {
  Result<std::optional<Message>> message = Get(id, {committed});
  if (!message.ok()) return message.status();
  if (!message->has_value() || (*message)->session_id != session_id) {
    return NotFound("list: no message '" + id.value + "' in this session");
  }
  return **std::move(message);
}

Result<std::vector<Message>> MessageService::List(const SessionId& session_id,
                                                  const ListOptions& options) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  if (options.before && options.after) {
    return InvalidArgument("list: give `before` or `after`, not both");
  }
  if (options.all && options.head) {
    return InvalidArgument("list: give `head` or `all`, not both: a path, or every message");
  }
  const std::optional<MessageId>& bound = options.before ? options.before : options.after;
  std::optional<Message> at;
  if (bound) {
    Result<Message> found = Bound(session_id, *bound, options.committed);
    if (!found.ok()) return found.status();
    at = *std::move(found);
  }
  if (options.all) {
    MessageQuery query;
    query.session_id = session_id;
    query.limit = options.limit;
    if (options.before) query.before = at->seq;
    if (options.after) query.after = at->seq;
    return options.committed ? cycle_.committed().ReadMessages(query) : ReadFresh(cycle_, query);
  }
  PathQuery query{session_id, options.head, options.after, options.limit};
  if (options.before) query.head = at->parent_id;
  if (query.head && query.head->empty()) return std::vector<Message>();
  return options.committed ? cycle_.committed().ReadPath(query) : FreshPath(cycle_, query);
}

Result<std::vector<Branching>> MessageService::Branches(const SessionId& session_id) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  return FreshBranches(cycle_, session_id);
}

Result<std::vector<Message>> MessageService::ListUser(std::optional<SessionId> session_id,
                                                      std::optional<std::size_t> limit) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  MessageQuery query;
  query.session_id = std::move(session_id);
  query.role = Role::kUser;
  query.limit = limit;
  query.order = MessageQuery::Order::kNewestFirst;
  return ReadFresh(cycle_, query);
}

Result<std::optional<Message>> MessageService::LastAssistant(const SessionId& session_id) const {
  if (const Status open = cycle_.CheckOpen(); !open.ok()) return open;
  constexpr std::size_t kPage = 8;
  PathQuery query{session_id, {}, {}, kPage};
  for (;;) {
    Result<std::vector<Message>> page = FreshPath(cycle_, query);
    if (!page.ok()) return page.status();
    const auto found = std::find_if(page->rbegin(), page->rend(), [](const Message& message) {
      return message.role == Role::kAssistant;
    });
    if (found != page->rend()) return std::optional<Message>(std::move(*found));
    if (page->empty() || page->front().parent_id.empty()) return std::optional<Message>();
    query.head = page->front().parent_id;
  }
}

}  // namespace millrace
