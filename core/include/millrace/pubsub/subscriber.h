#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "millrace/pubsub/mailbox.h"
#include "millrace/pubsub/subscription.h"

namespace millrace {

template <typename Traits>
class BrokerState;

// One subscription as its broker sees it. While it is open, the broker, the Subscription and a
// delivery under way share its ownership.
template <typename Traits>
struct Subscriber final : SubscriptionControl, std::enable_shared_from_this<Subscriber<Traits>> {
  using Event = typename Traits::Event;
  using Filter = typename Traits::Filter;
  using DeliverCallback = std::function<bool(std::vector<Event> batch)>;

  Subscriber(std::weak_ptr<BrokerState<Traits>> owner, Filter wanted, DeliverCallback callback,
             int initial_credits, std::size_t capacity)
      : broker(std::move(owner)),
        filter(std::move(wanted)),
        deliver(std::move(callback)),
        credits(initial_credits),
        mailbox(capacity) {}

  void Grant(int more) override {
    const auto owner = broker.lock();
    if (owner == nullptr || is_closed || credits == kUnlimitedCredits || more < 1) return;
    AddCredits(more);
    owner->MakeReady(this->shared_from_this());
    owner->Deliver();
  }

  void Close() override {
    if (const auto owner = broker.lock()) owner->Remove(this->shared_from_this());
  }

  bool closed() const override { return is_closed; }

  // REQUIRES: credits != kUnlimitedCredits
  void AddCredits(int more) {
    credits += std::min(more, std::numeric_limits<int>::max() - credits);
  }

  // Stops all deliveries. Frees what the callback holds, unless the callback is running; the broker
  // then frees it when the callback returns.
  void End() {
    is_closed = true;
    if (!running) deliver = nullptr;
  }

  const std::weak_ptr<BrokerState<Traits>> broker;
  const Filter filter;
  DeliverCallback deliver;
  int credits;  // batches it may still get, or kUnlimitedCredits
  Mailbox<Traits> mailbox;
  bool touched = false;   // the current publish put something in its mailbox
  bool reported = false;  // its loss of must-deliver events was reported
  bool ready = false;     // it is on the broker's list of deliveries
  bool running = false;   // deliver is being called
  bool is_closed = false;
};

}  // namespace millrace
