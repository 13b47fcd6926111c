#pragma once

#include <memory>
#include <utility>

namespace millrace {

// Credits of a subscriber that is never behind: it gets each batch in the call that made it.
inline constexpr int kUnlimitedCredits = -1;

// What a Subscription asks of its broker, whatever the event type.
class SubscriptionControl {
 public:
  virtual ~SubscriptionControl() = default;
  virtual void Grant(int credits) = 0;
  virtual void Close() = 0;
  virtual bool closed() const = 0;
};

// Owns one subscription; destroying it unsubscribes. Move-only. May outlive the broker. Every
// method may be called inside any callback of the broker, including its own (contract B6).
class Subscription {
 public:
  Subscription() = default;  // closed
  explicit Subscription(std::shared_ptr<SubscriptionControl> control)
      : control_(std::move(control)) {}
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      Unsubscribe();
      control_ = std::move(other.control_);
    }
    return *this;
  }
  ~Subscription() { Unsubscribe(); }

  // Allows `credits` more batches. What waits is delivered at once or, inside a callback, before
  // the outermost call of the broker returns. No effect if closed or unlimited, or if credits < 1.
  void Grant(int credits) {
    if (const auto control = control_) control->Grant(credits);
  }

  // ENSURES: nothing more is delivered, not even what waits or the rest of this turn.
  void Unsubscribe() {
    if (const auto control = std::move(control_)) control->Close();
  }

  // True after Unsubscribe and after the broker's Shutdown.
  bool closed() const { return control_ == nullptr || control_->closed(); }

 private:
  std::shared_ptr<SubscriptionControl> control_;
};

}  // namespace millrace
