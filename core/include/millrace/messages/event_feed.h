#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/messages/event_broker.h"
#include "millrace/model/event.h"

namespace millrace {

// One receiver's subscription. The broker hands over what happened. The feed makes each event
// complete for this receiver: it sends a patch if the receiver holds the version that the patch
// starts from, and the whole message if not.
//
// Invariant: held_[id] is the version that the receiver reached with the last batch it took. The
// feed forgets a message, and the receiver may drop its copy, once the message is finished or
// deleted, or once no filter wants its updates.
class EventFeed {
 public:
  // Like Broker::Deliver: takes one batch, which is never empty. Returns false if the receiver
  // failed to take it.
  using Deliver = std::function<bool(std::vector<Event> batch)>;
  // Returns the newest state of a message; nullptr if the message is gone.
  using ReadNewest = std::function<std::shared_ptr<const Message>(const MessageId&)>;

  // The receiver hears what passes one of the filters. At most `credits` batches are under way at
  // once; use kUnlimitedCredits for a receiver that is never busy. `broker` may end before the
  // feed.
  EventFeed(EventBroker& broker, std::vector<EventFilter> filters, ReadNewest read_newest,
            Deliver deliver, int credits);
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  // The receiver is done with `credits` more batches. This may deliver at once.
  void Grant(int credits) { subscription_.Grant(credits); }
  // The receiver has lost its copy: the next event about the message carries it whole.
  void Forget(const MessageId& id) { held_.erase(id); }
  // Replaces the filters. Events that already wait are delivered all the same.
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
  std::map<MessageId, Held> held_;
  Subscription subscription_;  // last, so that it is destroyed before the members its callback uses
};

}  // namespace millrace
