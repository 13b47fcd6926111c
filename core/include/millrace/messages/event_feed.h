#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/messages/event_broker.h"
#include "millrace/model/event.h"

namespace millrace {

// One receiver's subscription. The broker hands over what happened; the feed makes it
// self-contained for this receiver: a patch where the receiver holds the message at the version
// the patch starts from, the whole message where it does not.
//
// Invariant: held_[id] has the version the receiver reached with the last batch it took. A message
// is not held any more once it is finished or deleted, or once no filter wants its updates, and the
// receiver may drop its copy.
class EventFeed {
 public:
  // As Broker::Deliver: one batch, never empty; false says the receiver failed to take it.
  using Deliver = std::function<bool(std::vector<Event> batch)>;
  // The newest state of a message; nullptr when it is gone.
  using ReadNewest = std::function<std::shared_ptr<const Message>(const MessageId&)>;

  // Hears what passes one of the filters. `credits` batches may be under way at once;
  // kUnlimitedCredits for a receiver that is never busy. `broker` may end before the feed does.
  EventFeed(EventBroker& broker, std::vector<EventFilter> filters, ReadNewest read_newest,
            Deliver deliver, int credits);
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  // The receiver is done with so many batches. May deliver at once.
  void Grant(int credits) { subscription_.Grant(credits); }
  // The receiver lost its copy: the next event about the message carries it whole.
  void Forget(const MessageId& id) { held_.erase(id); }
  // From now on it hears what passes one of these. What waits already is delivered all the same.
  void SetFilters(std::vector<EventFilter> filters);

 private:
  bool OnBatch(std::vector<Event> batch);
  bool Resolve(MessageUpdated& event);
  void Hold(const MessageId& id, const SessionId& session_id, std::int64_t version);
  bool WantsUpdates(const MessageId& id, const SessionId& session_id) const;

  struct Held {
    SessionId session_id;
    std::int64_t version = 0;
  };

  EventFilters filters_;
  ReadNewest read_newest_;
  Deliver deliver_;
  std::unordered_map<MessageId, Held> held_;
  Subscription subscription_;  // last: ends before what its callback uses
};

}  // namespace millrace
