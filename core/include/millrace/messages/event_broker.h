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

// A set of event kinds; bit i stands for alternative i of Event.
using EventKinds = std::bitset<std::variant_size_v<Event>>;

template <typename... Kinds>
EventKinds KindsOf() {
  EventKinds kinds;
  (kinds.set(Event(Kinds()).index()), ...);
  return kinds;
}

// What a subscriber wants to hear. An unset field lets everything pass. Lagged, StorageError and
// StorageRecovered pass every session and message filter; Lagged also passes every filter of kinds.
struct EventFilter {
  std::optional<SessionId> session_id;
  std::optional<MessageId> message_id;
  std::optional<EventKinds> kinds;
};

bool Passes(const Event& event, const EventFilter& filter);

// Lets an event pass if one of several filters does. Copies share the filters, so that the filters
// can be replaced while a broker uses them.
class EventFilters {
 public:
  explicit EventFilters(std::vector<EventFilter> filters)
      : filters_(std::make_shared<std::vector<EventFilter>>(std::move(filters))) {}

  void Replace(std::vector<EventFilter> filters) { *filters_ = std::move(filters); }
  bool Match(const Event& event) const;

 private:
  std::shared_ptr<std::vector<EventFilter>> filters_;
};

// What the generic broker needs to know about chat events.
struct EventTraits {
  using Event = millrace::Event;
  using Filter = EventFilters;

  // Created and Updated of one message have different keys, so Created stays ahead of Updated.
  static std::string Key(const Event& event);
  static bool MustDeliver(const Event& event);
  static bool Matches(const Filter& filter, const Event& event) { return filter.Match(event); }
  // Two waiting updates of one message become one. When their patches grow past 64 KB, the patches
  // are dropped, and the subscriber gets the whole message at delivery. So a stuck mailbox stays
  // bounded.
  static void Conflate(Event& older, Event newer);
  // The messages and sessions that `event` is about, as strings. MessageOf and SessionOf turn them
  // back into ids.
  static std::vector<std::string> Subjects(const Event& event);
  static std::optional<MessageId> MessageOf(std::string_view subject);
  static std::optional<SessionId> SessionOf(std::string_view subject);
  // Names the lost messages. Lost sessions are not named; their newest state follows all the same.
  static Event MakeLagged(std::int64_t dropped, const std::vector<std::string>& subjects);
};

using EventBroker = Broker<EventTraits>;

}  // namespace millrace
