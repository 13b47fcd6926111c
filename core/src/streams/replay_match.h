#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "millrace/model/mutation.h"
#include "millrace/model/part.h"

namespace millrace {

// Compares what a stream says with what its message has already.
//
//   kUnknown ─┬─ all that is there came again ─────▶ kReplay: the stream is the same reply
//             └─ something else came, or the end ──▶ kNew: it is not, or goes on where the reply
//             was
//
// Linear in both. Deltas may be cut in another way than they were the first time.
class ReplayMatch {
 public:
  enum class Verdict { kUnknown, kReplay, kNew };

  // `stored`: the parts that the reply had made. Its finish, and the usage before it, do not count.
  // `kept`: bytes of the first one that are from before the reply.
  explicit ReplayMatch(std::vector<Part> stored, std::size_t kept = 0);

  void Take(const Mutation& mutation);
  // The stream says that it is the same reply. So what differs was dropped since; it is a replay as
  // soon as as much has come as is stored, or all.
  void TrustName(bool ended);
  Verdict verdict() const { return verdict_; }

 private:
  struct Stored {
    Part part;
    std::size_t matched = 0;  // bytes of its body
  };
  struct Rules;

  // The next part in order, which must be of that type; nullptr if it is not.
  Stored* Begin(const Part& like);
  // The part that `like` names by type and id, or the last one that was begun if it has no id.
  Stored* Current(const Part& like);
  bool Body(Stored* stored, const std::string& text);

  std::vector<Stored> parts_;
  std::size_t begun_ = 0;                     // how many of parts_ have come again, in their order
  std::map<std::string, std::size_t> named_;  // those of them with a name, by KeyOf
  std::size_t left_ = 0;                      // parts to begin, and bytes of their bodies
  std::size_t size_ = 0;                      // what left_ was at first
  std::size_t came_ = 0;                      // mutations, and bytes of texts
  bool overflowed_ = false;                   // a body is longer than what is stored
  Verdict verdict_ = Verdict::kUnknown;
};

}  // namespace millrace
