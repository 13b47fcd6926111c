#pragma once

#include <cstdint>
#include <string>

#include "millrace/base/ids.h"

namespace millrace {

// Terms that the index adds to the words of a message as filters. A search in one session, or in
// one range of messages, reads only the entries that have both its words and the filter's term. No
// text has such a term: kFilterTermStart begins it.

std::string SessionTerm(const SessionId& id);

// Messages have the same term if their seqs differ only in the low 16 bits. FTS5 looks through so
// many messages in some 10 ms at worst (some 30 in a browser). A search decides between two ranges
// whether it goes on.
std::string RangeTerm(std::int64_t seq);

// The lowest seq in the range of `seq`.
std::int64_t RangeBegin(std::int64_t seq);

}  // namespace millrace
