#include "millrace/messages/event_feed.h"

#include <algorithm>
#include <utility>

namespace millrace {

EventFeed::EventFeed(EventBroker& broker, std::vector<EventFilter> filters, ReadNewest read_newest,
                     Deliver deliver, int credits)
    : filters_(std::move(filters)),
      read_newest_(std::move(read_newest)),
      deliver_(std::move(deliver)),
      subscription_(broker.Subscribe(
          filters_, [this](std::vector<Event> batch) { return OnBatch(std::move(batch)); },
          credits)) {}

void EventFeed::SetFilters(std::vector<EventFilter> filters) {
  filters_.Replace(std::move(filters));
  std::erase_if(held_, [this](const auto& entry) {
    return !WantsUpdates(entry.first, entry.second.session_id);
  });
}

bool EventFeed::WantsUpdates(const MessageId& id, const SessionId& session_id) const {
  MessageUpdated any;
  any.id = id;
  any.session_id = session_id;
  return filters_.Match(any);
}

void EventFeed::Hold(const MessageId& id, const SessionId& session_id, std::int64_t version) {
  if (WantsUpdates(id, session_id)) held_[id] = {session_id, version};
}

bool EventFeed::OnBatch(std::vector<Event> batch) {
  std::vector<MessageId> seen;
  std::vector<MessageId> lost_ids;
  const auto gone = std::remove_if(batch.begin(), batch.end(), [&](Event& event) {
    if (auto* updated = std::get_if<MessageUpdated>(&event)) {
      seen.push_back(updated->id);
      return !Resolve(*updated);
    }
    if (auto* created = std::get_if<MessageCreated>(&event)) {
      const Message& message = *created->message;
      seen.push_back(message.id);
      // If something about it was lost, the newest state follows, and may differ though the version
      // is the same: a delete gives a message another parent.
      const bool lost = std::find(lost_ids.begin(), lost_ids.end(), message.id) != lost_ids.end();
      if (!message.finished() && !lost) Hold(message.id, message.session_id, message.version);
    } else if (auto* deleted = std::get_if<MessagesDeleted>(&event)) {
      for (const MessageId& id : deleted->ids) held_.erase(id);
    } else if (auto* lagged = std::get_if<Lagged>(&event)) {
      // Their newest state follows whole, even if only a notification was lost.
      for (const MessageId& id : lagged->ids) held_.erase(id);
      lost_ids = lagged->ids;
    }
    return false;
  });
  batch.erase(gone, batch.end());
  if (batch.empty()) {
    // The receiver gets nothing and so cannot give the credit back.
    subscription_.Grant(1);
    return true;
  }
  const bool delivered = deliver_(std::move(batch));
  // The receiver does not hold what it failed to take.
  if (!delivered) {
    for (const MessageId& id : seen) held_.erase(id);
  }
  return delivered;
}

// Completes the event for this receiver. Returns false if the receiver does not need it: the
// message is gone, or the receiver got it whole and is already ahead of this event. A terminal
// event is delivered all the same, because it tells the receiver that the state is terminal.
bool EventFeed::Resolve(MessageUpdated& event) {
  const auto held = held_.find(event.id);
  if (held != held_.end() && event.version <= held->second.version && !event.terminal) {
    if (event.finished) held_.erase(held);
    return false;
  }
  const bool fits = event.patch != nullptr && held != held_.end() &&
                    held->second.version == event.patch->from_version;
  event.merged = nullptr;  // a delivered event does not change any more (C15)
  if (!fits) {
    event.patch = nullptr;
    if (event.whole == nullptr) event.whole = read_newest_(event.id);
    if (event.whole == nullptr) return false;
    // If the state is newer than the event, another event about it follows.
    event.finished &= event.whole->version == event.version;
  }
  event.version = fits ? event.patch->to_version : event.whole->version;
  if (event.finished) {
    held_.erase(event.id);
  } else {
    Hold(event.id, event.session_id, event.version);
  }
  return true;
}

}  // namespace millrace
