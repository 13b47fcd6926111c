#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/model/event.h"
#include "millrace/pubsub/broker.h"

namespace millrace {

// A set of kinds of events, by their place in Event.
using EventKinds = std::bitset<std::variant_size_v<Event>>;

template <typename... Kinds>
EventKinds KindsOf() {
  EventKinds kinds;
  (kinds.set(Event(Kinds()).index()), ...);
  return kinds;
}

// What a subscriber wants to hear; an unset field wants all. Lagged, StorageError and
// StorageRecovered pass every session and message filter, Lagged also one of kinds.
struct EventFilter {
  std::optional<SessionId> session_id;
  std::optional<MessageId> message_id;
  std::optional<EventKinds> kinds;
};

bool Passes(const Event& event, const EventFilter& filter);

// Whatever passes one of several filters. Copies share the filters, so that they can be replaced
// while a broker uses them.
class EventFilters {
 public:
  explicit EventFilters(std::vector<EventFilter> filters)
      : filters_(std::make_shared<std::vector<EventFilter>>(std::move(filters))) {}

  void Replace(std::vector<EventFilter> filters) { *filters_ = std::move(filters); }
  bool Match(const Event& event) const;

 private:
  std::shared_ptr<std::vector<EventFilter>> filters_;
};

// What the generic broker must know about chat events.
struct EventTraits {
  using Event = millrace::Event;
  using Filter = EventFilters;

  // Created and updated of one message have different keys: created stays ahead of updated.
  static std::string Key(const Event& event);
  static bool MustDeliver(const Event& event);
  static bool Matches(const Filter& filter, const Event& event) { return filter.Match(event); }
  // Two updates of one message wait as one; when their patches grow past 64 KB they are dropped and
  // the subscriber gets the message whole at delivery, so a stuck mailbox stays bounded.
  static void Conflate(Event& older, Event newer);
  // The messages and sessions it is about; MessageOf and SessionOf read them back.
  static std::vector<std::string> Subjects(const Event& event);
  static std::optional<MessageId> MessageOf(std::string_view subject);
  static std::optional<SessionId> SessionOf(std::string_view subject);
  // Names the messages; the newest state of a lost session follows without being named.
  static Event MakeLagged(std::int64_t dropped, const std::vector<std::string>& subjects);
};

using EventBroker = Broker<EventTraits>;

}  // namespace millrace
