#pragma once

#include <cstdint>
#include <string>

#include "millrace/base/ids.h"

namespace millrace {

// Terms that the index adds to the words of a message, to filter by: a search in one session, or in
// one range of messages, reads the entries that its words and the filter's term share and none of
// the others. No text has them: kFilterTermStart begins them.

std::string SessionTerm(const SessionId& id);

// Messages whose seqs share all but their low 16 bits have the same one. So many of them FTS5 takes
// some 10 ms to look through at worst (in a browser some 30): how long a search goes on is decided
// between two ranges.
std::string RangeTerm(std::int64_t seq);

// The lowest seq of the range of `seq`.
std::int64_t RangeBegin(std::int64_t seq);

}  // namespace millrace
