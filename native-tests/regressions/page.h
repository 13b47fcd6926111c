#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/messages/event_feed.h"
#include "millrace/model/patch.h"

namespace millrace {

// What a web page knows of a store: copies made only from what its feed delivers. Checks the order
// of the events (C6, C7); `broken` says which rule was broken first.
class Page {
 public:
  // The last event about one message.
  struct Heard {
    enum Type { kCreated, kUpdated, kDeleted };
    Type type = kCreated;
    bool terminal = false;
    friend bool operator==(const Heard&, const Heard&) = default;
  };

  EventFeed::Deliver Deliver() {
    return [this](std::vector<Event> batch) {
      ++batches;
      std::set<MessageId> named;
      for (const Event& event : batch) Take(event, named);
      unconfirmed.merge(named);
      return true;
    };
  }

  std::string TextOf(const std::string& id) const {
    const auto found = copies.find(MessageId(id));
    if (found == copies.end()) return "";
    std::string text;
    for (const Part& part : found->second.parts) {
      if (const auto* t = std::get_if<TextPart>(&part)) text += t->text;
    }
    return text;
  }

  std::map<MessageId, Message> copies;
  std::map<MessageId, Heard> last;
  std::map<MessageId, int> finishes;  // how often each message was told as finished and terminal
  // Messages named as lost that were not sent whole after that. They are gone, or the page's copy
  // is right; the page reads them again.
  std::set<MessageId> unconfirmed;
  std::string broken;
  int batches = 0;
  int lagged = 0;

 private:
  // `named`: named as lost by this batch, and not heard of since.
  void Take(const Event& event, std::set<MessageId>& named) {
    if (const auto* created = std::get_if<MessageCreated>(&event)) {
      copies[created->message->id] = *created->message;
      last[created->message->id] = {Heard::kCreated, false};
      if (created->message->finished()) ++finishes[created->message->id];
    } else if (const auto* deleted = std::get_if<MessagesDeleted>(&event)) {
      for (const MessageId& id : deleted->ids) {
        copies.erase(id);
        named.erase(id);
        last[id] = {Heard::kDeleted, true};
      }
    } else if (const auto* loss = std::get_if<Lagged>(&event)) {
      ++lagged;
      named.insert(loss->ids.begin(), loss->ids.end());
    } else if (const auto* updated = std::get_if<MessageUpdated>(&event)) {
      // A patch may be older than the loss; the whole message is what the store has.
      if (updated->whole != nullptr) named.erase(updated->id);
      Update(*updated);
    }
  }

  void Update(const MessageUpdated& event) {
    const std::string about = event.id.value + " version " + std::to_string(event.version);
    if (last[event.id].type == Heard::kDeleted) Break("updated after deleted: " + about);
    const auto held = copies.find(event.id);
    const std::int64_t version = held == copies.end() ? 0 : held->second.version;
    // A version that was sent whole may be told once more, because it is terminal or because the
    // feed has forgotten the message. An older one is never told.
    if (event.version < version) {
      Break("older than " + std::to_string(version) + ": " + about);
    }
    if (event.whole != nullptr) {
      copies[event.id] = *event.whole;
    } else if (held == copies.end() || !ApplyPatch(*event.patch, held->second).ok()) {
      Break("a patch that does not fit " + std::to_string(version) + ": " + about);
    }
    last[event.id] = {Heard::kUpdated, event.terminal};
    if (event.terminal && event.finished) ++finishes[event.id];
  }

  void Break(std::string rule) {
    if (broken.empty()) broken = std::move(rule);
  }
};

}  // namespace millrace
