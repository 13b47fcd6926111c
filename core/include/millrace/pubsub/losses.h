#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace millrace {

// How many lost subjects a subscriber is told by name. If there are more, it is told only that
// events were lost. So the state of a stuck subscriber stays bounded (some 100 KB at worst), and a
// thousand messages that stream at once can still all be named.
inline constexpr std::size_t kMaxLaggedSubjects = 1024;

// What one subscriber has lost since it was last told (contract B4). Invariant: subjects.size() <=
// kMaxLaggedSubjects, and 0 if `everything`.
struct Losses {
  std::int64_t dropped = 0;
  std::set<std::string> subjects;
  bool everything = false;  // too many subjects to name

  bool empty() const { return dropped == 0; }

  template <typename Subjects>
  void Add(std::int64_t count, const Subjects& about) {
    dropped += count;
    if (!everything) subjects.insert(about.begin(), about.end());
    if (subjects.size() > kMaxLaggedSubjects) ForgetNames();
  }

  void Merge(const Losses& other) {
    Add(other.dropped, other.subjects);
    if (other.everything) ForgetNames();
  }

  std::vector<std::string> Names() const { return {subjects.begin(), subjects.end()}; }

 private:
  void ForgetNames() {
    subjects.clear();
    everything = true;
  }
};

}  // namespace millrace
