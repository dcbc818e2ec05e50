#pragma once
// Queues in a steady state with n handlers: Erlang B, C and A, in forms that neither overflow nor cancel.
//
// Poisson arrivals at rate λ, exponential handling with mean h, load A = λh (erlangs), callers served in turn. With
// exponential patience of mean p in Erlang A. Times in seconds, rates per second.
//   B  no waiting: who finds all handlers busy is lost.           A. K. Erlang 1917
//   C  everybody waits for ever.                                  A. K. Erlang 1917
//   A  everybody waits as long as his patience lasts (M/M/n+M).   C. Palm 1957; J. Riordan, "Stochastic Service
//   Systems",
//      1962, section 6.9; O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers",
//      2002
// Relative accuracy about 1e-12 up to 5,000 handlers, also where a probability is as small as 1e-300. No A^n or n! is
// formed.
#include <cstdint>
#include <limits>
#include <optional>

namespace pledge::workforce {

inline constexpr double without_patience_limit = std::numeric_limits<double>::infinity();

struct ErlangLoad {
  double arrivals = 0;                                    // λ per second, > 0
  double handling = 0;                                    // mean seconds to handle a call (talk and wrap-up), > 0
  double patience = without_patience_limit;               // mean seconds; only Erlang A uses it, > 0 and finite there
  double offered() const { return arrivals * handling; }  // A
};

// What callers and handlers meet. Shares lie in 0..1.
struct ErlangFigures {
  double wait_share = 0;              // finds all handlers busy (B: and is lost)
  double answered_wait = 0;           // mean wait of those answered, s: the average speed of answer
  double mean_wait = 0;               // mean wait of all, abandoned ones included, s
  double service_level = 0;           // answered within the target, of all calls
  double late_share = 0;              // 1 - service_level, without cancellation
  double abandoned = 0;               // of all calls (B: lost)
  double service_level_answered = 0;  // of the answered calls
  double service_level_patient = 0;   // of all calls but those abandoned within the target
  double occupancy = 0;               // share of a handler's time spent on calls
};

// 0 <= blocking <= 1. `handlers` = 0 loses everybody.
double erlang_b_blocking(double offered, std::uint32_t handlers);

ErlangFigures erlang_b(const ErlangLoad& load, std::uint32_t handlers);

// None where the queue would grow without bound (handlers <= A).
std::optional<ErlangFigures> erlang_c(const ErlangLoad& load, std::uint32_t handlers, double target);

// Any load, handlers >= 1. Sums over the callers waiting: work grows with the number who would wait at most, about
// (λ - n/h)·p when that is positive and √(λp) otherwise; `erlang_a_is_bounded` says whether that is reasonable.
ErlangFigures erlang_a(const ErlangLoad& load, std::uint32_t handlers, double target);
bool erlang_a_is_bounded(const ErlangLoad& load);

enum class ErlangModel : std::uint8_t { b, c, a };

// What must hold. The defaults ask for nothing.
struct ErlangTarget {
  double within = 0;                                               // s
  double service_level = 0;                                        // at least, of all calls
  double abandoned = 1;                                            // at most, of all calls
  double answered_wait = std::numeric_limits<double>::infinity();  // at most, s
  double occupancy = 1;                                            // at most
};

bool keeps(const ErlangFigures& figures, const ErlangTarget& target);

inline constexpr std::uint32_t most_erlang_handlers = 1'000'000;

// The fewest handlers, from 1, that keep the target: that number does, one fewer does not (each figure is monotone in
// the number of handlers). None if even `most_erlang_handlers` do not.
std::optional<std::uint32_t> fewest_handlers(ErlangModel model, const ErlangLoad& load, const ErlangTarget& target);

}  // namespace pledge::workforce
